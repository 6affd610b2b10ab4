"""What people do to received mails: replay, release, discard, block or allow the sender."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from core import audit
from core.pokes import poke
from mailpipe.models import InboundMail, SenderRule
from mailpipe.recogniser.screening import sender_rules

DRAIN = "mailpipe.drain"


class NotReplayable(Exception):
    """The mail left a ticket, which would be doubled, or its raw bytes are gone."""


@transaction.atomic
def replay_mail(mail: InboundMail, *, actor: Any, now: datetime) -> InboundMail:
    """Settle a failed, quarantined or ignored mail anew, under the rules of now.

    Raises NotReplayable. Audited.
    """
    return _restart(mail, verb="mail_replayed", is_released=False, actor=actor, now=now)


@transaction.atomic
def release_mail(mail: InboundMail, *, actor: Any, now: datetime) -> InboundMail:
    """Let a quarantined mail in, whatever the spam rules say. Raises NotReplayable. Audited."""
    return _restart(mail, verb="mail_released", is_released=True, actor=actor, now=now)


@transaction.atomic
def discard_mail(mail: InboundMail, *, actor: Any, now: datetime) -> InboundMail:
    """Take a quarantined or failed mail off the list; it stays in the ledger. Audited."""
    mail = InboundMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
    if not mail.may_be_replayed:
        raise NotReplayable
    before = mail.outcome
    mail.outcome, mail.reason = InboundMail.Outcome.IGNORED, f"discarded by {actor}"
    mail.save(update_fields=["outcome", "reason"])
    _audit("mail_discarded", mail, before, actor=actor, now=now)
    return mail


@transaction.atomic
def block_sender(mail: InboundMail, *, actor: Any, now: datetime) -> SenderRule:
    """Hold whatever this sender writes from now on. Audited."""
    return _set_rule(mail, SenderRule.Verdict.BLOCK, actor=actor, now=now)


@transaction.atomic
def allow_sender(mail: InboundMail, *, actor: Any, now: datetime) -> SenderRule:
    """Never hold this sender's mail as spam again. Audited."""
    return _set_rule(mail, SenderRule.Verdict.ALLOW, actor=actor, now=now)


def _restart(
    mail: InboundMail, *, verb: str, is_released: bool, actor: Any, now: datetime
) -> InboundMail:
    mail = InboundMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
    if not mail.may_be_replayed:
        raise NotReplayable
    before = mail.outcome
    mail.outcome, mail.reason, mail.settled_at = InboundMail.Outcome.PENDING, "", None
    mail.attempts, mail.next_attempt_at, mail.is_released = 0, now, is_released
    mail.save(
        update_fields=[
            "outcome",
            "reason",
            "settled_at",
            "attempts",
            "next_attempt_at",
            "is_released",
        ]
    )
    _audit(verb, mail, before, actor=actor, now=now)
    poke(DRAIN)
    return mail


def _set_rule(mail: InboundMail, verdict: str, *, actor: Any, now: datetime) -> SenderRule:
    rule, _is_new = SenderRule.objects.update_or_create(
        field=SenderRule.Field.SENDER,
        value=mail.from_address.lower(),
        department=None,
        defaults={"verdict": verdict},
    )
    audit.record(
        "sender_rule_set",
        rule,
        actor=actor,
        after={"value": rule.value, "verdict": verdict},
        now=now,
    )
    sender_rules.forget()
    transaction.on_commit(sender_rules.forget)  # others may have asked before the commit
    return rule


def _audit(verb: str, mail: InboundMail, before: str, *, actor: Any, now: datetime) -> None:
    audit.record(
        verb,
        mail,
        actor=actor,
        before={"outcome": before},
        after={"outcome": mail.outcome},
        now=now,
    )
