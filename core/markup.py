"""Straightens markup from outside before a real parser sees it, so that no parser is overrun.

A tree builder copies open formatting elements into every new block and closes what was left open,
which lets 20 kB of tags grow to millions of nodes. Here tags are read in one linear pass and
written again properly nested; limits are counted on what is written, which is exact.
"""

from __future__ import annotations

import html as entities
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


def words(text: str) -> frozenset[str]:
    """The words of a list written as one line."""
    return frozenset(text.split())


VOID = words("area base br col hr img input link meta param source track wbr")
FORMATTING = words("a b big code em font i nobr s small strike strong tt u")
BARRIERS = frozenset(["table", "td", "th", "caption"])
TABLE_PARTS = words("table tbody thead tfoot tr td th caption")
IMPLIED_ENDS: dict[str, frozenset[str]] = {
    "li": frozenset(["li", "p"]),
    "p": frozenset(["p"]),
    "dt": frozenset(["dt", "dd", "p"]),
    "dd": frozenset(["dt", "dd", "p"]),
    "td": frozenset(["td", "th", "p"]),
    "th": frozenset(["td", "th", "p"]),
    "tr": frozenset(["tr", "td", "th", "p"]),
    "tbody": frozenset(["tbody", "thead", "tfoot", "tr", "td", "th", "p"]),
    "thead": frozenset(["tbody", "thead", "tfoot", "tr", "td", "th", "p"]),
    "tfoot": frozenset(["tbody", "thead", "tfoot", "tr", "td", "th", "p"]),
}
BLOCKS = words(
    "address blockquote br caption dd div dl dt figure h1 h2 h3 h4 h5 h6 hr li ol p pre table tr ul"
)
MAX_FORMATTING = 32
MAX_COPIES = 500_000
MAX_STEPS = 2_000_000
MAX_JOINS = 100_000_000_000

# Possessive throughout: a quote that never closes ends the document, as the HTML standard says,
# instead of being tried again from every tag.
_TOKEN = re.compile(
    r"""<!--.*?(?:--!?>|\Z) | <[!?/](?![a-zA-Z])[^>]*+>?
    | <(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]{0,80})
      (?P<rest>(?:[^=>]++|=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])[^\s>]*+))*+)>
    | <(?P<open>/?[a-zA-Z])""",
    re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(
    r"""([^\s/>="'<]{1,80}+)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s>"']*+))?""", re.DOTALL
)


class TooTangled(ValueError):
    """Markup beyond the limits of nesting."""


@dataclass
class _Writer:
    """Writes properly nested tags and counts what a tree builder would make of them."""

    max_depth: int
    pieces: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)
    open_count: Counter[str] = field(default_factory=Counter)
    formatting: int = 0
    copies: int = 0
    steps: int = 0
    joins: int = 0
    run_length: int = 0
    run_entities: int = 0

    def text(self, text: str) -> None:
        """Text between tags. A parser joins it at every entity, each time copying what it has."""
        self.pieces.append(text)
        self.run_length += len(text)
        self.run_entities += text.count("&")

    def start(self, name: str, attributes: str) -> None:
        for ended in iter(lambda: self.stack[-1:], []):
            if ended[0] not in IMPLIED_ENDS.get(name, ()):
                break
            self._pop()
        if name in FORMATTING and self.formatting >= MAX_FORMATTING:
            return
        self.copies += self.formatting
        self._end_run()
        self.pieces.append(f"<{name}{attributes}>")
        if name in VOID:
            return
        self.stack.append(name)
        self.open_count[name] += 1
        self.formatting += name in FORMATTING
        if len(self.stack) > self.max_depth or self.copies > MAX_COPIES:
            raise TooTangled

    def end(self, name: str) -> None:
        if not self.open_count[name]:
            return
        for distance, open_name in enumerate(reversed(self.stack), start=1):
            self.steps += 1
            if open_name == name:
                for _step in range(distance):
                    self._pop()
                return
            if open_name in BARRIERS and name not in TABLE_PARTS:
                break
        if self.steps > MAX_STEPS:
            raise TooTangled

    def finish(self) -> str:
        while self.stack:
            self._pop()
        self._end_run()
        return "".join(self.pieces)

    def _end_run(self) -> None:
        self.joins += self.run_entities * self.run_length
        self.run_length = self.run_entities = 0
        if self.joins > MAX_JOINS:
            raise TooTangled

    def _pop(self) -> None:
        name = self.stack.pop()
        self.open_count[name] -= 1
        self.formatting -= name in FORMATTING
        self.pieces.append(f"</{name}>")


def straighten(
    html: str,
    *,
    tags: frozenset[str],
    attributes: dict[str, set[str]],
    dropped: frozenset[str],
    max_depth: int,
) -> str:
    """`html` with only `tags` and `attributes`, properly nested; `dropped` go with their content.

    Raises TooTangled past the limits. Not a sanitiser by itself: addresses are not judged here.
    """
    writer = _Writer(max_depth)
    for text, name, match in _tokens(html, dropped):
        writer.text(entities.escape(entities.unescape(text), quote=False))
        if match is None or name not in tags:
            continue
        if match["end"]:
            writer.end(name)
        else:
            kept = attributes.get("*", set()) | attributes.get(name, set())
            writer.start(name, _attributes(match["rest"], kept))
    return writer.finish()


def text_of(html: str, *, dropped: frozenset[str]) -> str:
    """The text of `html`, a line for each block; `dropped` elements are left out whole."""
    pieces: list[str] = []
    for text, name, _match in _tokens(html, dropped):
        if text:
            pieces.append(_SPACE.sub(" ", text))
        if name in _BREAKS:
            pieces.append(_BREAKS[name])
    lines = [line.strip() for line in entities.unescape("".join(pieces)).split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


_SPACE = re.compile(r"[\t\n\f\r]\s*+| [\s]++")
_BLANK_LINES = re.compile(r"\n{3,}")
_BREAKS = {**dict.fromkeys(BLOCKS, "\n"), "p": "\n\n", "td": " ", "th": " "}


def _tokens(html: str, dropped: frozenset[str]) -> Iterator[tuple[str, str, re.Match[str] | None]]:
    """Text, and name and match of the tag after it; comments and dropped elements are gone."""
    unclosed: set[str] = set()
    position = 0
    while match := _TOKEN.search(html, position):
        text = html[position : match.start()]
        if match["open"]:
            # The tag never ends: the rest is no text but the inside of a tag.
            yield text, "", None
            return
        position = match.end()
        name = (match["name"] or "").lower()
        if name not in dropped:
            yield text, name, match
            continue
        yield text, "", None
        if not match["end"] and name not in unclosed:
            closing = re.compile(rf"</{re.escape(name)}(?=[\s/>])[^>]*>", re.IGNORECASE)
            if end := closing.search(html, position):
                position = end.end()
            else:
                unclosed.add(name)
    yield html[position:], "", None


def _attributes(written: str, kept: set[str]) -> str:
    if not written.strip(" /\n"):
        return ""
    values: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(written):
        if name.lower() in kept:
            values.setdefault(name.lower(), _unquoted(value))
    return "".join(f' {name}="{value}"' for name, value in values.items())


def _unquoted(value: str) -> str:
    if value[:1] in {'"', "'"}:
        value = value[1:-1]
    return entities.escape(entities.unescape(value))
