"""Predefined replies in the message of a ticket that is still being opened (A-6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from desk.links import queue_url
from desk.opening import NewTicketForm
from desk.picker import REPLIES, Options, insertion_of, missing_words, options_of, picked_of
from tickets.custom_fields.opening import names_of_several, typed_initial
from tickets.models import Message, Ticket
from tickets.placeholders import NUMBER_FORMS
from tickets.predefined import Filled, filled, usable

# What of the form a reply is filled in by, and the kind, which a reply may change.
FACTS: Final = "customer_id email name department service subject kind"
_NOT_KEPT: Final = ("csrfmiddlewaretoken", "idempotency_key", "q", "tab")


def form_facts(form: NewTicketForm, typed: QueryDict) -> dict[str, Any]:
    """What the page shows: the form, and which replies stand in its text."""
    picked = picked_of(Ticket(), form.user, typed=typed)
    return {"form": form, "replies": replace(picked, facts=FACTS)}


def typed_again(posted: QueryDict, *, user: User) -> NewTicketForm:
    """The form as it was typed, unchecked; a box that was unticked is not posted."""
    typed = {"confirms": "", **typed_initial(posted, names_of_several())}
    return NewTicketForm(user=user, initial=typed)


def offered_for(typed: QueryDict, *, user: User, now: datetime) -> Options:
    """The list of the picker; without a script it carries the form to the reply and back."""
    ticket = NewTicketForm(user=user, initial=typed.dict()).drafted()
    tab, query = typed.get("tab", REPLIES), typed.get("q", "")
    found = options_of(ticket, user, tab=tab, query=query, now=now)
    kept = [(name, value) for name, values in typed.lists() for value in values]
    return replace(
        found,
        back_url=f"{queue_url()}/add/fields",
        kept=tuple((name, value) for name, value in kept if name not in _NOT_KEPT),
    )


def reply_for(typed: QueryDict, pk: int, *, user: User, now: datetime) -> Filled | None:
    """The reply with all in it that the form tells; None where it may not be used.

    The number is nothing to write by hand: it is put in when the ticket is opened.
    """
    ticket = NewTicketForm(user=user, initial=typed.dict()).drafted()
    fitting = [row for row in usable(user, [pk]) if row.fits(ticket.department_id)]
    if not fitting:
        return None
    told = filled(fitting[0], ticket, user, now=now)
    return replace(told, missing=[name for name in told.missing if name not in NUMBER_FORMS])


def insertion_into(typed: QueryDict, told: Filled) -> dict[str, Any]:
    """The reply as the picker's script takes it; no status is chosen before there is a ticket.

    No customer said what stands in our library: the text becomes a message to them.
    """
    turns = typed.get("kind") == Message.Kind.INBOUND
    words = [open_words(told), _("The text is a message to the customer now.") if turns else ""]
    return {
        **insertion_of(told),
        "status": None,
        "kind": Message.Kind.REPLY.value if turns else "",
        "note": " ".join(filter(None, words)),
    }


def with_reply(posted: QueryDict, told: Filled) -> QueryDict:
    """The form with the reply below what was typed, and all of its files ticked."""
    typed = posted.copy()
    typed["text"] = "\n\n".join(filter(None, [posted.get("text", "").strip(), told.text]))
    if posted.get("kind") == Message.Kind.INBOUND:
        typed["kind"] = Message.Kind.REPLY.value
    typed.appendlist("predefined", str(told.reply.pk))
    for row in told.files:
        typed.appendlist("predefined_files", str(row.pk))
    return typed


def open_words(told: Filled) -> str:
    """What the agent has to write by hand, and what is put in without them."""
    is_numbered_later = any(form in told.text for form in NUMBER_FORMS)
    later = _("The number is put in when the ticket is opened.") if is_numbered_later else ""
    return " ".join(filter(None, [missing_words(told), later]))
