"""Reads the words of one file on standard input; a program of its own that may be killed.

It is started without the application's environment, limits itself before it looks at a byte, and
answers with text on standard output. Exit status 0: read; 3: cannot be read, whoever tries.
"""

from __future__ import annotations

import contextlib
import io
import resource
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from xml.parsers import expat

MAX_BYTES = 20 * 1024 * 1024
MAX_TEXT = 64 * 1024
MAX_MEMORY = 768 * 1024 * 1024
MAX_SECONDS = 10
MAX_UNPACKED = 64 * 1024 * 1024
MAX_MEMBERS = 5_000
MAX_PAGES = 200
CHUNK = 64 * 1024
CANNOT = 3

# Where the words of an office file are; styles, settings and macros are not looked at.
PARTS = (
    "word/document.xml",
    "word/footnotes.xml",
    "word/comments.xml",
    "xl/sharedstrings.xml",
    "xl/worksheets/sheet",
    "ppt/slides/slide",
    "content.xml",
)
BREAKING = frozenset(["p", "h", "tab", "br", "tc", "tr", "si", "c", "row", "s", "table-cell"])
UNSEEN = frozenset(["instrText", "delText", "f", "rPh"])
UNSEEN_HTML = ["script", "style", "template"]


class Unreadable(Exception):
    """Nobody can read this file; the message says why in one line."""


class Enough(Exception):
    """As much text as is kept has been read."""


class Text:
    """Pieces of text up to MAX_TEXT characters."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0

    def add(self, piece: str) -> None:
        """Keep `piece`. Raises Enough when no more is wanted."""
        self.parts.append(piece)
        self.length += len(piece)
        if self.length >= MAX_TEXT:
            raise Enough

    def __str__(self) -> str:
        return " ".join("".join(self.parts).split())[:MAX_TEXT]


def main(kind: str) -> int:
    """Limit this program, read, answer."""
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_TEXT * 8, MAX_TEXT * 8))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        words = text_of(sys.stdin.buffer.read(MAX_BYTES + 1), kind)
    except (Unreadable, MemoryError, RecursionError) as refusal:
        sys.stderr.write(str(refusal) or type(refusal).__name__)
        return CANNOT
    sys.stdout.buffer.write(words.encode("utf-8", "replace"))
    return 0


def text_of(content: bytes, kind: str) -> str:
    """The words of `content`, at most MAX_TEXT characters. Raises Unreadable."""
    if len(content) > MAX_BYTES:
        raise Unreadable("larger than what is read")
    text = Text()
    with contextlib.suppress(Enough):
        READERS[kind](content, text)
    return str(text).replace("\x00", "")


def read_plain(content: bytes, text: Text) -> None:
    """Text in UTF-8 or UTF-16 with a mark, else in the commonest legacy set."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text.add(content[: MAX_TEXT * 2].decode("utf-16", "replace"))
        return
    if b"\x00" in content[:CHUNK]:
        raise Unreadable("not a text")
    head = content[: MAX_TEXT * 4]
    try:
        text.add(head.decode("utf-8-sig"))
    except UnicodeDecodeError as failure:
        is_cut = failure.end >= len(head) and len(content) > len(head)
        text.add(head.decode("utf-8" if is_cut else "cp1252", "replace"))


def read_html(content: bytes, text: Text) -> None:
    """What a page shows, without scripts and styles."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 -- only this kind needs it

    plain = Text()
    with contextlib.suppress(Enough):
        read_plain(content, plain)
    page = LexborHTMLParser("".join(plain.parts))
    page.strip_tags(UNSEEN_HTML)
    text.add(page.body.text(separator=" ") if page.body else "")


def read_office(content: bytes, text: Text) -> None:
    """Office Open XML and OpenDocument: zipped XML, unpacked no further than MAX_UNPACKED."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = _wanted(packed)
            if not members:
                raise Unreadable("no document inside")
            left = MAX_UNPACKED
            for member in members:
                left -= _read_member(packed, member, text, left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as failure:
        raise Unreadable(f"broken archive: {failure}"[:120]) from failure
    except zlib.error as failure:
        raise Unreadable("broken archive") from failure


def read_pdf(content: bytes, text: Text) -> None:
    """The text layer of the first pages; a scan has none."""
    import pypdf  # noqa: PLC0415 -- as above
    from pypdf.errors import PyPdfError  # noqa: PLC0415 -- as above

    try:
        pages = pypdf.PdfReader(io.BytesIO(content), strict=False)
        if pages.is_encrypted and not pages.decrypt(""):
            raise Unreadable("encrypted")
        for number, page in enumerate(pages.pages):
            if number >= MAX_PAGES:
                return
            text.add(page.extract_text() + "\n")
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError) as failure:
        # A damaged file makes the library stumble anywhere; what was read so far is kept.
        if not text.parts:
            raise Unreadable(f"broken file: {type(failure).__name__}") from failure


READERS: dict[str, Callable[[bytes, Text], None]] = {
    "pdf": read_pdf,
    "office": read_office,
    "html": read_html,
    "plain": read_plain,
}


class _Words:
    """Collects the character data of one XML part; a document type is refused."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._unseen = 0
        self._is_index = False
        self._stack: list[str] = []

    def parser(self) -> expat.XMLParserType:
        made = expat.ParserCreate()
        made.buffer_text = True
        made.StartElementHandler = self._start
        made.EndElementHandler = self._end
        made.CharacterDataHandler = self._say
        made.StartDoctypeDeclHandler = self._refuse
        return made

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self._stack.append(local)
        self._unseen += local in UNSEEN
        if local == "c":
            # A cell of a sheet with an index into the shared strings, which are read themselves.
            self._is_index = attributes.get("t") == "s"

    def _end(self, name: str) -> None:
        local = self._stack.pop()
        self._unseen -= local in UNSEEN
        if local in BREAKING:
            self._text.add(" ")

    def _say(self, words: str) -> None:
        is_index = self._is_index and self._stack[-1] == "v"
        if not self._unseen and not is_index:
            self._text.add(words)

    def _refuse(self, *_facts: object) -> None:
        raise Unreadable("document type inside")


def _wanted(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The parts with words, in the order of PARTS."""
    members = packed.infolist()
    if len(members) > MAX_MEMBERS:
        raise Unreadable("too many parts")
    wanted = [
        (place, member)
        for member in members
        for place, part in enumerate(PARTS)
        if member.filename.lower().startswith(part) and member.filename.lower().endswith(".xml")
    ]
    return [member for _place, member in sorted(wanted, key=lambda pair: pair[0])]


def _read_member(packed: zipfile.ZipFile, member: zipfile.ZipInfo, text: Text, limit: int) -> int:
    parser, unpacked = _Words(text).parser(), 0
    try:
        for chunk in _chunks(packed, member):
            unpacked += len(chunk)
            if unpacked > limit:
                raise Unreadable("unpacks without end")
            parser.Parse(chunk)
        parser.Parse(b"", True)  # noqa: FBT003 -- the parser's own signature
    except expat.ExpatError as failure:
        raise Unreadable("broken XML") from failure
    return unpacked


def _chunks(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with packed.open(member) as file:
        while chunk := file.read(CHUNK):
            yield chunk


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
