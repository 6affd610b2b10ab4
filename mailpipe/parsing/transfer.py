"""Content-Transfer-Encoding undone, with the damage that gateways and list servers add."""

import binascii
import re

from mailpipe.parsing.structure import Entity
from mailpipe.parsing.words import octets_of_base64

_UU_BLOCK = re.compile(
    r"^begin [0-7]{3,4} ([^\n]{1,200})\n((?:[\x20-\x60][^\n]{0,90}\n){1,200000}?)(?:`?\n)?end *$",
    re.MULTILINE,
)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_BLANK_LINE = re.compile(rb"(?<=\S)[ \t\r]*\n[ \t\r]*\n(?=\s*\S)")
_FIRST_LINE = 200
_UU_NAMES = ("x-uuencode", "uuencode", "x-uue", "uue")


def file_octets(entity: Entity) -> bytes:
    """The octets of a file; lines a list server added behind the padding are not of it."""
    return _octets(entity)[0]


def text_octets(entity: Entity) -> bytes:
    """The octets of a text; a footer added in plain behind the base64 is kept (21)."""
    octets, footer = _octets(entity)
    return octets + b"\n" + footer if footer else octets


def uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without its uuencoded blocks, and those as name and octets."""
    if "\nend" not in text or "begin " not in text:
        return text, []
    files = [(match[1], _uudecode(match[2])) for match in _UU_BLOCK.finditer(text)]
    return _UU_BLOCK.sub("", text), files


def _octets(entity: Entity) -> tuple[bytes, bytes]:
    view = memoryview(entity.buffer)[entity.start : entity.end]
    encoding = entity.encoding.replace("_", "-")
    if encoding == "base64":
        return _base64(entity, view)
    if encoding in ("quoted-printable", "quoted printable", "qp"):
        return binascii.a2b_qp(view), b""
    if encoding in _UU_NAMES:
        _rest, files = uuencoded(bytes(view).decode("latin-1").replace("\r\n", "\n"))
        return (files[0][1] if files else bytes(view)), b""
    return bytes(view), b""


def _base64(entity: Entity, view: memoryview) -> tuple[bytes, bytes]:
    buffer, start, end = entity.buffer, entity.start, entity.end
    if _NOT_BASE64.search(_first_line(buffer, start, end)):
        return bytes(view), b""
    blank = _BLANK_LINE.search(buffer, start, end)
    if blank and _NOT_BASE64.search(buffer, blank.end(), end):
        return octets_of_base64(buffer[start : blank.start()]), buffer[blank.end() : end].strip()
    padding = buffer.find(b"=", start, end)
    rest = b"" if padding < 0 else buffer[padding:end].strip(b"= \t\r\n")
    if rest:
        return _padded_pieces(buffer[start:padding], buffer[padding:end], rest)
    try:
        return binascii.a2b_base64(view), b""
    except binascii.Error:
        return octets_of_base64(bytes(view)), b""


def _first_line(buffer: bytes, start: int, end: int) -> bytes:
    return buffer[start : min(end, start + _FIRST_LINE)].lstrip().partition(b"\n")[0]


def _padded_pieces(head: bytes, tail: bytes, rest: bytes) -> tuple[bytes, bytes]:
    """Behind the first padding stands either more base64 or somebody's footer."""
    octets = octets_of_base64(head)
    if _NOT_BASE64.search(rest):
        return octets, rest
    return octets + octets_of_base64(tail), b""


def _uudecode(body: str) -> bytes:
    return b"".join(_uu_line(line.encode("ascii", "replace")) for line in body.splitlines())


def _uu_line(line: bytes) -> bytes:
    """Blanks get lost or added on the way: the first letter says how many letters count."""
    length = (((line[0] - 32) & 63) * 4 + 2) // 3
    try:
        return binascii.a2b_uu(line[: length + 1].ljust(length + 1))
    except binascii.Error:
        return b""
