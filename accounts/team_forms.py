"""The forms of teams and skills."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actions.skills import save_skill
from accounts.form_fields import choose
from accounts.models import Department, Skill, Team, User
from core import clock


class TeamForm(forms.ModelForm):
    """A team with its tier, its lead and its people."""

    class Meta:
        model = Team
        fields = ["name", "tier", "lead", "department", "members"]
        labels = {
            "name": _("Name"),
            "tier": _("Tier"),
            "lead": _("Lead"),
            "department": _("Department"),
            "members": _("Members"),
        }
        help_texts = {
            "tier": _("Escalations go from tier to tier."),
            "lead": _("Told of what is escalated to the team."),
            "department": _("Where tickets move that are given to the team; empty: they stay."),
        }
        widgets = {"members": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = self.instance
        choose(self.fields["lead"], User.objects.staff())
        choose(self.fields["members"], User.objects.staff())
        in_use = Q(archived_at=None) | Q(pk=team.department_id)
        choose(self.fields["department"], Department.objects.filter(in_use))


class SkillForm(forms.ModelForm):
    """A skill with the people who have it."""

    people = forms.ModelMultipleChoiceField(
        User.objects.staff(),
        label=_("Who has it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Skill
        fields = ["name"]
        labels = {"name": _("Name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["people"], User.objects.staff())
        if self.instance.pk:
            self.initial["people"] = list(self.instance.people.values_list("pk", flat=True))

    def save(self, commit: bool = True) -> Skill:  # noqa: FBT001, FBT002 -- Django's signature
        """Save through the action, with the people."""
        skill = super().save(commit=False)
        return save_skill(skill, people=list(self.cleaned_data["people"]), now=clock.now())
