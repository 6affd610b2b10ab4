"""Address headers to mailboxes, in one linear pass: no recursion, no smuggling (X-08 to X-10)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from mailpipe.addresses import repair, valid, without_bidi
from mailpipe.parsing.words import decode_words

MAILBOXES_LIMIT = 200
_NAME_LIMIT = 300
_VALUE_LIMIT = 128 * 1024
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^"(),<>:;\\]+|.', re.DOTALL)
_WORDS = re.compile(r"=\?[^?\s]{0,80}\?[bBqQ]\?.*?(?:\?=|$)", re.DOTALL)
_BARE = re.compile(r"[^\s\"<>(),:;]{1,128}@[^\s\"<>(),:;]{1,255}")

_MAILTO = re.compile(r"mailto:\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """One mailbox as the mail wrote it: name decoded, address repaired."""

    name: str
    email: str


@dataclass
class _Draft:
    """The mailbox being read: what stands outside, inside angle brackets and in comments."""

    outside: list[str] = field(default_factory=list)
    angle: list[str] | None = None
    angle_open: bool = False
    comments: list[str] = field(default_factory=list)
    has_address: bool = False

    def read(self, token: str) -> None:
        self.outside.append(_unquoted(token))
        self.has_address = self.has_address or _BARE.search(_WORDS.sub(" ", token)) is not None

    @property
    def is_blank(self) -> bool:
        return self.angle is None and not self.outside and not self.comments

    def open(self) -> None:
        self.angle, self.angle_open, self.has_address = [], True, True

    def finished(self) -> Address | None:
        written = " ".join("".join(self.outside).split())
        if self.angle is not None:
            email = repair("".join(self.angle))
            if valid(email):
                return Address(_name(written) or _name(" ".join(self.comments)), email)
        # An address hidden in an encoded word is no address: decoding first would smuggle (19).
        bare = _BARE.search(_WORDS.sub(" ", written))
        if bare is None or not valid(repair(bare[0])):
            return None
        name = _name(" ".join(self.comments)) or _name(
            _MAILTO.sub("", written.replace(bare[0], ""))
        )
        return Address(name, repair(bare[0]))


def parse_mailboxes(value: str, *, limit: int = MAILBOXES_LIMIT) -> list[Address]:
    """The mailboxes of a From, To, Cc or Reply-To value, at most `limit` (X-09)."""
    value = value[:_VALUE_LIMIT]
    found = list(islice(_mailboxes(value), limit))
    return found or _anywhere(value)


def _mailboxes(value: str) -> Iterator[Address]:
    draft, depth, has_groups = _Draft(), 0, ";" in value
    for token in _TOKEN.findall(value):
        if depth or (token == "(" and not draft.angle_open):
            depth = _comment(draft, token, depth)
        elif draft.angle_open:
            if _inside(draft, token):
                continue
            yield from _finish(draft)
            draft = _Draft()
        elif token in ",;" and (draft.has_address or token == ";"):
            yield from _finish(draft)
            draft = _Draft()
        elif token == ":" and has_groups and not draft.has_address:
            draft = _Draft()
        elif token == "<":
            draft.open()
        else:
            draft.read(token)
    yield from _finish(draft)


def _comment(draft: _Draft, token: str, depth: int) -> int:
    if token == "(":
        return depth + 1
    if token == ")":
        return depth - 1
    draft.comments.append(_unquoted(token))
    return depth


def _inside(draft: _Draft, token: str) -> bool:
    """Read one token between the brackets; False when a comma shows that ">" was forgotten."""
    if token == ">":
        draft.angle_open = False
    elif token == "<" or draft.angle is None:
        draft.angle = []
    elif token == "," and not _is_route(draft.angle):
        return False
    else:
        draft.angle.append(token)
    return True


def _is_route(angle: list[str]) -> bool:
    """`<@relay1,@relay2:user@host>`: the obsolete commas of RFC 5322 4.4."""
    return bool(angle) and angle[0].startswith("@")


def _finish(draft: _Draft) -> Iterator[Address]:
    address = None if draft.is_blank else draft.finished()
    if address is not None:
        yield address


def _unquoted(token: str) -> str:
    if len(token) > 1 and token[0] == token[-1] == '"':
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    return token


def _name(written: str) -> str:
    name = without_bidi(" ".join(decode_words(written).split()))
    return name.strip(" '\"`,;")[:_NAME_LIMIT]


def _anywhere(value: str) -> list[Address]:
    """Broken brackets or comments: any address outside encoded words is better than none."""
    plain = _WORDS.sub(" ", value)
    emails = (repair(match[0]) for match in islice(_BARE.finditer(plain), 1))
    return [Address("", email) for email in emails if valid(email)]
