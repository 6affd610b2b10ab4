"""What staff types about organisations and tiers."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.mailboxes import FREEMAIL
from accounts.models import User
from core.text import clean_line
from customers.models import Organisation, OrganisationDomain, Tier

MAX_ATTRIBUTES, MAX_ATTRIBUTE = 30, 80
MONTHLY_SPEND = _("Monthly spend in USD")
DEDICATED_AGENT = _("Dedicated agent")

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


class AttributesField(forms.CharField):
    """Whatever else is known of a customer: lines such as `plan: gold`, kept as a dictionary."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Further facts"))
        options.setdefault(
            "help_text", _("One a line, such as plan: gold. Rules may ask for them.")
        )
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 3}), **options)

    def prepare_value(self, value: Any) -> Any:
        """The lines of a dictionary; what was typed stays."""
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{name}: {said}" for name, said in value.items())

    def clean(self, value: Any) -> dict[str, str]:
        """Names and what is said of them. Raises ValidationError."""
        found: dict[str, str] = {}
        for line in str(value or "").splitlines():
            name, colon, said = (clean_line(part, 81) for part in line.partition(":"))
            if not (name or said):
                continue
            if not (name and colon and said) or max(len(name), len(said)) > MAX_ATTRIBUTE:
                raise forms.ValidationError(
                    gettext("Write each fact as a name, a colon and a value, such as plan: gold.")
                )
            found[name] = said
        if len(found) > MAX_ATTRIBUTES:
            raise forms.ValidationError(
                gettext("Use at most %(count)d facts.") % {"count": MAX_ATTRIBUTES}
            )
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial or {}), data)


def staff_choice(**options: Any) -> forms.ModelChoiceField:
    """Somebody of the staff, or nobody."""
    return forms.ModelChoiceField(
        queryset=User.objects.staff().order_by("name"), required=False, **options
    )


class OrganisationForm(forms.ModelForm):
    """A company with its mail domains."""

    domains = forms.CharField(
        label=_("Mail domains"),
        help_text=_("One a line, such as harbour.example; their senders belong to it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    dedicated_agent = staff_choice(label=DEDICATED_AGENT, help_text=_("Takes their requests."))

    class Meta:
        model = Organisation
        fields = [
            "name", "tier", "monthly_spend", "dedicated_agent", "shares_tickets", "notes",
        ]  # fmt: skip
        labels = {
            "name": _("Name"),
            "tier": _("Tier"),
            "monthly_spend": MONTHLY_SPEND,
            "shares_tickets": _("Its people see each other's requests"),
            "notes": _("Notes"),
        }
        widgets = {"notes": forms.Textarea(attrs={"rows": 4})}

    field_order = (
        "name", "domains", "tier", "monthly_spend", "dedicated_agent", "shares_tickets", "notes",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            names = self.instance.domains.order_by("domain").values_list("domain", flat=True)
            self.initial["domains"] = "\n".join(names)

    def clean_domains(self) -> str:
        names = list(dict.fromkeys(self.cleaned_data["domains"].lower().split()))
        for name in names:
            if not _DOMAIN.fullmatch(name):
                raise forms.ValidationError(
                    gettext("“%(name)s” is not a domain. Write it without @ and http.")
                    % {"name": name}
                )
            if name in FREEMAIL:
                raise forms.ValidationError(
                    gettext("%(name)s is everybody's; its senders don't belong together.")
                    % {"name": name}
                )
        taken = OrganisationDomain.objects.filter(domain__in=names).exclude(
            organisation_id=self.instance.pk
        )
        if taken:
            raise forms.ValidationError(
                gettext("%(name)s belongs to another organisation.") % {"name": taken[0].domain}
            )
        return "\n".join(names)

    def save(self, commit: bool = True) -> Organisation:  # noqa: FBT001, FBT002 -- Django's signature
        """Save with the domains."""
        organisation: Organisation = super().save(commit=commit)
        names = self.cleaned_data["domains"].split()
        organisation.domains.exclude(domain__in=names).delete()
        for name in names:
            OrganisationDomain.objects.get_or_create(
                domain=name, defaults={"organisation": organisation}
            )
        return organisation


class TierForm(forms.ModelForm):
    """A level of service."""

    class Meta:
        model = Tier
        fields = ["name", "slug", "rank"]
        labels = {"name": _("Name"), "slug": _("Short name"), "rank": _("Rank, 1 is the highest")}
