"""Signed threads: reply addresses, Message-IDs, body references; and the plain subject tag."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from mailpipe.addresses import canonical, plus_part, strip_plus

TOKEN_BYTES, MAC_BYTES, RANDOM_BYTES = 16, 10, 10
KEY_BYTES = 16
LOCAL_PART_LIMIT = 64
_BASE32 = "[a-z2-7]"
_REPLY = re.compile(rf"([tnbf])({_BASE32}{{26}})\.({_BASE32}{{16}})")
_MESSAGE_ID = re.compile(
    rf"<([tnbf])\.({_BASE32}{{26}})\.({_BASE32}{{16}})\.({_BASE32}{{16}})@[^<>\s]{{1,255}}>"
)
_REFERENCE = re.compile(rf"ref:t\.({_BASE32}{{26}})\.({_BASE32}{{16}})")
_REFERENCES_TRIED = 20
_LABELS = (
    "ticket id", "ticket-id", "ticketid", "ticket no", "ticket nr", "ticket number", "ticket",
    "ticketnummer", "ticket-nr", "id de ticket", "id del ticket", "id do ticket", "id du ticket",
    "id ticket", "n° de ticket", "numéro de ticket", "número de ticket", "numero ticket",
    "ärende-id", "ärende", "sag", "sak", "tiketti", "zgłoszenie", "požadavek", "заявка", "тикет",
    "bilet", "jegy", "チケット", "チケットid", "工单", "工单号", "工單", "티켓",
)  # fmt: skip
_PREFIXES = (
    "re", "aw", "antw", "antwort", "sv", "vs", "vl", "rif", "r", "ri", "res", "rv", "ref", "odp",
    "ynt", "hal", "vá", "atb", "απ", "σχετ", "на", "ответ", "отв", "回复", "回覆", "答复", "返信",
    "답장", "회신", "fw", "fwd", "wg", "tr", "enc", "i", "vb", "doorst", "pd", "továbbítás", "πρθ",
    "ilt", "转发", "轉寄", "転送", "전달", "תגובה", "רד", "رد",
)  # fmt: skip
_PREFIX = re.compile(
    rf"\s*(?:{'|'.join(map(re.escape, _PREFIXES))})(?:\s?[\[(]\d{{1,3}}[\])]|\^\d{{1,3}})?\s?[:：]",
    re.IGNORECASE,
)
_PREFIXES_STRIPPED = 30


class Scope(StrEnum):
    """What an answer to this address or Message-ID may become."""

    TICKET = "t"
    NOTE = "n"  # answers to an internal note's notification stay internal (39)
    FORWARD = "f"  # answers of a third party to what was forwarded stay internal too
    BOUNCE = "b"  # envelope sender: what comes here is a delivery report


@dataclass(frozen=True)
class ReplyToken:
    """What a reply address claims; worth something only when the ring verifies it."""

    scope: Scope
    token: str
    mac: str


@dataclass(frozen=True)
class OwnMessageId:
    """A Message-ID we made, its signature already verified."""

    scope: Scope
    token: str


class KeyRing:
    """HMAC keys apart from SECRET_KEY: the first signs, all verify, so keys can rotate (36)."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = tuple(key.encode() for key in keys if key)
        if not self._keys or any(len(key) < KEY_BYTES for key in self._keys):
            raise ValueError(f"mail token keys need at least {KEY_BYTES} characters each")

    def __repr__(self) -> str:
        return f"<KeyRing of {len(self._keys)}>"

    def sign(self, *fields: str) -> str:
        return _mac(self._keys[0], fields)

    def verifies(self, mac: str, *fields: str) -> bool:
        return any(hmac.compare_digest(_mac(key, fields), mac.lower()) for key in self._keys)


def new_token() -> str:
    """A ticket's 128 random bits: never a row id, so that a restore cannot mix threads (D-19)."""
    return _base32(secrets.token_bytes(TOKEN_BYTES))


def reply_address(
    ring: KeyRing, address: str, *, token: str, recipient: str, scope: Scope = Scope.TICKET
) -> str:
    """`support+t<token>.<mac>@domain`, signed for one recipient.

    The bare address when the local part would grow beyond what servers accept (RFC 5321 4.5.3.1):
    threading then rests on the Message-IDs.
    """
    local, _, domain = address.rpartition("@")
    mac = ring.sign("reply", scope, token, canonical(recipient))
    tagged = f"{local}+{scope}{token}.{mac}"
    return f"{tagged}@{domain}" if len(tagged.encode()) <= LOCAL_PART_LIMIT else address


def read_reply_address(address: str) -> ReplyToken | None:
    """The claim in the plus part, in whatever case servers on the way have left it."""
    match = _REPLY.fullmatch(plus_part(address).lower())
    return ReplyToken(Scope(match[1]), match[2], match[3]) if match else None


def verify_reply(ring: KeyRing, claim: ReplyToken, recipient: str) -> bool:
    """True when we gave this address to this recipient, and to nobody else (X-03)."""
    return ring.verifies(claim.mac, "reply", claim.scope, claim.token, canonical(recipient))


def bare_address(address: str) -> str:
    """The department's address behind a reply address; other plus parts stay."""
    return strip_plus(address) if read_reply_address(address) else address


def message_id(
    ring: KeyRing, *, token: str, domain: str, scope: Scope = Scope.TICKET, random: str = ""
) -> str:
    """`<t.<token>.<rand>.<mac>@domain>`: cannot be guessed, so it may carry a thread (36)."""
    random = random or _base32(secrets.token_bytes(RANDOM_BYTES))
    mac = ring.sign("message-id", scope, token, random)
    return f"<{scope}.{token}.{random}.{mac}@{domain}>"


def read_message_id(ring: KeyRing, value: str) -> OwnMessageId | None:
    """The thread of a Message-ID that we signed, None for all others."""
    match = _MESSAGE_ID.fullmatch(value.strip().lower())
    if match and ring.verifies(match[4], "message-id", match[1], match[2], match[3]):
        return OwnMessageId(Scope(match[1]), match[2])
    return None


def own_thread(ring: KeyRing, message_ids: Iterable[str]) -> OwnMessageId | None:
    """The first Message-ID of ours; callers give In-Reply-To, then References from the right."""
    return next((own for each in message_ids if (own := read_message_id(ring, each))), None)


def body_reference(ring: KeyRing, token: str) -> str:
    """Stands in the marker line of what we send; quoted back, it names the thread (34d)."""
    return f"ref:t.{token}.{ring.sign('body', token)}"


def read_body_reference(ring: KeyRing, text: str) -> str | None:
    """The token of the first genuine reference in a body."""
    for match in islice(_REFERENCE.finditer(text.lower()), _REFERENCES_TRIED):
        if ring.verifies(match[2], "body", match[1]):
            return match[1]
    return None


def subject_tag(number: int) -> str:
    """R22's form."""
    return f"[Ticket ID: {number}]"


def subject_numbers(subject: str, labels: Sequence[str] = ()) -> list[int]:
    """The ticket numbers a subject names: hints of strangers, no proof (X-02)."""
    return [int(found) for found in _tags(labels).findall(_unfolded(subject))]


def plain_subject(subject: str, labels: Sequence[str] = ()) -> str:
    """The subject without tags and without Re, AW, SV, Fwd and their kin."""
    text = _unfolded(_tags(labels).sub(" ", _unfolded(subject)))
    for _ in range(_PREFIXES_STRIPPED):
        match = _PREFIX.match(text)
        if match is None:
            break
        text = text[match.end() :].strip()
    return text


def tagged_subject(subject: str, number: int) -> str:
    """Our tag in front, whatever tags the subject's author wrote are gone (X-35)."""
    return f"{subject_tag(number)} {_unfolded(_tags(()).sub(' ', _unfolded(subject)))}".strip()


def _unfolded(subject: str) -> str:
    return " ".join(subject.split())


def _tags(labels: Sequence[str]) -> re.Pattern[str]:
    spelled = "|".join(
        re.escape(label).replace(r"\ ", r"\s?")
        for label in sorted({*_LABELS, *labels}, key=len)[::-1]
    )
    return re.compile(
        rf"\[\s?(?:#|(?:{spelled})\s?[:：#.]?\s?#?)\s?(\d{{1,12}})\s?\]", re.IGNORECASE
    )


def _mac(key: bytes, fields: Sequence[str]) -> str:
    message = "\x00".join(fields).encode("utf-8", "surrogateescape")
    return _base32(hmac.new(key, message, hashlib.sha256).digest()[:MAC_BYTES])


def _base32(octets: bytes) -> str:
    return base64.b32encode(octets).decode("ascii").rstrip("=").lower()
