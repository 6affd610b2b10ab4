"""Forms of on-call: schedules, roles with their turns, overrides, swaps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Model, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.user import house_zone
from automation.models import OnCallRole, OnCallSchedule
from automation.on_call.rota import Turn
from calendars.forms import ZONES
from calendars.selects import LongSelect
from core import clock
from notifications.models import Endpoint

MOST_PEOPLE, FREE_TURNS = 20, 3
LONGEST = timedelta(days=92)


class MomentField(forms.DateTimeField):
    """A day and a time of the reader's zone."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **options)


class ScheduleForm(forms.ModelForm):
    """When turns change, how long a page waits, which services hear of it."""

    class Meta:
        model = OnCallSchedule
        fields = [
            "name",
            "department",
            "time_zone",
            "handover_weekday",
            "handover_time",
            "starts_on",
            "acknowledge_minutes",
            "endpoints",
            "is_enabled",
        ]
        labels = {
            "name": _("Name"),
            "department": _("Department"),
            "time_zone": _("Time zone"),
            "handover_weekday": _("Hand-over on"),
            "handover_time": _("Hand-over at"),
            "starts_on": _("First turn on"),
            "acknowledge_minutes": _("Minutes to acknowledge"),
            "endpoints": _("Services that are told"),
            "is_enabled": _("In use"),
        }
        help_texts = {
            "department": _("Empty: for all departments."),
            "starts_on": _("The first person of each role has the turn of this day."),
            "acknowledge_minutes": _("After this long without an answer the next level is called."),
            "endpoints": _(
                "PagerDuty follows every page; Slack and webhooks hear of its beginning."
            ),
        }
        widgets = {
            "time_zone": LongSelect(choices=[(name, name.replace("_", " ")) for name in ZONES]),
            "handover_time": forms.TimeInput({"type": "time"}, format="%H:%M"),
            "starts_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "endpoints": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial.setdefault("time_zone", str(house_zone()))
            self.initial.setdefault("starts_on", clock.now().date())
        offer(self, "department", among=Q(archived_at=None))
        people = Q(kind=Endpoint.Kind.SMS)
        self._field("endpoints").queryset = Endpoint.objects.active().exclude(people)

    def _field(self, name: str) -> Any:
        return self.fields[name]


class OnCallRoleForm(forms.ModelForm):
    """A role and the people who take turns in it, one select a turn."""

    class Meta:
        model = OnCallRole
        fields = ["schedule", "name", "level"]
        labels = {"schedule": _("Schedule"), "name": _("Role"), "level": _("Level")}
        help_texts = {
            "level": _("Level 1 is called first; all roles of a level are called together."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "schedule", among=Q(archived_at=None))
        stored = (
            list(self.instance.seats.values_list("user", flat=True)) if self.instance.pk else []
        )
        count = min(max(len(stored), self._asked()) + FREE_TURNS, MOST_PEOPLE)
        self.turns = [f"turn_{number}" for number in range(1, count + 1)]
        people = User.objects.staff().order_by("name", "pk")
        choices = [("", gettext("Nobody")), *((str(user.pk), str(user)) for user in people)]
        known = {value for value, _name in choices}
        for number, name in enumerate(self.turns):
            words = gettext("Turn %(number)d") % {"number": number + 1}
            self.fields[name] = forms.ChoiceField(label=words, choices=choices, required=False)
            chosen = str(stored[number]) if number < len(stored) else ""
            self.initial.setdefault(name, chosen if chosen in known else "")

    def _asked(self) -> int:
        return sum(key.startswith("turn_") and bool(value) for key, value in self.data.items())

    @property
    def people(self) -> list[User]:
        """Who takes turns, in their order; the same person may have several."""
        chosen = [self.cleaned_data.get(name) for name in self.turns]
        ids = [int(pk) for pk in chosen if pk]
        found = User.objects.staff().in_bulk(ids)
        return [found[pk] for pk in ids]


class OverrideForm(forms.Form):
    """Who stands in for whom, from when to when."""

    role = forms.ModelChoiceField(
        OnCallRole.objects.none(), label=_("Role"), empty_label=_("Choose")
    )
    user = forms.ModelChoiceField(
        User.objects.none(), label=_("Who stands in"), empty_label=_("Choose")
    )
    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("Until"))

    def __init__(self, data: Any = None, *, schedule: OnCallSchedule) -> None:
        super().__init__(data, prefix="override")
        roles: Any = self.fields["role"]
        roles.queryset = schedule.roles.filter(archived_at=None)
        users: Any = self.fields["user"]
        users.queryset = User.objects.staff().order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        starts_at, ends_at = facts.get("starts_at"), facts.get("ends_at")
        if starts_at and ends_at and ends_at - starts_at > LONGEST:
            self.add_error("ends_at", gettext("At most three months at a time."))
        return facts


class SwapForm(forms.Form):
    """Two turns of one role whose people trade places."""

    first = forms.ChoiceField(label=_("Turn"))
    second = forms.ChoiceField(label=_("Trades with"))

    def __init__(self, data: Any = None, *, turns: Iterable[tuple[Turn, str]]) -> None:
        super().__init__(data, prefix="swap")
        self.turns = {turn_key(turn): turn for turn, _words in turns}
        choices = [(turn_key(turn), words) for turn, words in turns]
        for name in ("first", "second"):
            field: Any = self.fields[name]
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """The turns themselves instead of their keys."""
        facts = super().clean() or {}
        found = {name: self.turns[key] for name, key in facts.items()}
        if len(found) == len(self.fields) and len({turn.role for turn in found.values()}) > 1:
            self.add_error("second", gettext("Choose two turns of the same role."))
        return found


def turn_key(turn: Turn) -> str:
    """Names a turn in a form: by its end, for what runs now is told from now on."""
    return f"{turn.role}-{int(turn.ends_at.timestamp())}"


def offer(form: forms.ModelForm[Any], name: str, *, among: Q) -> None:
    """Rows in use, and the one that is chosen already."""
    field: Any = form.fields[name]
    kept: Model | int | None = getattr(form.instance, f"{name}_id")
    field.queryset = field.queryset.filter(among | Q(pk=kept))
