"""Names of attached files: readable, harmless, and different from each other (23)."""

import mimetypes
import re
import unicodedata
from collections import Counter
from urllib.parse import unquote

from mailpipe.parsing.charsets import clean
from mailpipe.parsing.headers import parse_headers
from mailpipe.parsing.structure import Entity

LENGTH_LIMIT = 200
_EXTENSION_LIMIT = 20
_FORBIDDEN = re.compile(
    '[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff<>:"|?*]'
)
_PERCENT = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f]){2,}")
_BY_TYPE = {
    "message/rfc822": "message.eml",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "message/feedback-report": "feedback-report.txt",
    "text/rfc822-headers": "headers.txt",
    "message/rfc822-headers": "headers.txt",
    "message/global": "message.eml",
    "text/calendar": "invite.ics",
    "text/html": "text.html",
    "text/plain": "text.txt",
    "text/x-vcard": "contact.vcf",
    "text/vcard": "contact.vcf",
    "image/jpeg": "image.jpg",
    "application/ms-tnef": "winmail.dat",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pgp-encrypted": "version.txt",
    "application/octet-stream": "attachment.bin",
}
_SUBJECT_WITHIN = 64 * 1024


def filename_of(entity: Entity) -> str:
    """The declared name made safe, else one that tells the type."""
    declared = safe_filename(entity.filename)
    if declared:
        return declared if "." in declared else declared + _missing_extension(entity)
    if entity.content_type == "message/rfc822":
        return _named_by_subject(entity)
    return _by_type(entity.content_type)


def safe_filename(name: str) -> str:
    """The base name without controls and direction tricks, at most 200 bytes, or ""."""
    name = clean(name)
    if _PERCENT.search(name):
        name = clean(unquote(name, errors="replace"))
    name = unicodedata.normalize("NFC", _FORBIDDEN.sub("", re.split(r"[/\\]", name.strip())[-1]))
    return _shortened(" ".join(name.split()).strip(". "))


def numbered(names: list[str]) -> list[str]:
    """Equal names get a number before the extension, in their order."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name.lower()] += 1
        count = seen[name.lower()]
        stem, dot, extension = name.rpartition(".")
        result.append(
            name
            if count == 1
            else f"{stem or extension} ({count}){dot if stem else ''}{extension if stem else ''}"
        )
    return result


def _shortened(name: str) -> str:
    if len(name.encode("utf-8", "replace")) <= LENGTH_LIMIT:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > _EXTENSION_LIMIT:
        stem, dot, extension = name, "", ""
    room = LENGTH_LIMIT - len(f"{dot}{extension}".encode("utf-8", "replace"))
    return stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore") + dot + extension


def _missing_extension(entity: Entity) -> str:
    if entity.content_type == "message/rfc822":
        return ".eml"
    return mimetypes.guess_extension(entity.content_type) or ""


def _named_by_subject(entity: Entity) -> str:
    """A forwarded mail is recognised by its subject."""
    block = entity.buffer[entity.start : min(entity.end, entity.start + _SUBJECT_WITHIN)]
    head = block.lstrip(b"\r\n").replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    subject = safe_filename(parse_headers(head).get("subject").replace("/", "-"))
    return _shortened(f"{subject}.eml") if subject else _BY_TYPE["message/rfc822"]


def _by_type(content_type: str) -> str:
    known = _BY_TYPE.get(content_type)
    if known:
        return known
    main = content_type.partition("/")[0]
    stem = main if main in ("image", "audio", "video", "text") else "attachment"
    return stem + (mimetypes.guess_extension(content_type) or ".bin")
