"""The MIME tree by offsets into the raw bytes: one linear pass a level, nothing copied (X-10)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from mailpipe.parsing.headers import Headers, end_of_headers, parse_headers
from mailpipe.parsing.mail import Limits

_LEADING = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*\r?\n)*(?:>?From [^\r\n]*\r?\n)?")
_GUESSED = re.compile(rb"^--([^\r\n]{1,120}?)[ \t]*\r?\nContent-", re.MULTILINE | re.IGNORECASE)
_GUESS_WITHIN = 64 * 1024
_DELIMITER_REST = 200
_TYPE = re.compile(r"[\w.+\-]+/[\w.+\-]+")


@dataclass
class Entity:
    """One node of the tree: its headers, and the range of the buffer that is its body."""

    buffer: bytes = field(repr=False)
    headers: Headers
    start: int
    end: int
    default_type: str = "text/plain"
    children: list["Entity"] = field(default_factory=list)

    @cached_property
    def content_type(self) -> str:
        """The declared type; a multipart without parts is the text it consists of (25)."""
        declared = self.headers.content_type.value
        if declared == "text":
            return "text/plain"
        if not declared:
            return self.default_type
        if not _TYPE.fullmatch(declared):
            return "text/plain" if not self.filename else "application/octet-stream"
        return declared

    @property
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/")

    @property
    def charset(self) -> str:
        return self.headers.content_type.get("charset")

    @property
    def encoding(self) -> str:
        return self.headers.raw("content-transfer-encoding").partition(";")[0].strip().lower()

    @property
    def disposition(self) -> str:
        return self.headers.disposition.value

    @property
    def filename(self) -> str:
        """The declared name, still unsafe."""
        headers = self.headers
        return headers.disposition.get("filename") or headers.content_type.get("name")

    @property
    def content_id(self) -> str:
        return self.headers.get("content-id").strip("<> ")

    def leaves(self) -> Iterator["Entity"]:
        waiting = [self]
        while waiting:
            entity = waiting.pop()
            if not entity.children:
                yield entity
            waiting.extend(reversed(entity.children))


@dataclass
class Tree:
    """The split mail, and why it was not split to the end."""

    root: Entity
    reduced: str | None = None


def split(raw: bytes, limits: Limits) -> Tree:
    """Split into entities, iteratively and within the limits, whatever the mail claims."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    leading = _LEADING.match(raw)
    tree = Tree(_entity(raw, leading.end() if leading else 0, len(raw)))
    waiting, parts, boundaries = [(tree.root, 0)], 1, 0
    while waiting and tree.reduced is None:
        entity, depth = waiting.pop()
        if not entity.is_multipart:
            continue
        boundaries += 1
        tree.reduced = _excess(limits, boundaries=boundaries, depth=depth)
        for child in [] if tree.reduced else _children(entity):
            parts += 1
            if parts > limits.parts:
                tree.reduced = f"more than {limits.parts} parts"
                break
            entity.children.append(child)
        waiting.extend((child, depth + 1) for child in reversed(entity.children))
    return tree


def _excess(limits: Limits, *, boundaries: int, depth: int) -> str | None:
    if depth >= limits.depth:
        return f"nested deeper than {limits.depth}"
    if boundaries > limits.boundaries:
        return f"more than {limits.boundaries} boundaries"
    return None


def _entity(buffer: bytes, start: int, end: int, default_type: str = "text/plain") -> Entity:
    body = end_of_headers(_lines(buffer, start, end))
    body = end if body is None else body
    return Entity(buffer, parse_headers(buffer[start:body]), body, end, default_type)


def _lines(buffer: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    while start < end:
        newline = buffer.find(b"\n", start, end)
        following = end if newline < 0 else newline + 1
        yield following, buffer[start:following]
        start = following


def _children(entity: Entity) -> Iterator[Entity]:
    digest = entity.content_type == "multipart/digest"
    for boundary in _boundaries(entity):
        sections = _sections(entity, boundary)
        first = next(sections, None)
        if first is None:
            continue
        for start, end in _chain(first, sections):
            kind = "message/rfc822" if digest else "text/plain"
            yield _entity(entity.buffer, start, end, kind)
        return


def _chain(first: tuple[int, int], others: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    yield first
    yield from others


def _boundaries(entity: Entity) -> Iterator[bytes]:
    """What was declared, doubled declarations included, then what the body seems to use (25)."""
    for declared in entity.headers.content_type.all("boundary"):
        for spelling in dict.fromkeys((declared.rstrip(), declared.partition(" ")[0])):
            if spelling:
                yield spelling.encode("utf-8", "replace")
    body = entity.buffer[entity.start : min(entity.end, entity.start + _GUESS_WITHIN)]
    guessed = _GUESSED.search(body)
    if guessed:
        yield guessed[1]


def _sections(entity: Entity, boundary: bytes) -> Iterator[tuple[int, int]]:
    """The ranges between delimiter lines; the line break before a delimiter belongs to it."""
    begun: int | None = None
    for start, following, closing in _delimiters(entity, boundary):
        if begun is not None:
            yield begun, max(begun, _before_line_break(entity.buffer, start))
        begun = None if closing else following
    if begun is not None and begun < entity.end:
        yield begun, entity.end


def _delimiters(entity: Entity, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    buffer, needle, at = entity.buffer, b"--" + boundary, entity.start
    while (found := buffer.find(needle, at, entity.end)) >= 0:
        at = found + len(needle)
        if found > entity.start and buffer[found - 1 : found] not in (b"\n", b"\r"):
            continue
        newline = buffer.find(b"\n", at, min(entity.end, at + _DELIMITER_REST))
        line_end = min(entity.end, at + _DELIMITER_REST) if newline < 0 else newline
        rest = buffer[at:line_end].strip()
        if rest in (b"", b"--"):
            following = entity.end if newline < 0 else newline + 1
            yield found, following, rest == b"--"


def _before_line_break(buffer: bytes, at: int) -> int:
    if buffer[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1
