"""HTML bodies as text: what a reader would see, one line a block, quotes marked with ">"."""

import html as entities
import re
from collections import Counter
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})")
# Elements that cannot nest by themselves: empty ones, and those a sibling closes.
_FLAT = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr", "p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dt", "dd", "option",
    "optgroup", "html", "head", "body", "script", "style", "title", "textarea",
}  # fmt: skip
_UNSEEN = {
    "script", "style", "head", "title", "template", "noscript", "iframe", "object", "svg", "math",
    "select", "textarea",
}  # fmt: skip
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tr",
    "ul",
}  # fmt: skip
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "dl", "table", "pre"}
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_BREAKS = re.compile(r"\n{3,}")
_EMOJI_LENGTH = 8
_CRUDE_UNSEEN = re.compile(
    r"<(?:script|style|title)\b[^<>]*>[^<]*(?:</(?:script|style|title)>)?", re.IGNORECASE
)
_CRUDE_BREAK = re.compile(r"/?(?:br|p|div|li|tr|h[1-6]|table|blockquote)\b", re.IGNORECASE)
_CID = re.compile(r"cid:([^\"'\s<>)]{1,300})", re.IGNORECASE)


def html_to_text(html: str) -> str:
    """The visible text of a document whose nesting has been checked."""
    return _written(LexborHTMLParser(html)).text()


def lines_of(tree: LexborHTMLParser) -> list[tuple[str, LexborNode | None]]:
    """The visible lines, each with the node its text begins in."""
    writer = _written(tree)
    writer.end_block()
    return list(zip(writer.lines, writer.origins, strict=True))


def _written(tree: LexborHTMLParser) -> "_Writer":
    writer = _Writer()
    if tree.root is not None:
        _walk(tree.root, writer)
    return writer


def crude_text(html: str) -> str:
    """Linear and blind: for documents too large or too deep for a parser (24)."""
    pieces = []
    for piece in _CRUDE_UNSEEN.sub("", html).split("<"):
        tag, closed, text = piece.partition(">")
        pieces.append("\n" if _CRUDE_BREAK.match(tag) else "")
        pieces.append(text if closed else tag)
    lines = (" ".join(line.split()) for line in entities.unescape("".join(pieces)).split("\n"))
    return _BREAKS.sub("\n\n", "\n".join(lines)).strip()


def nesting(html: str) -> int:
    """An upper estimate of the depth, counted before any parser sees the document (X-10)."""
    opened: Counter[str] = Counter()
    depth = deepest = 0
    for closing, written in _TAG.findall(html):
        name = written.lower()
        if name in _FLAT:
            continue
        if not closing:
            opened[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
    return deepest


def content_ids(html: str) -> set[str]:
    """The Content-IDs that images of the document point to."""
    return {entities.unescape(found).lower() for found in _CID.findall(html)}


def text_to_html(text: str) -> str:
    """Plain text as a block of its own, for mails that mix both kinds (21)."""
    return f"<div>{entities.escape(text).replace(chr(10), '<br>')}</div>"


@dataclass
class _Writer:
    """Collects lines; knows how many quotes stand before them and whether spaces count."""

    lines: list[str] = field(default_factory=list)
    origins: list[LexborNode | None] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    origin: LexborNode | None = None
    quotes: int = 0
    preformatted: int = 0
    blank_depth: int | None = None

    @property
    def has_text(self) -> bool:
        return any(piece.strip() for piece in self.pieces[-3:])

    def write(self, text: str, origin: LexborNode | None = None) -> None:
        if self.origin is None and text.strip():
            self.origin = origin
        if self.preformatted:
            first, *others = text.split("\n")
            self.pieces.append(first)
            for other in others:
                self.break_line()
                self.pieces.append(other)
        elif text := _BLANKS.sub(" ", text):
            at_start = not self.pieces or self.pieces[-1].endswith(" ")
            self.pieces.append(text.lstrip(" ") if at_start else text)

    def end_block(self) -> None:
        if "".join(self.pieces).strip():
            self.break_line()
        self.pieces = []

    def break_line(self) -> None:
        prefix = ">" * self.quotes + " " if self.quotes else ""
        if self.blank_depth is not None and self.lines:
            self._add(">" * self.blank_depth)
        self.blank_depth = None
        self._add(f"{prefix}{''.join(self.pieces)}".rstrip(), self.origin)
        self.pieces, self.origin = [], None

    def leave_blank(self) -> None:
        """A blank line before the next text, in the shallower of the two quotes around it."""
        depth = self.quotes if self.blank_depth is None else self.blank_depth
        self.blank_depth = min(self.quotes, depth)

    def text(self) -> str:
        self.end_block()
        return _BREAKS.sub("\n\n", "\n".join(self.lines).replace("\xa0", " ")).strip("\n")

    def _add(self, line: str, origin: LexborNode | None = None) -> None:
        self.lines.append(line)
        self.origins.append(origin)


def _walk(root: LexborNode, writer: _Writer) -> None:
    """Depth first without recursion, with a step on entering and one on leaving."""
    ancestors: list[LexborNode] = []
    node: LexborNode | None = root
    while node is not None:
        entered = _enter(node, writer)
        child = node.child if entered else None
        if child is not None:
            ancestors.append(node)
            node = child
            continue
        if entered:
            _leave(node, writer)
        node = _onwards(node, ancestors, writer)


def _onwards(node: LexborNode, ancestors: list[LexborNode], writer: _Writer) -> LexborNode | None:
    while ancestors:
        if node.next is not None:
            return node.next
        node = ancestors.pop()
        _leave(node, writer)
    return None


def _enter(node: LexborNode, writer: _Writer) -> bool:
    tag = node.tag or ""
    if tag == "-text":
        writer.write(node.text_content or "", node)
        return False
    if tag in _UNSEEN or tag.startswith(("-", "_", "!")) or _is_hidden(node):
        return tag in ("-document", "-undef")
    if tag == "br":
        writer.break_line()
    elif tag == "img":
        writer.write(_emoji(node), node)
    elif tag in ("td", "th") and writer.has_text:
        writer.write(" ")
    elif tag in _BLOCKS:
        _begin_block(tag, node, writer)
    return True


def _begin_block(tag: str, node: LexborNode, writer: _Writer) -> None:
    writer.end_block()
    if tag in _SPACED:
        writer.leave_blank()
    if tag == "blockquote":
        writer.quotes += 1
    elif tag == "pre":
        writer.preformatted += 1
    elif tag == "li":
        writer.write("- ")


def _leave(node: LexborNode, writer: _Writer) -> None:
    tag = node.tag or ""
    if tag not in _BLOCKS:
        return
    writer.end_block()
    if tag == "blockquote":
        writer.quotes -= 1
    elif tag == "pre":
        writer.preformatted -= 1
    if tag in _SPACED:
        writer.leave_blank()


def _is_hidden(node: LexborNode) -> bool:
    style = node.attributes.get("style")
    return bool(style and _HIDDEN.search(style))


def _emoji(node: LexborNode) -> str:
    """Mail programs send emoji as images whose text stands in `alt`."""
    alt = node.attributes.get("alt") or ""
    return alt if len(alt) <= _EMOJI_LENGTH and alt and not alt.isascii() else ""
