"""Is a person writing? Programs get no receipt, so that no two of them talk for ever (42-45)."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailpipe.addresses import canonical, is_no_reply, strip_plus
from mailpipe.bounce_signs import any_of
from mailpipe.bounces import is_success_report, null_return_path, read_bounce
from mailpipe.parsing.mail import ParsedMail
from mailpipe.tokens import plain_subject

RECEIVED_LIMIT = 30
_AUTO_REPLY_HEADERS = (
    "x-autoreply", "x-autorespond", "x-autoresponse", "x-autoresponder", "x-auto-reply",
    "x-auto-response", "x-autoreply-from", "x-mail-autoreply", "x-auto-reply-from", "auto-reply",
)  # fmt: skip
_BULK_HEADERS = ("feedback-id", "x-csa-complaints", "x-campaign", "x-campaignid", "x-mailgun-tag")
_LIST_HEADERS = ("list-id", "list-post", "x-mailing-list", "mailing-list", "x-mailman-version")
_REPORTS = ("disposition-notification", "feedback-report", "tlsrpt", "delivery-status")
# What Exchange, Gmail and others put in front of an automatic answer, in their users' languages.
_ANSWERS = (
    r"auto(?:matic|mated)?[ -]?(?:reply|response|answer|respond)", r"auto[ -]?re", r"autoreply",
    r"out of (?:the )?office(?: autoreply| reply| notification)?", r"abwesenheitsnotiz",
    r"automatische (?:antwort|antwoord|abwesenheit\w*)", r"abwesenheit(?:s\w+)?", r"autoantwort",
    r"automatisch antwoord", r"réponse automatique", r"absence du bureau", r"message d'absence",
    r"respuesta autom[áa]tica", r"fuera de la oficina", r"risposta automatica", r"fuori sede",
    r"fuori ufficio", r"resposta autom[áa]tica", r"fora do escrit[óo]rio", r"afwezig(?:heid)?",
    r"autosvar", r"automatiskt? svar", r"frånvaro\w*", r"ikke til stede", r"fravær\w*",
    r"automaattinen vastaus", r"poissaolo\w*", r"odpowied[źz] automatyczna",
    r"automatyczna odpowied[źz]", r"автоответ", r"автоматический ответ", r"нет на месте",
    r"otomatik yan[ıi]t", r"ofis d[ıi][şs][ıi]nda", r"automatick[áa] odpov[ěe][ďd]",
    r"automatikus v[áa]lasz", r"răspuns automat", r"αυτόματη απάντηση", r"automātiskā atbilde",
    r"מענה אוטומטי", r"تلقائي رد|رد تلقائي", r"自動応答", r"自動返信", r"不在通知",
    r"不在のお知らせ",
    r"自动(?:答复|回复)", r"自動回覆", r"자동\s?(?:회신|응답)", r"부재\s?중",
)  # fmt: skip
# A separator must follow: "Out of office settings are broken" is a person's question.
_STRONG_SUBJECT = any_of(
    _ANSWERS,
    prefix=r"[\W_]{0,3}",
    suffix=r"(?:[\])】]|\s*(?:[:：;,|(\[–—-]|$|re\b|from\b|von\b))",
)
_WEAK_SUBJECT = re.compile(
    r"out of (?:the )?office|\bvacation\b|\bholidays?\b|\bon leave\b|abwesen|urlaub|\bcongés?\b"
    r"|absen[ct]|vacaciones|ferie\b|férias|vakantie|semester\b|urlop|отпуск|izin|dovolen|szabadság"
    r"|休暇|휴가|休假",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """Who wrote, as far as it matters to what we do with it."""

    NONE = "none"
    AUTO_REPLY = "auto_reply"
    BULK = "bulk"
    LIST = "list"
    BOUNCE = "bounce"
    REPORT = "report"
    LOOP = "loop"


@dataclass(frozen=True, kw_only=True)
class Automatic:
    """The verdict with its reasons; `suppress_reply` may be set where `kind` is none."""

    kind: Kind = Kind.NONE
    reasons: tuple[str, ...] = ()
    suppress_reply: bool = False

    def __bool__(self) -> bool:
        return self.kind is not Kind.NONE


_Sign = tuple[Kind, str]


def assess(
    mail: ParsedMail,
    envelope_sender: str | None = None,
    *,
    own_addresses: Collection[str] = (),
    is_own_message_id: Callable[[str], bool] | None = None,
) -> Automatic:
    """Weigh all signs; the first in the order loop, bounce, report, reply, list, bulk names it."""
    signs = [
        *_loop_signs(mail, own_addresses, is_own_message_id),
        *_report_signs(mail, envelope_sender),
        *_reply_signs(mail, envelope_sender),
        *_mass_signs(mail),
    ]
    quiet = list(_quiet_signs(mail, envelope_sender))
    kind = signs[0][0] if signs else Kind.NONE
    reasons = tuple(dict.fromkeys([*(reason for _kind, reason in signs), *quiet]))
    return Automatic(kind=kind, reasons=reasons, suppress_reply=bool(reasons))


def _loop_signs(
    mail: ParsedMail, own: Collection[str], is_own_message_id: Callable[[str], bool] | None
) -> Iterator[_Sign]:
    if is_own_message_id is not None and mail.message_id and is_own_message_id(mail.message_id):
        yield Kind.LOOP, "our own Message-ID came back"
    if "x-loop" in mail.headers:
        yield Kind.LOOP, "X-Loop"
    if strip_plus(canonical(mail.from_address)) in {strip_plus(canonical(each)) for each in own}:
        yield Kind.LOOP, "sent from one of our own addresses"
    if len(mail.headers.get("received", ())) > RECEIVED_LIMIT:
        yield Kind.LOOP, f"more than {RECEIVED_LIMIT} Received headers"


def _report_signs(mail: ParsedMail, envelope_sender: str | None) -> Iterator[_Sign]:
    bounce = read_bounce(mail, envelope_sender)
    if bounce is not None and bounce.kind != "complaint":
        yield Kind.BOUNCE, f"delivery report: {bounce.kind}"
    elif bounce is not None:
        yield Kind.REPORT, "spam complaint"
    elif is_success_report(mail):
        yield Kind.REPORT, "delivery report: delivered"
    elif mail.content_type == "multipart/report" and mail.report_type in _REPORTS:
        yield Kind.REPORT, f"report: {mail.report_type}"


def _reply_signs(mail: ParsedMail, envelope_sender: str | None) -> Iterator[_Sign]:
    submitted = mail.header("auto-submitted").lower().partition(";")[0].strip()
    if submitted.startswith(("auto-replied", "vacation", "auto-reply")):
        yield Kind.AUTO_REPLY, f"Auto-Submitted: {submitted}"
    elif submitted and submitted != "no":
        yield Kind.BULK, f"Auto-Submitted: {submitted}"
    for name in _present(mail, _AUTO_REPLY_HEADERS):
        if mail.header(name).lower() not in ("no", "false", "0"):
            yield Kind.AUTO_REPLY, name
    if "auto_reply" in _precedence(mail) or "auto-reply" in _precedence(mail):
        yield Kind.AUTO_REPLY, "Precedence: auto_reply"
    if _answers_by_subject(mail, envelope_sender):
        yield Kind.AUTO_REPLY, "subject of an automatic answer"


def _answers_by_subject(mail: ParsedMail, envelope_sender: str | None) -> bool:
    """A weak sign: holiday requests are tickets too, so a second sign must agree (42)."""
    if _STRONG_SUBJECT.match(mail.subject) or _STRONG_SUBJECT.match(plain_subject(mail.subject)):
        return True
    return _WEAK_SUBJECT.search(mail.subject) is not None and (
        null_return_path(mail, envelope_sender) or is_no_reply(mail.from_address)
    )


def _mass_signs(mail: ParsedMail) -> Iterator[_Sign]:
    for name in _present(mail, _LIST_HEADERS):
        yield Kind.LIST, name
    for word in _precedence(mail) & {"list", "bulk", "junk"}:
        yield (Kind.LIST if word == "list" else Kind.BULK), f"Precedence: {word}"
    for name in mail.headers:
        if name in _BULK_HEADERS or name.startswith("x-amazon-"):
            yield Kind.BULK, name
    suppressed = {
        word.strip() for word in mail.header("x-auto-response-suppress").lower().split(",")
    }
    if suppressed & {"all", "autoreply"}:  # OOF alone is set on ordinary mail of Exchange
        yield Kind.BULK, "X-Auto-Response-Suppress"


def _quiet_signs(mail: ParsedMail, envelope_sender: str | None) -> Iterator[str]:
    """Nobody there to read a receipt, though a person may have written (43)."""
    if null_return_path(mail, envelope_sender):
        yield "empty Return-Path"
    if not mail.from_address:
        yield "no sender address"
    elif is_no_reply(mail.from_address):
        yield "no-reply address"


def _precedence(mail: ParsedMail) -> set[str]:
    return {mail.header(name).lower().strip() for name in ("precedence", "x-precedence")}


def _present(mail: ParsedMail, names: Sequence[str]) -> Iterator[str]:
    return (name for name in names if name in mail.headers)
