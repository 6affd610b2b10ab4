"""What keeps a mail out of the queue: emptiness, our own echo, spam, a flood (mail.md E, F)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from core import options, rates
from core.memo import remembered
from mailpipe import identity, tokens
from mailpipe.models import InboundMail, SenderRule
from mailpipe.recogniser.case import Case, Settlement

Outcome = InboundMail.Outcome
# From this score on a filter before us counts as sure, by the level managers chose.
SPAM_SCORES = {"low": 10.0, "medium": 6.0, "high": 4.0}
SCORE_HEADERS = ("x-spam-score", "x-rspamd-score", "x-spam-status")
TEXT_LIMIT = 20_000
_SCORE = re.compile(r"(?:score=|^\s*|\[)(-?\d{1,4}(?:\.\d{1,4})?)")


@remembered()
def sender_rules() -> list[SenderRule]:
    """The spam list."""
    return list(SenderRule.objects.all())


def refuse_empty(case: Case) -> Settlement | None:
    """Nothing to answer, or nobody."""
    if case.mail.parsed.empty:
        return _quarantined("the mail is empty")
    if not case.sender.email:
        return _quarantined("no sender address")
    return None


def drop_echo(case: Case) -> Settlement | None:
    """Our own mail came back: a loop, or a copy to a department (mail.md 45)."""
    if tokens.read_message_id(identity.ring(), case.mail.parsed.message_id) is None:
        return None
    return Settlement(outcome=Outcome.IGNORED, reason="our own mail came back")


def hold_spam(case: Case) -> Settlement | None:
    """Rules first, an allowing one before all; then what filters before us said."""
    if case.row.is_released:
        case.note("spam", "released from quarantine")
        return None
    verdicts = {rule.verdict: rule for rule in _matching_rules(case)}
    if allowing := verdicts.get(SenderRule.Verdict.ALLOW):
        case.note("spam", f"allowed: {allowing.field} {allowing.value}")
        return None
    if blocking := verdicts.get(SenderRule.Verdict.BLOCK):
        return _quarantined(f"blocked: {blocking.field} {blocking.value}")
    if case.mail.verdict.dmarc == "fail" and options.value("mailpipe.hold_forged"):
        return _quarantined("the sender is forged (DMARC)")
    suspicion = _suspicion(case)
    if suspicion and _is_known(case):
        case.note("spam", f"{suspicion}, but the customer is known")
        return None
    case.note("spam", suspicion or "none")
    return _quarantined(suspicion) if suspicion else None


def hold_flood(case: Case) -> Settlement | None:
    """A sender opens more tickets than people do (R46)."""
    if case.row.is_released:
        return None
    quarter = options.value("mailpipe.tickets_per_15_minutes")
    hour = options.value("mailpipe.tickets_per_hour")
    limits = (
        (f"new-tickets:{case.sender.email}:quarter", quarter, timedelta(minutes=15)),
        (f"new-tickets:{case.sender.email}:hour", hour, timedelta(hours=1)),
    )
    if rates.hit_all(limits, now=case.now):
        return None
    return _quarantined(f"flood: more than {quarter} new tickets in 15 minutes, or {hour} an hour")


def _matching_rules(case: Case) -> Iterator[SenderRule]:
    for rule in sender_rules():
        if rule.department_id in (None, case.department.pk) and _matches(rule, case):
            yield rule


def _matches(rule: SenderRule, case: Case) -> bool:
    """Plain words, compared without case; never a pattern (X-44)."""
    value, parsed = rule.value.strip().casefold(), case.mail.parsed
    domain = case.sender.email.rpartition("@")[2]
    match rule.field:
        case SenderRule.Field.SENDER:
            return case.sender.email == value
        case SenderRule.Field.DOMAIN:
            return domain == value.lstrip("@") or domain.endswith(f".{value.lstrip('@.')}")
        case SenderRule.Field.SUBJECT:
            return value in parsed.subject.casefold()
        case _:
            return value in parsed.text[:TEXT_LIMIT].casefold()


def _suspicion(case: Case) -> str:
    """What a spam filter before us wrote into the headers."""
    level = options.value("mailpipe.spam_level")
    if level == "off":
        return ""
    parsed = case.mail.parsed
    score = next((found for name in SCORE_HEADERS if (found := _score(parsed.header(name)))), 0.0)
    if score >= SPAM_SCORES[level]:
        return f"spam score {score:g}"
    is_flagged = parsed.header("x-spam-flag").strip().lower() in ("yes", "true")
    return "marked as spam" if is_flagged and level != "low" else ""


def _score(value: str) -> float:
    found = _SCORE.search(value[:200])
    return float(found[1]) if found else 0.0


def _is_known(case: Case) -> bool:
    return case.customer is not None and options.value("mailpipe.allow_known")


def _quarantined(reason: str) -> Settlement:
    return Settlement(outcome=Outcome.QUARANTINED, reason=reason)
