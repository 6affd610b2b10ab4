"""Files of tickets, for staff, for customers, and for guests with a signed link."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from core import files
from tickets.models import Attachment
from tickets.models.message import AttachmentQuerySet
from tickets.permissions import attachments_visible_to
from tickets.signing import verify


@require_safe
def attachment(request: HttpRequest, pk: UUID, name: str) -> FileResponse:
    """The file `pk`; `name` is decoration. Foreign and missing ones look the same (X-28)."""
    found = get_object_or_404(_openable(request, pk), pk=pk)
    try:
        return files.serve(found, inline=found.content_type in files.INLINE_TYPES)
    except files.FileMissing as missing:
        raise Http404 from missing


def _openable(request: HttpRequest, pk: UUID) -> AttachmentQuerySet:
    """What this reader may open: by session, or by a token that tells nothing of notes (X-37)."""
    if verify(request.GET.get("s", ""), pk) is not None:
        return Attachment.objects.leaving()
    return attachments_visible_to(request.user, Attachment.objects.all())
