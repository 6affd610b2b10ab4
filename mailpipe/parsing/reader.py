"""From raw bytes to a ParsedMail: the one place where everything read is put together."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

from mailpipe.parsing.bodies import Body, read_body
from mailpipe.parsing.charsets import clean, decode, extends_ascii, guess
from mailpipe.parsing.filenames import filename_of, numbered, safe_filename
from mailpipe.parsing.headers import Headers
from mailpipe.parsing.html import content_ids
from mailpipe.parsing.language import guess_language
from mailpipe.parsing.mail import DEFAULT, Limits, ParsedMail, Part
from mailpipe.parsing.mailboxes import Address, parse_mailboxes
from mailpipe.parsing.structure import Entity, Tree, split
from mailpipe.parsing.transfer import file_octets

MESSAGE_ID_LIMIT = 998
_MESSAGE_ID = re.compile(r"<([^<>]{1,998})>")
_FIRST_YEAR = 1990
_LATEST_ZONE = timedelta(hours=26)
_HIGH, _LOW = ("high", "urgent", "1", "2"), ("low", "non-urgent", "4", "5")
_UNREADABLE_TEXT = 100_000
_GUESS_WITHIN = 16 * 1024


@dataclass(frozen=True)
class _File:
    """A file before it is known whether the HTML shows it."""

    filename: str
    content_type: str
    content_id: str
    content: bytes


def parse(raw: bytes, limits: Limits = DEFAULT) -> ParsedMail:
    """Understand any bytes; never raises, since a mail that cannot be read must still be kept."""
    try:
        return _read(raw, limits)
    except Exception as error:  # noqa: BLE001 - the last net: an unforeseen defect must not lose a mail
        text = clean(decode(raw[:_UNREADABLE_TEXT]))
        return ParsedMail(text=text, reduced=f"unreadable: {type(error).__name__}", empty=not raw)


def _read(raw: bytes, limits: Limits) -> ParsedMail:
    tree = split(raw, limits)
    headers = replace(tree.root.headers, fallback_charset=_main_charset(tree))
    body = read_body(tree, limits)
    files = _parts(body, limits)
    text, html = body.text, body.html
    mail = ParsedMail(
        subject=headers.get("subject"),
        message_id=_first_id(headers.raw("message-id")),
        in_reply_to=_first_id(headers.raw("in-reply-to")),
        references=tuple(_ids(headers.raw("references"))[-limits.references :]),
        sent_at=_sent_at(headers),
        text=text,
        html=html,
        attachments=files,
        headers=headers.decoded,
        content_type=tree.root.content_type,
        report_type=headers.content_type.get("report-type").lower(),
        importance=_importance(headers),
        language=guess_language(headers, text),
        protection=body.protection,
        reduced=body.reduced,
        empty=not (text.strip() or files or (html and "<img" in html.lower())),
        problems=tuple(body.problems),
    )
    return _with_people(mail, headers, limits)


def _with_people(mail: ParsedMail, headers: Headers, limits: Limits) -> ParsedMail:
    """The author is the first valid address of From, Reply-To, Sender, Return-Path (19)."""
    found = {
        name: parse_mailboxes(" , ".join(headers.raw_all(name)), limit=limits.mailboxes)
        for name in ("from", "reply-to", "sender", "return-path", "to", "cc")
    }
    candidates = (found["from"], found["reply-to"], found["sender"], found["return-path"])
    author = next((people[0] for people in candidates if people), Address("", ""))
    problems = mail.problems if found["from"] else (*mail.problems, "no address in From")
    return replace(
        mail,
        from_address=author.email,
        from_name=author.name,
        reply_to=tuple(found["reply-to"]),
        sender=next(iter(found["sender"]), None),
        to=tuple(found["to"]),
        cc=tuple(found["cc"]),
        problems=problems,
    )


def _main_charset(tree: Tree) -> str | None:
    """Raw eight-bit headers are most likely in the charset of the first text."""
    leaves = list(tree.root.leaves())
    declared = (leaf.charset for leaf in leaves if extends_ascii(leaf.charset))
    first = leaves[0]
    return next(declared, None) or guess(first.buffer[first.start : first.start + _GUESS_WITHIN])


def _parts(body: Body, limits: Limits) -> tuple[Part, ...]:
    files = list(_within(_files(body), body, limits))
    shown = content_ids(body.html or "")
    names = numbered([file.filename for file in files])
    return tuple(
        Part(
            filename=name,
            content_type=file.content_type,
            content=file.content,
            content_id=file.content_id,
            inline=bool(file.content_id) and file.content_id.lower() in shown,
            sha256=hashlib.sha256(file.content).hexdigest(),
        )
        for name, file in zip(names, files, strict=True)
    )


def _files(body: Body) -> Iterator[_File]:
    for entity in body.files:
        yield _File(filename_of(entity), _type(entity), entity.content_id, file_octets(entity))
    for name, octets in body.loose_files:
        yield _File(safe_filename(name) or "file.bin", "application/octet-stream", "", octets)


def _type(entity: Entity) -> str:
    return entity.content_type if not entity.is_multipart else "application/octet-stream"


def _within(files: Iterator[_File], body: Body, limits: Limits) -> Iterator[_File]:
    """Files beyond the size limit are dropped with a notice; the raw mail keeps them (13)."""
    room = limits.files
    for file in files:
        if len(file.content) > room:
            body.problems.append(f"file left out, mail too large: {file.filename}")
            body.reduced = body.reduced or f"files larger than {limits.files}"
            continue
        room -= len(file.content)
        yield file


def _ids(value: str) -> list[str]:
    """Message-IDs with their brackets; folding inside them is undone."""
    found = _MESSAGE_ID.findall(value)
    return [f"<{''.join(clean(each).split())}>" for each in found if each.strip()]


def _first_id(value: str) -> str:
    ids = _ids(value)
    bare = "".join(clean(value).split()).strip("<>")[: MESSAGE_ID_LIMIT - 2]
    return ids[0] if ids else (f"<{bare}>" if "@" in bare else "")


def _sent_at(headers: Headers) -> datetime | None:
    """The Date header, None when it is garbage or later than our own server's Received (26)."""
    sent = _moment(headers.raw("date"))
    received = _moment(headers.raw("received").rpartition(";")[2])
    if sent and received and sent > received + _LATEST_ZONE:
        return None
    return sent


def _moment(written: str) -> datetime | None:
    try:
        fields = parsedate_tz(" ".join(written.split()))
        if fields is None or fields[0] < _FIRST_YEAR:
            return None
        local = datetime(*fields[:6], tzinfo=UTC)
        return local - timedelta(seconds=fields[9] or 0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _importance(headers: Headers) -> str:
    for name in ("importance", "x-priority", "x-msmail-priority", "priority"):
        word = headers.get(name).lower().partition(" ")[0].strip()
        if word in _HIGH:
            return "high"
        if word in _LOW:
            return "low"
    return "normal"
