"""The spam list: `/admin/spam_filters` (R43)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.crud import ManagedTable
from mailpipe.models import SenderRule
from mailpipe.recogniser.screening import sender_rules


class SenderRuleForm(forms.ModelForm):
    """Plain words only; nothing a manager types is a pattern (X-44)."""

    class Meta:
        model = SenderRule
        fields = ["field", "value", "verdict", "department", "comment"]
        labels = {
            "field": _("What to look at"),
            "value": _("Words"),
            "verdict": _("What to do"),
            "department": _("Only for"),
            "comment": _("Why"),
        }
        help_texts = {"value": _("An address, a domain, or words; upper and lower case are one.")}

    def clean_value(self) -> str:
        """One spelling, so that the list shows each rule once."""
        value: str = " ".join(self.cleaned_data["value"].lower().split())
        return value.removeprefix("@") if self.cleaned_data.get("field") == "domain" else value

    def clean(self) -> dict[str, Any]:
        """A rule that fits every mail would close the house."""
        facts = super().clean() or {}
        shortest = 3
        if len(facts.get("value", "")) < shortest:
            self.add_error("value", gettext("Write at least three letters."))
        return facts


def _rules() -> QuerySet[SenderRule]:
    return SenderRule.objects.select_related("department")


def _forget(row: SenderRule, *, actor: Any, now: datetime) -> None:
    sender_rules.forget()


spam_filters = ManagedTable(
    model=SenderRule,
    form_class=SenderRuleForm,
    url_prefix="admin/spam_filters",
    url_name="spam_filters",
    title=_("Spam filters"),
    purpose=_("Whose mail is held for review, and whose is always let in."),
    add_label=_("Add filter"),
    columns=[
        (_("Looks at"), lambda row: row.get_field_display()),
        (_("Words"), lambda row: row.value),
        (_("Does"), lambda row: row.get_verdict_display()),
        (_("Only for"), lambda row: row.department or ""),
        (_("Why"), lambda row: row.comment),
    ],
    rows=_rules,
    on_saved=_forget,
)
