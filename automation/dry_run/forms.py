"""What the test page asks: which rules, and on what they are tried."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from automation.dry_run.drafts import OPENING_KINDS, RulesDraft
from automation.dry_run.past import MOST, TICKETS
from automation.models import RuleSetVersion
from tickets.models import Ticket

IN_FORCE, ALL_ON = "in_force", "all_on"
LISTED = 20
MAX_MAIL = 200_000


def _rules() -> list[tuple[str, Any]]:
    versions = RuleSetVersion.objects.filter(kind__in=OPENING_KINDS).select_related("created_by")
    return [
        (IN_FORCE, _("The rules in force")),
        (ALL_ON, _("All rules, also those switched off")),
        *((str(row.pk), _version_words(row)) for row in versions.order_by("-pk")[:LISTED]),
    ]


def _version_words(row: RuleSetVersion) -> str:
    words = {
        "number": row.pk,
        "kind": row.get_kind_display(),
        "day": date_format(timezone.localtime(row.created_at), "j M Y H:i"),
        "name": row.created_by or gettext("the product"),
    }
    return gettext("%(kind)s as of %(day)s, by %(name)s (version %(number)s)") % words


class RulesForm(forms.Form):
    """Which rules are tried."""

    rules = forms.ChoiceField(label=_("Rules"), choices=_rules, initial=IN_FORCE)

    def draft(self) -> RulesDraft:
        """The rules that were chosen."""
        chosen = self.cleaned_data["rules"]
        if chosen == IN_FORCE:
            return RulesDraft.in_force()
        if chosen == ALL_ON:
            return RulesDraft.with_all_on()
        return RulesDraft.of_version(RuleSetVersion.objects.get(pk=int(chosen)))


class PastForm(RulesForm):
    """On how many of the last tickets."""

    tickets = forms.IntegerField(
        label=_("Last tickets"), min_value=1, max_value=MOST, initial=TICKETS
    )


class TicketForm(RulesForm):
    """On one ticket, as it was opened."""

    number = forms.IntegerField(label=_("Ticket number"), min_value=1)

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reader = reader

    def clean_number(self) -> int:
        """A ticket this reader may see."""
        number: int = self.cleaned_data["number"]
        found = Ticket.objects.visible_to(self._reader).filter(number=number).first()
        if found is None:
            raise ValidationError(_("There is no ticket with this number."))
        self.ticket = found
        return number


class MailForm(RulesForm):
    """On a mail: sender, recipient, subject and text, or the whole mail as it came."""

    sender = forms.EmailField(label=_("From"), required=False)
    recipient = forms.EmailField(
        label=_("To"),
        required=False,
        help_text=_("Empty: the address of the default department."),
    )
    subject = forms.CharField(label=_("Subject"), max_length=500, required=False)
    text = forms.CharField(
        label=_("Text"),
        max_length=MAX_MAIL,
        widget=forms.Textarea({"rows": 8}),
        help_text=_("Or paste a whole mail with its headers; then the fields above are not used."),
    )
