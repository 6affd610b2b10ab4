"""The effects of the rules that matched: one change-set, then each other effect by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from automation import effects
from automation.effects.registry import Case, Done, EffectFailed
from automation.engine import RuleSpec, overruled
from automation.models import EffectRun, RuleRun
from automation.retrying import due_after
from tickets.actions import Changes, change_ticket
from tickets.actions.record import lock_ticket
from tickets.actors import Actor
from tickets.models import Ticket

if TYPE_CHECKING:
    from automation.running import Occasion

MAX_NOTE = 300

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Effect:
    """One effect of one matched rule, and its place in the run."""

    rule: RuleSpec
    number: int
    told: Mapping[str, Any]

    @property
    def spec(self) -> effects.EffectSpec | None:
        return dict(effects.registry).get(self.told["effect"])


@dataclass(kw_only=True)
class Doing:
    """Does what matched rules say to the ticket of one run; `do` writes an EffectRun for each."""

    run: RuleRun
    occasion: Occasion
    facts: Mapping[str, Any]
    _rows: list[EffectRun] = field(default_factory=list)

    def do(self, matched: Sequence[RuleSpec]) -> list[EffectRun]:
        """Change the ticket first, so that notes and notices speak of it as it became."""
        wanted = [
            _Effect(rule, number, told)
            for rule in matched
            for number, told in enumerate(rule.effects)
            if self.occasion.effects is None or told["effect"] in self.occasion.effects
        ]
        self._change([one for one in wanted if one.spec and one.spec.changes])
        for one in wanted:
            if one.spec is None:
                self._log(one, Done(EffectRun.State.GIVEN_UP, _("Nobody knows this effect.")))
            elif one.spec.act is not None:
                self._act(one)
        if any(one.spec and one.spec.act for one in wanted):
            self._follow(lock_ticket(self.occasion.ticket))
        EffectRun.objects.bulk_create(self._rows)
        return self._rows

    def _change(self, wanted: Sequence[_Effect]) -> None:
        """Field effects as one change-set; when it is refused, each by itself."""
        asked = [(one, changes) for one, changes in self._asked(wanted)]
        triples = [(one.rule, one.number, changes) for one, changes in asked]
        values, lost = overruled(triples, kept=self.occasion.kept)
        losers = {(rule.id, number): why for rule, number, why in lost}
        for one, _changes in asked:
            why = losers.get((one.rule.id, one.number))
            if why is not None:
                self._log(one, Done(EffectRun.State.OVERRULED, _overruled(why)))
        winners = [pair for pair in asked if (pair[0].rule.id, pair[0].number) not in losers]
        if winners and not self._applied(winners, values):
            for one, changes in winners:
                self._applied([(one, changes)], changes, alone=True)

    def _asked(self, wanted: Sequence[_Effect]) -> Iterator[tuple[_Effect, Mapping[str, Any]]]:
        for one in wanted:
            if one.spec is None or one.spec.changes is None:
                continue
            try:
                yield one, one.spec.changes(self._case(one), one.told)
            except EffectFailed as failure:
                self._fail(one, str(failure))

    def _applied(
        self,
        wanted: Sequence[tuple[_Effect, Mapping[str, Any]]],
        values: Mapping[str, Any],
        *,
        alone: bool = False,
    ) -> bool:
        actor = self._actor([one.rule for one, _changes in wanted])
        try:
            with transaction.atomic():
                changed = change_ticket(
                    self.occasion.ticket,
                    changes=Changes(**values, because=self._because(wanted)),
                    actor=actor,
                    now=self.occasion.now,
                )
        except ValidationError as refusal:
            if alone:
                self._fail(wanted[0][0], "; ".join(refusal.messages))
            return False
        self._follow(changed)
        for one, _changes in wanted:
            self._log(one, Done())
        return True

    def _act(self, one: _Effect) -> None:
        if one.spec is None or one.spec.act is None:
            return
        try:
            with transaction.atomic():
                self._log(one, one.spec.act(self._case(one), one.told))
        except (EffectFailed, ValidationError) as failure:
            self._fail(one, _reason(failure))
        except Exception as failure:
            # One effect's fault must not undo the others, nor the ticket's change (rules.md 3).
            logger.exception("effect %s of rule %s failed", one.told["effect"], one.rule.id)
            self._fail(one, repr(failure))

    def _case(self, one: _Effect) -> Case:
        occasion = self.occasion
        return Case(
            ticket=occasion.ticket,
            rule=one.rule,
            key=self._key(one),
            now=occasion.now,
            actor=self._actor([one.rule]),
            trigger=occasion.trigger,
            message=occasion.message,
            facts=self.facts,
            user=occasion.user,
            run=self.run,
        )

    def _actor(self, rules: Sequence[RuleSpec]) -> Actor:
        """The rules by name; for a macro whoever clicked it, with the macro beside them."""
        if self.occasion.user is not None:
            clicked = Actor.of_user(self.occasion.user)
            return replace(clicked, rule_id=rules[0].id, version_id=self.run.version_id)
        names = list(dict.fromkeys(rule.name for rule in rules))
        return Actor.of_rule(
            rule_id=rules[0].id, name=", ".join(names), version_id=self.run.version_id
        )

    def _because(self, wanted: Sequence[tuple[_Effect, Mapping[str, Any]]]) -> Mapping[str, Any]:
        """The history names a macro beside whoever clicked it."""
        return {"macro": wanted[0][0].rule.name} if self.occasion.user is not None else {}

    def _key(self, one: _Effect) -> str:
        return f"{self.occasion.key or self.run.pk}:{one.rule.id}:{one.number}"

    def _follow(self, changed: Ticket) -> None:
        """Effects after the change see the ticket as it is now."""
        ticket = self.occasion.ticket
        for column in changed._meta.concrete_fields:
            setattr(ticket, column.attname, getattr(changed, column.attname))
        for name in ("status", "priority", "department", "service", "assignee", "customer"):
            setattr(ticket, name, getattr(changed, name))
        ticket.fresh_events.extend(changed.fresh_events)

    def _log(self, one: _Effect, done: Done) -> None:
        self._rows.append(self._row(one, state=done.state, note=done.note[:MAX_NOTE]))

    def _fail(self, one: _Effect, error: str) -> None:
        row = self._row(one, state=EffectRun.State.FAILED, note=error[:MAX_NOTE])
        row.last_error, row.due_at = error, due_after(1, now=self.occasion.now)
        self._rows.append(row)

    def _row(self, one: _Effect, *, state: str, note: str) -> EffectRun:
        return EffectRun(
            run=self.run,
            key=self._key(one),
            rule_id=one.rule.id,
            number=one.number,
            effect=dict(one.told),
            state=state,
            note=note,
            at=self.occasion.now,
        )


def _overruled(by: str) -> str:
    if by == "agent":
        return _("An agent set this in the same step.")
    return _("Overruled by “%(name)s”.") % {"name": by}


def _reason(failure: Exception) -> str:
    return "; ".join(failure.messages) if isinstance(failure, ValidationError) else str(failure)
