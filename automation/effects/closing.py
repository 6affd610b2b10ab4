"""Closing by inactivity: the warning mail, then the closing with its cause (R173)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from automation import auto_closing
from automation.arguments import Argument
from automation.effects.registry import Case, Done, EffectFailed, EffectSpec, register
from automation.effects.tickets import placeholders
from automation.models import EffectRun, RuleKind, TimedFiring
from core.placeholders import fill
from mailpipe.actions.receipts import within_budget
from mailpipe.queueing import default_recipients
from tickets import vocabulary
from tickets.actions import Changes, change_ticket, reply
from tickets.actions.messages import Answer
from tickets.content import Content
from tickets.models.vocabulary import RESOLVED_KINDS, Kind

Args = Mapping[str, Any]

_STATUS = Argument(
    name="status",
    label=_("Status"),
    kind="choice",
    choices=lambda: [
        (row.pk, str(row)) for row in vocabulary.statuses() if row.kind in RESOLVED_KINDS
    ],
    is_required=False,
    help=_("Empty: closed."),
)
_WARN_DAYS = Argument(
    name="warn_days",
    label=_("Warn the customer days before"),
    kind="number",
    is_required=False,
    help=_("Empty: no warning."),
)
_TEXT = Argument(
    name="text",
    label=_("Warning"),
    kind="text",
    is_required=False,
    help=_("You may use {customer.name}, {ticket.number}, {ticket.subject} and {days}."),
)


def _default_text() -> str:
    return _t(
        "Hello {customer.name},\n\nwe have not heard from you about “{ticket.subject}”. If nothing "
        "is left to do, you need not answer: the ticket closes by itself in {days} days. If you "
        "still need us, just answer this message."
    )


def _close(case: Case, args: Args) -> Done:
    if case.facts.get("stage") == auto_closing.WARN:
        return _warn(case, args)
    status = next((row for row in vocabulary.statuses() if row.pk == args.get("status")), None)
    if args.get("status") and status is None:
        raise EffectFailed(_t("The status was archived."))
    because = {"cause": auto_closing.CAUSE, "no_answer": case.ticket.first_responded_at is None}
    changes = Changes(status=status or vocabulary.default_status(Kind.CLOSED), because=because)
    change_ticket(case.ticket, changes=changes, actor=case.actor, now=case.now)
    return Done(note=_t("Closed by inactivity."))


def _warn(case: Case, args: Args) -> Done:
    """The firing keeps the mail: the closing waits until it has left."""
    ticket = case.ticket
    if not ticket.customer.email:
        return Done(EffectRun.State.NO_RECIPIENT, _t("The customer has no mail address."))
    if not within_budget(ticket.customer.email, ticket=ticket, now=case.now):
        raise EffectFailed(_t("Too many automatic messages within the hour."))
    words = {**placeholders(case), "days": str(args["warn_days"])}
    answer = Answer(
        content=Content(text=fill(args.get("text") or _default_text(), words), is_markdown=True),
        recipients=default_recipients(ticket),
    )
    message = reply(ticket, answer=answer, actor=case.actor, now=case.now)
    TimedFiring.objects.filter(rule=case.rule.id, ticket=ticket).update(warning=message)
    return Done(note=_t("The customer was warned."))


def _tell(args: Args) -> str:
    words = {
        "status": _STATUS.words(args.get("status")) or _t("closed"),
        "days": args.get("warn_days"),
    }
    if words["days"]:
        sentence = _t("set it to %(status)s by inactivity, with a warning %(days)s days before")
        return sentence % words
    return _t("set it to %(status)s by inactivity") % words


register(
    EffectSpec(
        key=auto_closing.EFFECT,
        label=_("Close by inactivity"),
        group=_("Ticket"),
        tell=_tell,
        arguments=(_STATUS, _WARN_DAYS, _TEXT),
        act=_close,
        kinds=frozenset([RuleKind.TIMED.value]),
    )
)
