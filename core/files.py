"""The file store: content-addressed files below FILES_DIR, written durably, served harmlessly."""

from __future__ import annotations

import contextlib
import errno
import gzip
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import puremagic
from django.conf import settings
from django.http import FileResponse

from core.text import clean_line

CHUNK = 256 * 1024
MAX_NAME_BYTES = 200
UNKNOWN = "application/octet-stream"
# Types a browser may show in place; everything else is only ever downloaded.
INLINE_TYPES = frozenset(["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"])
NAMED_TYPES: dict[str, str] = {
    ".txt": "text/plain",
    ".log": "text/plain",
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".eml": "message/rfc822",
    ".ics": "text/calendar",
    ".vcf": "text/vcard",
    ".json": "application/json",
}
SNIFFED_TYPES = INLINE_TYPES | {
    "application/zip",
    "application/gzip",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "audio/mpeg",
    "audio/ogg",
    "video/mp4",
    "image/tiff",
    "image/bmp",
}
FILE_POLICY = "default-src 'none'; sandbox"

# What the system says when a disk, a quota or a limit of ours is used up, or was made read-only.
NO_ROOM = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS])

_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNSAFE_IN_NAME = re.compile(r'[<>:"|?*%;\\/\x00-\x1f]')


class FileMissing(FileNotFoundError):
    """The store has no such file, although a row says so (D-29)."""


class StoreFull(OSError):
    """There is no room for the file; nothing of it was kept (X-48)."""


@dataclass(frozen=True)
class StoredFile:
    """What was put: the digest that names it, and its length."""

    sha256: str
    size: int


class Downloadable(Protocol):
    """A row that stands for a stored file."""

    sha256: str
    filename: str
    content_type: str


def put(content: bytes | BinaryIO) -> StoredFile:
    """Store `content` under its digest; it is on disk when this returns. Raises StoreFull."""
    source = BytesIO(content) if isinstance(content, bytes) else content
    with room_needed():
        return _put(source)


def open_file(sha256: str) -> BufferedReader:
    """The stored bytes. Raises FileMissing."""
    try:
        return path_of(sha256).open("rb")
    except FileNotFoundError as missing:
        raise FileMissing(sha256) from missing


def exists(sha256: str) -> bool:
    """Whether the store has this file."""
    return path_of(sha256).is_file()


def path_of(sha256: str) -> Path:
    """Where a file with this digest lies. Raises ValueError for anything but a digest."""
    if not _DIGEST.fullmatch(sha256):
        raise ValueError("not a SHA-256 digest")
    return _root() / sha256[:2] / sha256[2:4] / sha256


def put_compressed(content: bytes | BinaryIO) -> StoredFile:
    """Store `content` gzipped; the digest is of the packed bytes, the size of the plain ones.

    Raises StoreFull.
    """
    source = BytesIO(content) if isinstance(content, bytes) else content
    size = 0
    with room_needed(), tempfile.SpooledTemporaryFile(max_size=CHUNK * 4) as packed:
        with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=6, mtime=0) as file:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                file.write(chunk)
        packed.seek(0)
        return StoredFile(put(cast(BinaryIO, packed)).sha256, size)


def open_compressed(sha256: str) -> BinaryIO:
    """The plain bytes of a file stored by `put_compressed`. Raises FileMissing."""
    return cast(BinaryIO, gzip.GzipFile(fileobj=open_file(sha256)))


def stored_digests() -> Iterator[str]:
    """Every digest the store holds."""
    for path in _root().glob("??/??/*"):
        if _DIGEST.fullmatch(path.name):
            yield path.name


def stored_before(sha256: str, moment: datetime) -> bool:
    """Whether nobody has put this file since `moment`."""
    try:
        return path_of(sha256).stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False


def drop(sha256: str, *, unless_put_since: datetime) -> bool:
    """Delete a file nothing refers to; False when somebody has just put it again."""
    if not stored_before(sha256, unless_put_since):
        return False
    path_of(sha256).unlink(missing_ok=True)
    return True


def is_intact(sha256: str) -> bool:
    """Whether the stored bytes still have the digest that names them."""
    with open_file(sha256) as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def sniff(head: bytes, filename: str) -> str:
    """The type of a file: what its first bytes say, if we know that type, else a download.

    Text has no magic number, so that a few harmless text types go by name; HTML, SVG and XML
    are never believed (X-32).
    """
    found = _sniffed(head)
    if found in SNIFFED_TYPES:
        return found
    if found or b"\x00" in head:
        return UNKNOWN
    return NAMED_TYPES.get(Path(filename.lower()).suffix, UNKNOWN)


def clean_filename(name: str) -> str:
    """A base name safe to store and to send: no folders, controls or direction changes.

    At most 200 bytes, with the extension kept (mail.md 23); empty when nothing remains.
    """
    base = re.split(r"[\\/]", name)[-1]
    line = _UNSAFE_IN_NAME.sub("_", clean_line(base, 400)).strip(". ")
    if len(line.encode()) <= MAX_NAME_BYTES:
        return line
    stem, dot, extension = line.rpartition(".")
    if not dot or len(extension.encode()) > MAX_NAME_BYTES // 4:
        stem, extension = line, ""
    tail = f".{extension}" if extension else ""
    head = stem.encode()[: MAX_NAME_BYTES - len(tail.encode())].decode(errors="ignore")
    return head.rstrip(". ") + tail


def serve(attachment: Downloadable, *, inline: bool) -> FileResponse:
    """The file as a response that can harm no page (X-32). Raises FileMissing."""
    content_type = attachment.content_type
    may_show = inline and content_type in INLINE_TYPES
    response = FileResponse(
        open_file(attachment.sha256),
        as_attachment=not may_show,
        filename=clean_filename(attachment.filename) or "file",
        content_type=content_type if content_type in SNIFFED_TYPES or may_show else UNKNOWN,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = FILE_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@contextlib.contextmanager
def room_needed() -> Iterator[None]:
    """Name the failure of a write that found no room. Raises StoreFull."""
    try:
        yield
    except OSError as failure:
        if failure.errno not in NO_ROOM or isinstance(failure, StoreFull):
            raise
        raise StoreFull(failure.errno, failure.strerror) from failure


def _root() -> Path:
    return Path(settings.FILES_DIR)


def _put(source: BinaryIO) -> StoredFile:
    folder = _root() / "tmp"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            stored = _copied(source, file)
            file.flush()
            os.fsync(file.fileno())
        _move_into_place(temporary, path_of(stored.sha256))
    finally:
        temporary.unlink(missing_ok=True)
    return stored


def _copied(source: BinaryIO, file: BinaryIO) -> StoredFile:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        file.write(chunk)
    return StoredFile(digest.hexdigest(), size)


def _move_into_place(temporary: Path, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary.chmod(0o600)
    # Replacing a file by its equal renews its age, which keeps it from the sweep of orphans
    # until the row that refers to it is committed.
    temporary.replace(path)
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sniffed(head: bytes) -> str:
    with contextlib.suppress(puremagic.PureError, ValueError, IndexError):
        matches = puremagic.magic_string(head[:CHUNK])
        known = [match.mime_type for match in matches if match.mime_type in SNIFFED_TYPES]
        named = [match.mime_type for match in matches if match.mime_type]
        return str((known or named or [""])[0])
    return ""
