"""Which parts of the tree are the message, and which are files that came with it (21, 22)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailpipe.parsing import flowed
from mailpipe.parsing.charsets import clean, decode
from mailpipe.parsing.html import crude_text, html_to_text, nesting, text_to_html
from mailpipe.parsing.mail import Limits
from mailpipe.parsing.structure import Entity, Tree
from mailpipe.parsing.transfer import text_octets, uuencoded

_READABLE = {
    "text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown",
}  # fmt: skip
# Variants for other readers: they say nothing that the plain or HTML text does not say.
_OTHER_VARIANTS = {"text/x-amp-html", "text/watch-html", "text/x-web-markdown"}
_SIGNATURES = {
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
}  # fmt: skip
_ENRICHED = re.compile(r"</?[a-zA-Z][\w-]{0,60}>")
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE
)
_META_WITHIN = 4096
_LOOKS_LIKE_HTML = re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.IGNORECASE)
_BYTES_A_LETTER = 4
_LEADING_BLANK = re.compile(r"\A(?:[ \t\xa0]*\n)+")


@dataclass(frozen=True)
class Block:
    """One stretch of the message: its text, and its HTML when it has one."""

    text: str
    html: str | None = None


@dataclass
class Body:
    """The message in its order, the files beside it, and what was odd about it."""

    blocks: list[Block] = field(default_factory=list)
    files: list[Entity] = field(default_factory=list)
    loose_files: list[tuple[str, bytes]] = field(default_factory=list)
    protection: str = ""
    reduced: str | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        texts = (_LEADING_BLANK.sub("", block.text).strip("\n") for block in self.blocks)
        return "\n\n".join(text for text in texts if text.strip())

    @property
    def html(self) -> str | None:
        if all(block.html is None for block in self.blocks):
            return None
        return "\n".join(
            text_to_html(block.text) if block.html is None else block.html
            for block in self.blocks
            if block.html is not None or block.text.strip()
        )


@dataclass(frozen=True)
class _Reading:
    """What holds for the whole walk."""

    body: Body
    limits: Limits
    has_unnamed_text: bool


def read_body(tree: Tree, limits: Limits) -> Body:
    """Walk the tree, whose depth the splitter has bounded."""
    body = Body(reduced=tree.reduced)
    unnamed = any(_is_readable(leaf) and not leaf.filename for leaf in tree.root.leaves())
    reading = _Reading(body, limits, unnamed)
    body.blocks = list(_blocks(tree.root, reading))
    body.protection = _protection(tree.root, body)
    return body


def _blocks(entity: Entity, reading: _Reading) -> Iterator[Block]:
    if entity.content_type == "multipart/alternative" and entity.children:
        yield from _alternative(entity, reading)
    elif entity.children:
        for child in entity.children:
            if not _is_signature(child, entity):
                yield from _related_or_not(child, entity, reading)
    elif _is_body(entity, reading):
        yield _block(entity, reading)
    elif entity.end > entity.start or entity.filename:
        reading.body.files.append(entity)


def _related_or_not(child: Entity, parent: Entity, reading: _Reading) -> Iterator[Block]:
    """In multipart/related all but the root are things the root shows (RFC 2387)."""
    is_resource = parent.content_type == "multipart/related" and child is not parent.children[0]
    if is_resource and child.content_id and not child.children:
        reading.body.files.append(child)
    else:
        yield from _blocks(child, reading)


def _alternative(entity: Entity, reading: _Reading) -> Iterator[Block]:
    """The last HTML and the last text win; files astray among the variants stay files (22)."""
    plain = rich = None
    for child in entity.children:
        if child.content_type in _OTHER_VARIANTS:
            continue
        blocks = list(_blocks(child, reading))
        if any(block.html is not None for block in blocks):
            rich = blocks
        elif any(block.text.strip() for block in blocks):
            plain = blocks
    text = "\n\n".join(block.text for block in plain or [])
    if rich is None:
        yield Block(text)
    elif plain is None:
        yield from rich
    else:
        yield Block(text, "\n".join(block.html or text_to_html(block.text) for block in rich))


def _is_body(entity: Entity, reading: _Reading) -> bool:
    """A named text is a file as soon as another text can be the message."""
    return _is_readable(entity) and not (entity.filename and reading.has_unnamed_text)


def _is_readable(entity: Entity) -> bool:
    return (
        (entity.content_type in _READABLE or _is_failed_multipart(entity))
        and entity.disposition != "attachment"
        and not entity.children
    )


def _is_failed_multipart(entity: Entity) -> bool:
    """A multipart without parts: wrong or missing boundary, so the whole body is text (25)."""
    return entity.is_multipart and entity.end > entity.start


def _is_signature(child: Entity, parent: Entity) -> bool:
    return parent.content_type == "multipart/signed" and child.content_type in _SIGNATURES


def _block(entity: Entity, reading: _Reading) -> Block:
    octets = text_octets(entity)
    if len(octets) > reading.limits.text * _BYTES_A_LETTER:
        octets = octets[: reading.limits.text * _BYTES_A_LETTER]
    if entity.content_type == "text/html":
        return _html_block(decode(octets, entity.charset or _meta_charset(octets)), reading)
    text = clean(decode(octets, entity.charset))
    if _LOOKS_LIKE_HTML.match(text) and "</" in text:
        return _html_block(text, reading)
    return Block(_plain(entity, _bounded(text, reading), reading))


def _html_block(text: str, reading: _Reading) -> Block:
    html = clean(text)
    body, limits = reading.body, reading.limits
    excess = f"HTML larger than {limits.html}" if len(html) > limits.html else ""
    if not excess and nesting(html) > limits.nesting:
        excess = f"HTML nested deeper than {limits.nesting}"
    if not excess:
        return Block(html_to_text(html), html)
    body.reduced = body.reduced or excess
    return Block(crude_text(html[: limits.html]))


def _bounded(text: str, reading: _Reading) -> str:
    limit = reading.limits.text
    if len(text) > limit:
        reading.body.reduced = reading.body.reduced or f"text longer than {limit}"
    return text[:limit]


def _plain(entity: Entity, text: str, reading: _Reading) -> str:
    parameters = entity.headers.content_type
    if entity.content_type in ("text/enriched", "text/richtext"):
        text = _ENRICHED.sub("", text)
    if parameters.get("format").lower() == "flowed":
        text = flowed.unfold(text, delsp=parameters.get("delsp").lower() == "yes")
    text, files = uuencoded(text)
    reading.body.loose_files.extend(files)
    return text


def _meta_charset(octets: bytes) -> str:
    """Only the document knows its charset when the part does not say it."""
    match = _META_CHARSET.search(octets[:_META_WITHIN])
    return match[1].decode("ascii") if match else ""


def _protection(root: Entity, body: Body) -> str:
    """How the mail is signed or encrypted, for the badge (29)."""
    protocol = root.headers.content_type.get("protocol").lower()
    kind = root.content_type
    if kind == "multipart/signed":
        return "pgp-signed" if "pgp" in protocol else "smime-signed"
    if kind == "multipart/encrypted" or "-----BEGIN PGP MESSAGE-----" in body.text:
        return "pgp-encrypted"
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        declared = root.headers.content_type.get("smime-type").lower()
        return "smime-signed" if declared == "signed-data" else "smime-encrypted"
    return "pgp-signed" if "-----BEGIN PGP SIGNED MESSAGE-----" in body.text else ""
