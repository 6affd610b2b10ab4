"""The living page of all components at /ui: what a page may be built of, in every state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import clock, icons
from core.access import staff_required
from core.condition_drafts import SHOW
from core.condition_forms import ConditionField, StepwiseForm
from core.conditions import fields
from core.rendering import render_page


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label=_("Name"), initial="With supplier")
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("Choose")), ("a", _("Waiting for somebody else"))],
        help_text=_("Decides how reports count it."),
        required=False,
    )
    words = forms.CharField(label=_("The customer reads"), help_text=_("Plain words."))
    colour = forms.CharField(
        label=_("Colour"), initial="#8a3fb0", widget=forms.TextInput(attrs={"type": "color"})
    )
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    secret = forms.CharField(label=_("Password"), widget=forms.PasswordInput, required=False)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}))
    several = forms.MultipleChoiceField(
        label=_("Pauses"),
        choices=[("r", _("Resolution")), ("u", _("Next update")), ("f", _("First reply"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    one = forms.ChoiceField(
        label=_("After sending"),
        choices=[("stay", _("Stay")), ("next", _("Next one")), ("list", _("Back to the list"))],
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(label=_("Send a copy by e-mail"), required=False)
    paused = forms.BooleanField(
        label=_("Pause the clock meanwhile"),
        required=False,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    picture = forms.FileField(label=_("Logo"), required=False)


class SampleConditions(StepwiseForm, forms.Form):
    """The editor of conditions over every field there is."""

    def __init__(self, posted: dict[str, str], *, prefix: str) -> None:
        super().__init__(
            {f"{prefix}-{name}": value for name, value in posted.items()}, prefix=prefix
        )
        self.fields["when"] = ConditionField(
            allowed=[key for key, _spec in fields],
            label=_("Conditions"),
            help_text=_("Decides what it applies to."),
        )

    @classmethod
    def typed(cls) -> SampleConditions:
        """A row for each field, and a group."""
        keys = [key for key, _spec in fields]
        rows = {f"when-{place}-field": key for place, key in enumerate(keys)}
        group = {f"when-{len(keys)}-match": "any", f"when-{len(keys)}-0-field": keys[0]}
        form = cls({"when-match": "all", **rows, **group}, prefix="typed")
        form.data = {**form.data, SHOW: "yes"}
        return form

    @classmethod
    def refused(cls) -> SampleConditions:
        """A row that lacks its value."""
        first = next(key for key, _spec in fields)
        return cls({"when-match": "none", "when-0-field": first}, prefix="refused")


@dataclass(frozen=True)
class SampleTimes:
    """Moments around now, for everything that ticks."""

    just_now: datetime
    minutes_ago: datetime
    hours_ago: datetime
    days_ago: datetime
    months_ago: datetime
    soon: datetime
    later: datetime
    far: datetime
    late: datetime

    @classmethod
    def around(cls, now: datetime) -> SampleTimes:
        return cls(
            just_now=now,
            minutes_ago=now - timedelta(minutes=6),
            hours_ago=now - timedelta(hours=2, minutes=5),
            days_ago=now - timedelta(days=3),
            months_ago=now - timedelta(days=120),
            soon=now + timedelta(minutes=18, seconds=30),
            later=now + timedelta(hours=3, minutes=20, seconds=30),
            far=now + timedelta(days=2, hours=4, minutes=1),
            late=now - timedelta(minutes=12, seconds=30),
        )


@require_safe
@staff_required
def gallery(request: HttpRequest) -> HttpResponse:
    """All components in all states; axe and the screenshots run on it."""
    return render_page(request, "ui/gallery.html", gallery_context(clock.now()))


def gallery_context(now: datetime) -> dict[str, Any]:
    """What the page shows, around `now`."""
    refused = SampleForm({"name": "With supplier", "kind": "x", "words": "", "colour": "#8a3fb0"})
    return {
        "times": SampleTimes.around(now),
        "form": SampleForm(auto_id="plain_%s"),
        "refused": refused,
        "conditions": SampleConditions.typed(),
        "refused_conditions": SampleConditions.refused(),
        "icon_names": sorted(icons.registry()),
        "tones": [
            ("New", "disc", "new"),
            ("In Progress", "half", "progress"),
            ("Answered", "reply", "answered"),
            ("On Hold", "bars", "hold"),
            ("Escalated", "up", "escalated"),
            ("Closed", "check", "closed"),
        ],
        "own_keys": [f"sample-{number}" for number in range(1, 13)],
        "levels": [("Urgent", 1), ("High", 2), ("Medium", 3), ("Low", 4)],
        "people": [
            "Ada Berg",
            "Ben Okafor",
            "Cleo",
            "Max Li",
            "Noor",
            "Otto",
            "Pavel",
            "Rosa",
            "Yuki",
        ],
    }
