"""Delivery reports read: which address failed, for good or for now, and which mail it was (44)."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailpipe.addresses import repair, valid
from mailpipe.bounce_signs import (
    DELAYED,
    REFUSED,
    RETURNED_MAIL,
    daemon_sender,
    failure_subject,
    says_failure,
    written_by_machine,
)
from mailpipe.parsing.headers import Headers, parse_headers
from mailpipe.parsing.mail import ParsedMail, Part

_RECIPIENTS_LIMIT = 50
_DIAGNOSTIC_LIMIT = 500
_TEXT_LIMIT = 64 * 1024
_SIGNS, _SIGNS_OF_DAEMON = 3, 2
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[ \-]\S)")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}")
_LISTED = re.compile(rf"^[\s<\"'*(\[\d.)>-]{{0,20}}({_ADDRESS.pattern})", re.MULTILINE)
_MESSAGE_ID = re.compile(
    r"^[>\s]{0,9}Message-I[Dd]:\s{0,99}(<[^<>\s]{1,900}>)", re.MULTILINE | re.IGNORECASE
)
_RECIPIENT_FIELDS = (
    "final-recipient",
    "original-recipient",
    "x-actual-recipient",
    "recipient-address",
)
_SMTP_PREFIX = re.compile(r"^smtp[=:]", re.IGNORECASE)
_SUCCESSES = ("deliver", "relay", "expand")
_COPIES = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global")


class Kind(StrEnum):
    """What the report says happened."""

    FAILED = "failed"
    DELAYED = "delayed"
    COMPLAINT = "complaint"


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """One report; `message_id` is the one of the mail that did not arrive."""

    kind: Kind
    recipients: tuple[str, ...] = ()
    status: str = ""
    diagnostic: str = ""
    message_id: str = ""

    @property
    def permanent(self) -> bool:
        """A complaint is as final as a failure: this person wants no more mail."""
        return self.kind is Kind.COMPLAINT or (
            self.kind is Kind.FAILED and not self.status.startswith("4")
        )


def read_bounce(mail: ParsedMail, envelope_sender: str | None = None) -> Bounce | None:
    """The delivery report a mail is, None for everything else, automatic replies included."""
    for reading in (_feedback_report, _delivery_status, _notification):
        bounce = reading(mail)
        if bounce is not None:
            return bounce
    return None if is_success_report(mail) else _in_words(mail, envelope_sender)


def is_success_report(mail: ParsedMail) -> bool:
    """A delivery status that tells of no failure: delivered, relayed, expanded."""
    groups = [group for part in _parts(mail, "message/delivery-status") for group in _groups(part)]
    actions = [group.get("action").lower() for group in groups if group.get("action")]
    return bool(actions) and all(action.startswith(_SUCCESSES) for action in actions)


def null_return_path(mail: ParsedMail, envelope_sender: str | None) -> bool:
    """The empty envelope sender of RFC 5321 4.5.5, from the mail server or its header."""
    if envelope_sender is not None and envelope_sender.strip() in ("<>", "MAILER-DAEMON"):
        return True
    return mail.header("return-path").replace(" ", "") == "<>"


def _feedback_report(mail: ParsedMail) -> Bounce | None:
    """ARF (RFC 5965): somebody pressed the spam button."""
    for part in _parts(mail, "message/feedback-report"):
        fields = parse_headers(part.content)
        return Bounce(
            kind=Kind.COMPLAINT,
            recipients=_addresses(
                [fields.get("original-rcpt-to"), fields.get("removal-recipient")]
            ),
            diagnostic=f"feedback: {fields.get('feedback-type')}"[:_DIAGNOSTIC_LIMIT],
            message_id=_original_id(mail),
        )
    return None


def _delivery_status(mail: ParsedMail) -> Bounce | None:
    """DSN (RFC 3464): fields for the whole report, then for each recipient."""
    for part in _parts(mail, "message/delivery-status"):
        groups = [group for group in _groups(part) if group.get("action") or group.get("status")]
        groups = [group for group in groups if _group_kind(group) is not None]
        if groups:
            return _from_groups(mail, groups)
    return None


def _from_groups(mail: ParsedMail, groups: Sequence[Headers]) -> Bounce:
    kinds = [_group_kind(group) for group in groups]
    kind = Kind.FAILED if Kind.FAILED in kinds else Kind.DELAYED
    chosen = [group for group, each in zip(groups, kinds, strict=True) if each is kind]
    recipients = _addresses([group.get(name) for group in chosen for name in _RECIPIENT_FIELDS])
    diagnostic = next((text for group in chosen if (text := group.get("diagnostic-code"))), "")
    stated = next((text for group in chosen if (text := group.get("status"))), "")
    return Bounce(
        kind=kind,
        recipients=recipients or _recipients_in_words(mail),
        status=_best_status(stated, diagnostic or mail.text),
        diagnostic=_readable(diagnostic) or _diagnostic_in_words(mail.text),
        message_id=_original_id(mail),
    )


def _group_kind(group: Headers) -> Kind | None:
    action, status = group.get("action").lower(), group.get("status")
    if action.startswith("delay"):
        return Kind.DELAYED
    if action.startswith(("fail", "error")) or (not action and status.startswith("5")):
        return Kind.FAILED
    return Kind.DELAYED if not action and status.startswith("4") else None


def _notification(mail: ParsedMail) -> Bounce | None:
    """A bounce or complaint of Amazon SES, delivered as JSON through SNS."""
    start = mail.text.find("{")
    if start < 0 or "otificationType" not in mail.text[:_TEXT_LIMIT]:
        return None
    try:
        fields, _end = json.JSONDecoder().raw_decode(mail.text[start : start + _TEXT_LIMIT])
        if isinstance(fields.get("Message"), str):
            fields = json.loads(fields["Message"])
        return _from_notification(fields)
    except (ValueError, AttributeError, KeyError, TypeError, IndexError, RecursionError):
        return None


def _from_notification(fields: dict[str, dict[str, object]]) -> Bounce | None:
    noticed = str(fields.get("notificationType") or fields.get("eventType")).lower()
    if noticed not in ("bounce", "complaint"):
        return None
    report = fields[noticed]
    named = report.get("bouncedRecipients") or report.get("complainedRecipients") or []
    people = (
        [person for person in named if isinstance(person, dict)] if isinstance(named, list) else []
    )
    diagnostic = next((str(p["diagnosticCode"]) for p in people if p.get("diagnosticCode")), "")
    status = next((str(p["status"]) for p in people if p.get("status")), "")
    transient = report.get("bounceType") == "Transient"
    return Bounce(
        kind=Kind.COMPLAINT
        if noticed == "complaint"
        else Kind.DELAYED
        if transient
        else Kind.FAILED,
        recipients=_addresses([str(person.get("emailAddress", "")) for person in people]),
        status=status or ("4.0.0" if transient else "5.0.0"),
        diagnostic=_readable(diagnostic),
        message_id=_notified_id(fields.get("mail", {})),
    )


def _notified_id(mail: dict[str, object]) -> str:
    headers = mail.get("commonHeaders")
    written = str(headers.get("messageId", "")) if isinstance(headers, dict) else ""
    return written if written.startswith("<") else f"<{written}>" if written else ""


def _in_words(mail: ParsedMail, envelope_sender: str | None) -> Bounce | None:
    """Reports of servers that know no DSN, by their sender, subject and phrases (43)."""
    if not _is_report_in_words(mail, envelope_sender):
        return None
    text = _report_text(mail)
    status = _best_status("", text)
    delayed = DELAYED.search(mail.subject) or (DELAYED.search(text) and not status.startswith("5"))
    return Bounce(
        kind=Kind.DELAYED if delayed else Kind.FAILED,
        recipients=_recipients_in_words(mail),
        status=status,
        diagnostic=_diagnostic_in_words(text),
        message_id=_original_id(mail),
    )


def _is_report_in_words(mail: ParsedMail, envelope_sender: str | None) -> bool:
    """Several signs together; people write about failed mail too, so one is never enough."""
    if mail.header("x-failed-recipients"):
        return True
    if _is_auto_reply(mail):
        return False
    text = _report_text(mail)
    subject = failure_subject(mail.subject)
    by_daemon = daemon_sender(mail.from_address, mail.from_name) or (
        not mail.from_address and subject
    )
    signs = [by_daemon, subject, null_return_path(mail, envelope_sender), says_failure(text)]
    if sum(signs) >= (_SIGNS_OF_DAEMON if by_daemon else _SIGNS):
        return True
    return subject and signs[-1] and (_has_copy(mail) or written_by_machine(text))


def _is_auto_reply(mail: ParsedMail) -> bool:
    submitted = mail.header("auto-submitted").lower()
    return submitted.startswith("auto-replied") and not daemon_sender(
        mail.from_address, mail.from_name
    )


def _has_copy(mail: ParsedMail) -> bool:
    return any(part.content_type in _COPIES for part in mail.attachments)


def _report_text(mail: ParsedMail) -> str:
    """The words of the report, without the returned mail below them."""
    text = mail.text[:_TEXT_LIMIT]
    match = RETURNED_MAIL.search(text)
    return text[: match.start()] if match else text


def _recipients_in_words(mail: ParsedMail) -> tuple[str, ...]:
    """Addresses that begin a line are listed as failed; else the one nearest to the blame."""
    announced = mail.header("x-failed-recipients")
    if announced:
        return _addresses(announced.split(","))
    ours = {mail.from_address.lower(), *(each.email.lower() for each in mail.to)}
    text = _report_text(mail)
    listed = _addresses(_LISTED.findall(text), without=ours)
    if listed:
        return listed
    blamed = [text[match.start() : match.end() + 300] for match in REFUSED.finditer(text)]
    return _addresses([*blamed, text], without=ours)[:1]


def _addresses(texts: Sequence[str], without: set[str] | None = None) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in texts:
        for match in _ADDRESS.finditer(text.rpartition(";")[2] if ";" in text[:20] else text):
            email = repair(_SMTP_PREFIX.sub("", match[0]))
            if valid(email) and not _is_server(email) and email.lower() not in (without or ()):
                found.setdefault(email)
            if len(found) == _RECIPIENTS_LIMIT:
                return tuple(found)
    return tuple(found)


def _is_server(email: str) -> bool:
    return email.partition("@")[0].lower() in ("postmaster", "mailer-daemon", "abuse", "hostmaster")


def _best_status(stated: str, text: str) -> str:
    """`5.0.0` says nothing: a precise code in the words, or the SMTP reply code, says more."""
    status = _STATUS.search(stated)
    precise = next((code for code in _STATUS.findall(text) if not code.endswith(".0.0")), "")
    if status and (not status[1].endswith(".0.0") or precise[:1] != status[1][:1]):
        return status[1]
    reply = _REPLY_CODE.search(text)
    return precise or (status[1] if status else f"{reply[1][0]}.0.0" if reply else "")


def _diagnostic_in_words(text: str) -> str:
    """The line with a code, else the first that blames: what an agent wants to read."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for pattern in (_STATUS, _REPLY_CODE, REFUSED):
        for number, line in enumerate(lines):
            if pattern.search(line):
                return _readable(" ".join(lines[number : number + 2]))
    return ""


def _readable(text: str) -> str:
    return " ".join(text.split())[:_DIAGNOSTIC_LIMIT]


def _original_id(mail: ParsedMail) -> str:
    """From the returned copy, its headers, the quoted text, at last from what is answered to."""
    for part in mail.attachments:
        if part.content_type in _COPIES:
            match = _MESSAGE_ID.search(part.content[:_TEXT_LIMIT].decode("latin-1"))
            if match:
                return match[1]
    match = _MESSAGE_ID.search(mail.text[:_TEXT_LIMIT])
    return match[1] if match else mail.in_reply_to or next(iter(mail.references[-1:]), "")


def _parts(mail: ParsedMail, content_type: str) -> Iterator[Part]:
    return (part for part in mail.attachments if part.content_type == content_type)


def _groups(part: Part) -> list[Headers]:
    block = part.content[:_TEXT_LIMIT].replace(b"\r\n", b"\n")
    return [parse_headers(group) for group in re.split(rb"\n\s*\n", block) if group.strip()]
