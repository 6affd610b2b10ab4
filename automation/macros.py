"""Macros: several steps by one click, seen before they are done, never sent by surprise.

The text of a macro goes into the composer, below what stands there, unless the agent sends it; a
status belongs to the sending, so a text that is only put into the composer leaves it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.role import Permission
from automation import effects
from automation.effects.macros import SEND
from automation.effects.registry import Case, EffectFailed, tell_effect
from automation.effects.telling import words_of
from automation.engine import RuleSpec
from automation.models import EffectRun, RuleKind, RuleRun
from automation.running import Occasion, run_rules
from automation.versions import rules_in_force
from core import options
from core.keyset import to_number
from core.placeholders import fill
from mailpipe.queueing import default_recipients
from tickets.actions import Typed, assign_ticket, reply, save_draft
from tickets.actions.messages import Answer
from tickets.actions.record import lock_ticket
from tickets.actors import Actor
from tickets.conditions import ticket_facts
from tickets.content import Content
from tickets.models import Draft, Message, Ticket

REPLY: Final = "reply"
_WITH_SENDING: Final = frozenset(["set_status", "close"])
TRIGGER: Final = "macro"


@dataclass(frozen=True)
class Change:
    """One field as it is and as it would be."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a macro would do to a ticket; nothing is written."""

    macro: RuleSpec
    changes: list[Change]
    steps: list[str]
    text: str
    sends: bool
    warnings: list[str]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How an agent wants a macro: the text as edited, sent at once or kept in the composer.

    `seen` is the newest message the agent knew of when they decided (N7).
    """

    text: str = ""
    sends: bool = False
    seen: int | None = None


@dataclass(frozen=True)
class Applied:
    """What became of it, effect by effect; `message` is what was sent."""

    run: RuleRun | None
    message: Message | None
    is_in_composer: bool

    @property
    def troubles(self) -> list[str]:
        """Why effects were not done, in words."""
        rows = self.run.effects.exclude(state=EffectRun.State.DONE) if self.run else ()
        return [f"{tell_effect(row.effect)}: {row.note}" for row in rows]


def macros_for(user: User) -> list[RuleSpec]:
    """Macros this agent may use: their own, their departments', everybody's; in their order."""
    rules = rules_in_force(RuleKind.MACRO)
    everywhere, departments = user.may(Permission.TICKETS_ALL), user.department_ids()
    return [
        rule
        for rule in (rules.rules if rules else ())
        if rule.is_enabled
        and rule.owner in (None, user.pk)
        and (rule.department is None or everywhere or rule.department in departments)
    ]


def offered(ticket: Ticket, user: User, *, now: datetime) -> list[RuleSpec]:
    """Those whose conditions the ticket fulfils."""
    mine, rules = macros_for(user), rules_in_force(RuleKind.MACRO)
    if not mine or rules is None:
        return []
    return list(rules.decide(mine, ticket_facts(ticket, now=now)).matched)


def preview(macro: RuleSpec, ticket: Ticket, user: User, *, now: datetime) -> Preview:
    """The change-set before and after, the other steps in words, the text filled in."""
    case = _case(macro, ticket, user, now)
    changes: list[Change] = []
    steps: list[str] = []
    warnings: list[str] = []
    for told in macro.effects:
        spec = dict(effects.registry).get(told["effect"])
        if spec is None or spec.changes is None:
            steps += [] if told["effect"] in (REPLY, SEND) else [tell_effect(told)]
            continue
        try:
            changes += _changes(ticket, spec.changes(case, told))
        except (EffectFailed, ValidationError) as failure:
            warnings.append(f"{tell_effect(told)}: {failure}")
    return Preview(
        macro=macro,
        changes=changes,
        steps=steps,
        text=_text(case),
        sends=any(told["effect"] == SEND for told in macro.effects),
        warnings=warnings,
    )


@transaction.atomic
def apply_macro(
    macro: RuleSpec, ticket: Ticket, *, user: User, wish: Wish, now: datetime
) -> Applied:
    """Do it: send or keep the text, then change the ticket in one change-set under its name.

    Raises ValidationError when the macro is not offered here any more or has nobody to send to,
    StaleReply when the ticket moved on while the agent read the preview.
    """
    ticket = lock_ticket(ticket)
    if macro.id not in [rule.id for rule in offered(ticket, user, now=now)]:
        raise ValidationError(_("This macro does not fit the ticket any more."))
    text = wish.text.strip()
    message = _send(ticket, text, user=user, wish=wish, now=now) if text and wish.sends else None
    is_kept = bool(text) and message is None
    if is_kept:
        keep_text(ticket, text, user=user, now=now)
    ticket = lock_ticket(ticket)
    run = _run(macro, ticket, user=user, leaves=_WITH_SENDING if is_kept else frozenset(), now=now)
    if message is not None:
        _take(ticket, user, now)
    return Applied(run, message, is_kept)


def keep_text(ticket: Ticket, text: str, *, user: User, now: datetime) -> None:
    """Put a text into the agent's composer, below what they typed themselves."""
    draft = Draft.objects.filter(ticket=ticket, user=user, kind=REPLY).first()
    typed = draft.text.rstrip() if draft else ""
    whole = f"{typed}\n\n{text}" if typed else text
    revision = max(to_number(now), draft.revision + 1 if draft else 0)
    kept = Typed(
        text=whole,
        recipients=draft.recipients if draft else {},
        predefined=tuple(draft.predefined) if draft else (),
        promise_due_at=draft.promise_due_at if draft else None,
    )
    save_draft(ticket, user=user, typed=kept, revision=revision, now=now)


def _send(ticket: Ticket, text: str, *, user: User, wish: Wish, now: datetime) -> Message:
    """The text of the preview, never what stands half written in the composer: that stays."""
    recipients = default_recipients(ticket)
    if not recipients.all():
        raise ValidationError(_("The customer has no mail address."))
    answer = Answer(
        content=Content(text=text, is_markdown=True),
        recipients=recipients,
        seen=wish.seen,
        takes_ticket=False,
        ends_draft=False,
    )
    return reply(ticket, answer=answer, actor=Actor.of_user(user), now=now)


def _run(
    macro: RuleSpec, ticket: Ticket, *, user: User, leaves: frozenset[str], now: datetime
) -> RuleRun | None:
    """All effects but the text; `leaves` are those the agent does with the sending."""
    wanted = {told["effect"] for told in macro.effects} - {REPLY} - leaves
    return run_rules(
        RuleKind.MACRO,
        Occasion(
            ticket=ticket,
            trigger=TRIGGER,
            now=now,
            actor=Actor.of_user(user),
            only=macro.id,
            effects=frozenset(wanted),
            user=user,
        ),
    )


def _take(ticket: Ticket, user: User, now: datetime) -> None:
    """Who answers takes the ticket, as with any other reply; after the macro had its say."""
    ticket = lock_ticket(ticket)
    if ticket.assignee is None and ticket.is_open and options.value("tickets.assign_on_reply"):
        assign_ticket(ticket, assignee=user, actor=Actor.of_user(user), now=now)


def _case(macro: RuleSpec, ticket: Ticket, user: User, now: datetime) -> Case:
    actor = Actor.of_user(user)
    run = RuleRun(ticket=ticket, kind=RuleKind.MACRO, trigger=TRIGGER, at=now)
    return Case(
        ticket=ticket,
        rule=macro,
        key="preview",
        now=now,
        actor=actor,
        trigger=TRIGGER,
        user=user,
        run=run,
    )


def _text(case: Case) -> str:
    texts: Iterable[Mapping[str, Any]] = case.rule.effects
    words = words_of(case)
    parts = [fill(told["text"], words) for told in texts if told["effect"] == REPLY]
    return "\n\n".join(part.strip() for part in parts)


def _changes(ticket: Ticket, wanted: Mapping[str, Any]) -> list[Change]:
    labels = {
        "status": _("Status"),
        "priority": _("Priority"),
        "service": _("Service"),
        "department": _("Department"),
        "assignee": _("Assignee"),
    }
    return [
        Change(labels.get(name, name), _named(getattr(ticket, name)), _named(value))
        for name, value in wanted.items()
        if getattr(ticket, name) != value
    ]


def _named(value: Any) -> str:
    return _("none") if value is None else str(value)
