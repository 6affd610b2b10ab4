"""format=flowed (RFC 3676): soft line breaks undone, quote depths respected."""

import re

_QUOTES = re.compile(r">*")
_SIGNATURE = "-- "


def unfold(text: str, *, delsp: bool) -> str:
    """Paragraphs as the sender typed them; a flowed line goes on only in its own quote depth."""
    paragraphs: list[tuple[str, list[str]]] = []
    flowing = False
    for line in text.split("\n"):
        depth = _QUOTES.match(line)[0]  # type: ignore[index]  # the pattern matches everywhere
        content = line[len(depth) :].removeprefix(" ")
        flows = content.endswith(" ") and content != _SIGNATURE
        piece = content[:-1] if flows and delsp else content
        if flowing and paragraphs[-1][0] == depth and content != _SIGNATURE:
            paragraphs[-1][1].append(piece)
        else:
            paragraphs.append((depth, [piece]))
        flowing = flows
    return "\n".join(_line(depth, "".join(pieces)) for depth, pieces in paragraphs)


def _line(depth: str, content: str) -> str:
    if content != _SIGNATURE:
        content = content.rstrip(" ")
    return f"{depth} {content}" if depth and content else depth + content
