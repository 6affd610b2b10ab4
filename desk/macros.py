"""Macros on the ticket page and over several tickets: choose, see, apply."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from automation.engine import RuleSpec
from automation.macros import (
    Applied,
    Preview,
    Wish,
    apply_macro,
    macros_for,
    offered,
    preview,
)
from automation.sentences import effect_words
from desk.links import ticket_url
from tickets.actions import StaleReply
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet

MAX_TICKETS: Final = 100
SEND, KEEP = "send", "keep"


@dataclass(frozen=True)
class MacroLink:
    """One macro to choose."""

    name: str
    sentence: str
    url: str


@dataclass(frozen=True, kw_only=True)
class MacroPage:
    """What a macro would do to one ticket, and the form that does it."""

    ticket_url: str
    number: str
    subject: str
    url: str
    preview: Preview
    form: MacroForm
    trouble: str
    has_text: bool


@dataclass(frozen=True)
class Line:
    """What became of one of several tickets."""

    number: str
    subject: str
    url: str
    words: str
    is_done: bool


class MacroForm(forms.Form):
    """The text as edited, and the newest message its reader has seen."""

    text = forms.CharField(
        label=gettext_lazy("Text"), required=False, max_length=50_000, widget=forms.Textarea
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def wish(self, how: str) -> Wish:
        """How the agent wants it; `how` is the button."""
        said = self.cleaned_data
        return Wish(text=said["text"], sends=how == SEND, seen=said["seen"])


class BulkForm(forms.Form):
    """Which macro on which tickets."""

    macro = forms.TypedChoiceField(label=gettext_lazy("Macro"), coerce=int)
    numbers = forms.CharField(
        label=gettext_lazy("Tickets"),
        max_length=2_000,
        help_text=gettext_lazy("Their numbers, parted by commas or spaces; 100 at most."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.macros = {rule.id: rule for rule in macros_for(user)}
        choices: Any = self.fields["macro"]
        choices.choices = [(pk, rule.name) for pk, rule in self.macros.items()]

    def clean_numbers(self) -> list[int]:
        numbers = [int(digits) for digits in re.findall(r"\d{1,15}", self.cleaned_data["numbers"])]
        numbers = list(dict.fromkeys(numbers))
        if not 0 < len(numbers) <= MAX_TICKETS:
            raise ValidationError(
                _("Name at least one ticket and at most %(count)d.") % {"count": MAX_TICKETS}
            )
        return numbers

    @property
    def chosen(self) -> RuleSpec:
        return self.macros[self.cleaned_data["macro"]]


def links_of(ticket: Ticket, user: User, *, now: datetime) -> list[MacroLink]:
    """The macros this ticket is offered, as sentences."""
    base = f"{ticket_url(ticket.number)}/macros"
    return [
        MacroLink(rule.name, effect_words(rule), f"{base}/{rule.id}")
        for rule in offered(ticket, user, now=now)
    ]


def offered_macro(ticket: Ticket, user: User, *, pk: int, now: datetime) -> RuleSpec | None:
    """The macro with this id, where it is offered."""
    return next((rule for rule in offered(ticket, user, now=now) if rule.id == pk), None)


def page_of(
    macro: RuleSpec,
    ticket: Ticket,
    *,
    user: User,
    now: datetime,
    form: MacroForm | None = None,
    trouble: str = "",
) -> MacroPage:
    """The preview; a refused `form` keeps the edited text."""
    shown = preview(macro, ticket, user, now=now)
    fresh = MacroForm(initial={"text": shown.text, "seen": ticket.last_message_id})
    return MacroPage(
        ticket_url=ticket_url(ticket.number),
        number=f"#{ticket.number}",
        subject=ticket.subject,
        url=f"{ticket_url(ticket.number)}/macros/{macro.id}",
        preview=shown,
        form=form or fresh,
        trouble=trouble,
        has_text=bool(shown.text),
    )


def applied_words(applied: Applied) -> str:
    """What became of it, in a sentence or two."""
    words = _("Done.")
    if applied.message is not None:
        words = _("Done, and sent.")
    elif applied.is_in_composer:
        words = _("Done. The text is in the composer; choose the status when you send it.")
    return " ".join([words, *applied.troubles])


def apply_to_many(
    form: BulkForm, tickets: TicketQuerySet, *, user: User, now: datetime
) -> list[Line]:
    """One line for each number: every ticket by itself, so that one refusal stops no other."""
    macro, numbers = form.chosen, form.cleaned_data["numbers"]
    found = {row.number: row for row in tickets.filter(number__in=numbers, merged_into=None)}
    return [_line(macro, number, found.get(number), user=user, now=now) for number in numbers]


def bulk_words(lines: list[Line]) -> str:
    done = sum(line.is_done for line in lines)
    return ngettext("%(count)d ticket done", "%(count)d tickets done", done) % {"count": done}


def tried(
    macro: RuleSpec, ticket: Ticket, *, user: User, wish: Wish, now: datetime
) -> tuple[str, bool]:
    """What became of a macro in words, and whether it was done."""
    try:
        return applied_words(apply_macro(macro, ticket, user=user, wish=wish, now=now)), True
    except ValidationError as refusal:
        return " ".join(refusal.messages), False
    except StaleReply:
        return _("Somebody wrote in the meantime: read it first, then apply the macro."), False


def _line(
    macro: RuleSpec, number: int, ticket: Ticket | None, *, user: User, now: datetime
) -> Line:
    if ticket is None:
        return Line(f"#{number}", "", "", _("There is no such ticket for you."), is_done=False)
    shown = preview(macro, ticket, user, now=now)
    wish = Wish(text=shown.text, sends=shown.sends, seen=ticket.last_message_id)
    words, is_done = tried(macro, ticket, user=user, wish=wish, now=now)
    return Line(f"#{number}", ticket.subject, ticket_url(number), words, is_done)
