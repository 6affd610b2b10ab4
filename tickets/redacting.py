"""Finding what a redacted message said where others quote it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

MIN_LENGTH = 4
# One hit is enough to give a quotation up, so that the longest lines will do.
MAX_PASSAGES = 500

_QUOTE = re.compile(r"^[>\s]+", re.MULTILINE)


def passages_of(text: str) -> frozenset[str]:
    """The lines of `text` as they are looked for: without quote marks, however they were broken."""
    lines = {flattened(line) for line in text.splitlines()}
    worth = sorted((line for line in lines if len(line) >= MIN_LENGTH), key=len, reverse=True)
    return frozenset(worth[:MAX_PASSAGES])


def flattened(text: str) -> str:
    """`text` as one line: no quote marks at the beginnings, single spaces."""
    return " ".join(_QUOTE.sub(" ", text).split())


def tells(text: str, passages: Collection[str]) -> bool:
    """Whether `text` repeats one of the passages."""
    flat = flattened(text)
    return any(passage in flat for passage in passages)


def repeats(text: str, passages: Collection[str], *, limit: int) -> bool:
    """Whether `text`, which was cut at `limit`, tells a passage or ends within one."""
    if tells(text, passages):
        return True
    end = flattened(text.rpartition("\n")[2]) if len(text) >= limit else ""
    return bool(end) and any(passage.startswith(end) for passage in passages)


def without_lines(text: str, passages: Collection[str], *, notice: str) -> str:
    """`text` with each line that repeats a passage replaced; all of it where one spans lines."""
    lines = [notice if tells(line, passages) else line for line in text.splitlines()]
    kept = "\n".join(lines)
    return notice if tells(kept, passages) else kept


def without_quotes(text: str, passages: Collection[str], *, notice: str) -> str:
    """`text` with each quotation that repeats a passage replaced; its author's own lines stay."""
    kept: list[str] = []
    for is_quote, block in _blocks(text.splitlines()):
        is_told = is_quote and tells("\n".join(block), passages)
        kept.extend([f"> {notice}"] if is_told else block)
    return "\n".join(kept)


def _blocks(lines: Iterable[str]) -> list[tuple[bool, list[str]]]:
    """Lines that begin with `>` together, and the others together."""
    blocks: list[tuple[bool, list[str]]] = []
    for line in lines:
        is_quote = line.lstrip().startswith(">")
        if not blocks or blocks[-1][0] is not is_quote:
            blocks.append((is_quote, []))
        blocks[-1][1].append(line)
    return blocks
