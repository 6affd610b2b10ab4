"""Content-Type and Content-Disposition with parameters: RFC 2231, RFC 2047, no RFC at all."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from mailpipe.parsing.charsets import clean, decode
from mailpipe.parsing.words import decode_words

_PARAMETER = re.compile(r';\s*([^\s=;"]{1,100})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_COMMENT = re.compile(r"^([^;(]*)\([^()]*\)")
_CONTINUATION = re.compile(r"(.+?)\*(\d{1,3})(\*?)|(.+)\*")
_PARAMETERS_LIMIT = 200
_VALUE_LIMIT = 16 * 1024


@dataclass(frozen=True)
class Parameterised:
    """A token with parameters; of doubled parameters the first counts, the others stay known."""

    value: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    others: dict[str, list[str]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.parameters.get(name, "")

    def all(self, name: str) -> list[str]:
        first = self.parameters.get(name)
        return [] if first is None else [first, *self.others.get(name, [])]


def parse_parameterised(value: str) -> Parameterised:
    """Read `type/subtype; name=value`; never fails, an unreadable parameter is left out."""
    head, rest = _split_head(value[:_VALUE_LIMIT])
    plain: dict[str, str] = {}
    others: dict[str, list[str]] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for match in list(_PARAMETER.finditer(rest))[:_PARAMETERS_LIMIT]:
        name, text = match[1].lower(), _unquoted(match[2])
        continued = _CONTINUATION.fullmatch(name)
        if continued:
            _collect(pieces, continued, text)
        elif name in plain:
            others.setdefault(name, []).append(decode_words(text))
        else:
            plain[name] = decode_words(text)
    plain.update({name: _assembled(found) for name, found in pieces.items()})
    return Parameterised(head, plain, others)


def _split_head(value: str) -> tuple[str, str]:
    """The semicolon after the first word is missing often enough."""
    head, _, rest = _COMMENT.sub(r"\1", value).partition(";")
    words = head.replace(" /", "/").replace("/ ", "/").split(maxsplit=1) or [""]
    return words[0].strip("\"',").lower(), ";".join(["", *words[1:], rest])


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        # Only \" and \\ are unescaped: C:\docs\a.txt is a path of Windows, not of RFC 5322.
        return re.sub(r'\\(["\\])', r"\1", text[1:-1])
    return text.strip('"')


def _collect(
    pieces: dict[str, list[tuple[int, bool, str]]], match: re.Match[str], text: str
) -> None:
    if match[4]:
        pieces.setdefault(match[4], []).append((0, True, text))
    else:
        pieces.setdefault(match[1], []).append((int(match[2]), bool(match[3]), text))


def _assembled(found: list[tuple[int, bool, str]]) -> str:
    """RFC 2231 3-4: numbered pieces, of which those with a star are percent-encoded."""
    found = sorted(found, key=lambda piece: piece[0])
    charset = "utf-8"
    if found[0][1] and found[0][2].count("'") > 1:
        charset, _language, first = found[0][2].split("'", 2)
        found[0] = (0, True, first)
    if not any(encoded for _number, encoded, _text in found):
        return decode_words("".join(text for _number, _encoded, text in found))
    octets = b"".join(
        unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
        for _number, encoded, text in found
    )
    return clean(decode(octets, charset))
