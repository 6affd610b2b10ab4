"""Links to files for readers without a session: signed for one file and one audience, for a day."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner

from tickets.content import attachment_path
from tickets.models import Attachment

LIFETIME = timedelta(days=1)

_signer = TimestampSigner(salt="tickets.attachment")


def sign_attachment(attachment: Attachment, audience: str) -> str:
    """A token that opens `attachment` for `audience` (a guest link's id, say) until tomorrow."""
    return _signer.sign_object([str(attachment.pk), audience], compress=False)


def signed_path(attachment: Attachment, audience: str) -> str:
    """The address of the file with its token."""
    token = sign_attachment(attachment, audience)
    return f"{attachment_path(attachment)}?{urlencode({'s': token})}"


def verify(token: str, attachment_id: UUID) -> str | None:
    """The audience of a token that is ours, fresh, and for this file; else None."""
    try:
        signed = _signer.unsign_object(token, max_age=LIFETIME)
    except (BadSignature, ValueError):
        return None
    match signed:
        case [str(pk), str(audience)] if pk == str(attachment_id):
            return audience
    return None
