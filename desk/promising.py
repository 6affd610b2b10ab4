"""The promise chip of the composer: by today evening, by tomorrow noon, by the end of the week."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core import clock
from core.moments import day_time
from desk.step_forms import MomentField
from tickets import actions
from tickets.actors import Actor
from tickets.forms import LineField
from tickets.models import Message, Promise

PICK: Final = "pick"
EVENING, NOON = time(17), time(12)
FRIDAY: Final = 4
_FORM: Final = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class PromiseChoice:
    """One time to promise; `chip` is what the button says once it is chosen."""

    value: str
    words: str
    fact: str
    chip: str
    is_chosen: bool


@dataclass(frozen=True)
class PromisePart:
    """The chip and its menu as the composer prints them."""

    choices: list[PromiseChoice]
    is_chosen: bool
    is_picked: bool
    picked: str
    chip: str


class PromiseFields(forms.Form):
    """By when the customer is promised to hear from us; empty for no promise (N12)."""

    promise_at = forms.CharField(required=False, max_length=20)
    promise_pick = MomentField(label=_("Promise an answer by"), required=False)

    def clean_promise_at(self) -> datetime | str | None:
        """The chosen time, or PICK for the one beside it."""
        chosen: str = self.cleaned_data["promise_at"]
        return chosen if chosen == PICK else MomentField(required=False).clean(chosen)

    def clean(self) -> dict[str, Any]:
        """`promise_due` is the time, or None; one that has been is refused."""
        said = super().clean() or {}
        chosen = said.get("promise_at")
        due = said.get("promise_pick") if chosen == PICK else chosen
        if said.get("kind") != Message.Kind.REPLY:
            chosen = due = None
        if chosen == PICK and due is None and "promise_pick" not in self.errors:
            self.add_error("promise_pick", _t("Choose the time you promise."))
        if due is not None and due <= clock.now():
            self.add_error("promise_pick", _t("Promise a time that is still to come."))
        said["promise_due"] = due
        return said


def promise_part(
    typed: Mapping[str, str], *, now: datetime, kept: datetime | None = None
) -> PromisePart:
    """What can be promised; what was `typed` in a refused form, or `kept` by a draft, is chosen."""
    chosen, picked = typed.get("promise_at", ""), typed.get("promise_pick", "")
    times = {moment.strftime(_FORM): (words, moment) for words, moment in _presets(now)}
    if not typed and kept is not None and kept > now:
        picked = timezone.localtime(kept).strftime(_FORM)
        chosen = picked if picked in times else PICK
    choices = [
        PromiseChoice(value, words, day_time(at, now=now), _chip(at, now), value == chosen)
        for value, (words, at) in times.items()
    ]
    said = next((choice.chip for choice in choices if choice.is_chosen), "")
    is_picked = chosen == PICK
    if is_picked and (at := chosen_promise(picked)):
        said = _chip(at, now)
    return PromisePart(
        choices=choices,
        is_chosen=bool(said) or is_picked,
        is_picked=is_picked,
        picked=picked,
        chip=said or (_t("Promise: another time") if is_picked else _t("Promise")),
    )


def chosen_promise(text: str) -> datetime | None:
    """The time that stands in the chip while a text is filled in; None for none or nonsense."""
    try:
        moment: datetime | None = MomentField(required=False).clean(text)
    except ValidationError:
        return None
    return moment


def _presets(now: datetime) -> list[tuple[str, datetime]]:
    """In the agent's zone; what has been is not offered."""
    today = timezone.localtime(now).date()
    friday = today + timedelta(days=(FRIDAY - today.weekday()) % 7)
    found = [
        (_t("Today"), _at(today, EVENING)),
        (_t("Tomorrow noon"), _at(today + timedelta(days=1), NOON)),
        (_t("End of the week"), _at(friday, EVENING)),
        (_t("Next week"), _at(friday + timedelta(days=7), EVENING)),
    ]
    unique = {moment: words for words, moment in reversed(found) if moment > now}
    return [(words, moment) for moment, words in sorted(unique.items())]


def _at(day: Any, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour), timezone.get_current_timezone())


def _chip(moment: datetime, now: datetime) -> str:
    return _t("Promise: by %(time)s") % {"time": day_time(moment, now=now)}


class PromiseForm(forms.Form):
    """A promise made beside the composer, such as on the telephone."""

    due_at = MomentField(label=_("By when"))
    text = LineField(label=_("What was promised"), max_length=200, required=False)


def step_of(name: str) -> Callable[..., None]:
    """What a button of the card does with a promise."""
    return {"move": _move, "keep": _keep, "withdraw": _withdraw}[name]


def _move(promise: Promise, posted: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    due_at = MomentField().clean(posted.get("due_at", ""))
    actions.move_promise(promise, due_at=due_at, actor=actor, now=now)


def _keep(promise: Promise, _posted: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    actions.keep_promise(promise, actor=actor, now=now)


def _withdraw(promise: Promise, _posted: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    actions.withdraw_promise(promise, actor=actor, now=now)
