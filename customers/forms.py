"""What staff types about organisations and tiers."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.mailboxes import FREEMAIL
from customers.models import Organisation, OrganisationDomain, Tier

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


class OrganisationForm(forms.ModelForm):
    """A company with its mail domains."""

    domains = forms.CharField(
        label=_("Mail domains"),
        help_text=_("One a line, such as harbour.example; their senders belong to it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    class Meta:
        model = Organisation
        fields = ["name", "tier", "shares_tickets", "notes"]
        labels = {
            "name": _("Name"),
            "tier": _("Tier"),
            "shares_tickets": _("Its people see each other's requests"),
            "notes": _("Notes"),
        }
        widgets = {"notes": forms.Textarea(attrs={"rows": 4})}

    field_order = ("name", "domains", "tier", "shares_tickets", "notes")

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
