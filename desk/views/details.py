"""What hangs on a ticket page: the side panel, original mails, raw mails."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts.models.role import Permission
from core import audit, clock
from core.access import require
from core.rendering import render_page
from desk.access import message_or_404, reader, ticket_or_404
from desk.aside import aside_of
from desk.original import frame_html, original_of, raw_bytes

FRAME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox"


@require_safe
def ticket_context(request: HttpRequest, number: int) -> HttpResponse:
    """The side panel, loaded after the thread."""
    ticket = ticket_or_404(request, number)
    aside = aside_of(ticket, user=reader(request), now=clock.now())
    return render_page(request, "desk/context.html", {"aside": aside}, fragment="facts")


@require_safe
@xframe_options_sameorigin
def message_frame(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """The mail as its sender dressed it, in a sandbox without scripts, forms or foreign images."""
    response = HttpResponse(frame_html(message_or_404(request, number, pk)))
    response["Content-Security-Policy"] = f"{FRAME_POLICY}; frame-ancestors 'self'"
    return response


@require_safe
def message_raw(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """The mail as it came: headers and the framed body."""
    message = message_or_404(request, number, pk)
    may_download = reader(request).may(Permission.MAIL_INSPECT)
    original = original_of(message, with_headers=may_download)
    return render_page(request, "desk/original.html", {"original": original})


@require_safe
def message_download(request: HttpRequest, number: int, pk: int) -> FileResponse:
    """The raw mail as a file; who took it is on record (X-55)."""
    user, message = reader(request), message_or_404(request, number, pk)
    require(user, Permission.MAIL_INSPECT)
    raw = raw_bytes(message)
    audit.record("raw_mail_downloaded", message, actor=user, request=request, now=clock.now())
    return FileResponse(
        raw, as_attachment=True, filename=f"{number}-{pk}.eml", content_type="message/rfc822"
    )
