"""What is posted from the composer: a reply, a note, a forward, and what is kept while typing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from desk import people
from desk.picker import PickerFields, numbers
from desk.promising import PICK, PromiseFields, chosen_promise
from desk.step_forms import PRESETS, MomentField
from tickets import vocabulary
from tickets.actions import Typed
from tickets.forms import AddressesField, LineField
from tickets.mentions import Nameable, mentioned_in
from tickets.models import Message, Status, Ticket
from tickets.models.vocabulary import Kind
from tickets.uploads import AttachmentsField

MAX_TEXT = 200_000
MAX_ADDRESS_TEXT = 4000
KEEP = "keep"
PICKED = "picked"
KINDS = [
    (Message.Kind.REPLY, _("Reply")),
    (Message.Kind.NOTE, _("Internal note")),
    (Message.Kind.FORWARD, _("Forward")),
]


class MessageForm(PickerFields, PromiseFields):
    """A message; `kind` is explicit, so that a note never goes out as a reply (X-38)."""

    kind = forms.ChoiceField(choices=KINDS)
    text = forms.CharField(label=_("Message"), max_length=MAX_TEXT, strip=False, required=False)
    to = AddressesField(label=_("To"), required=False, max_length=MAX_ADDRESS_TEXT)
    cc = AddressesField(label=_("Copy"), required=False, max_length=MAX_ADDRESS_TEXT)
    bcc = AddressesField(label=_("Blind copy"), required=False, max_length=MAX_ADDRESS_TEXT)
    forward_to = AddressesField(label=_("Forward to"), required=False, max_length=MAX_ADDRESS_TEXT)
    forward_cc = AddressesField(label=_("Copy"), required=False, max_length=MAX_ADDRESS_TEXT)
    source = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    status_after = forms.CharField(required=False)
    hold = forms.CharField(required=False)
    hold_until = MomentField(label=_("Until"), required=False)
    hold_reason = LineField(label=_("Why it waits"), required=False, max_length=200)
    send_at = forms.CharField(required=False)
    send_at_picked = MomentField(label=_("Another time"), required=False)
    after_send = forms.ChoiceField(choices=User.AfterSend.choices, required=False)
    attachments = AttachmentsField(label=_("Files"), required=False)
    last_seen_message_id = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)

    def __init__(self, *args: Any, ticket: Ticket, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ticket = ticket
        self.now = now

    def clean_text(self) -> str:
        """The text; white space alone says nothing, except beside what is forwarded."""
        text: str = self.cleaned_data["text"]
        if not text.strip() and self.cleaned_data.get("kind") != Message.Kind.FORWARD:
            raise ValidationError(_("Write something first."))
        return text

    def clean_status_after(self) -> Status | None:
        """The status to set after sending; None keeps the one there is."""
        chosen = self.cleaned_data["status_after"]
        if chosen == KEEP:
            return None
        if not chosen:
            return vocabulary.status_after_reply()
        found = [row for row in vocabulary.statuses() if str(row.pk) == chosen]
        if not found:
            raise ValidationError(_("This status is not in use any more."))
        return found[0]

    def clean_hold(self) -> int | str:
        """Hours to rest, or the word for a picked time; 0 for none."""
        chosen: str = self.cleaned_data["hold"]
        if chosen in ("", PICKED):
            return chosen or 0
        if chosen not in {str(hours) for hours in PRESETS}:
            raise ValidationError(_("Choose a time that is still to come."))
        return int(chosen)

    def clean(self) -> dict[str, Any]:
        """Addresses where they are needed, times that are to come, people who may be named."""
        cleaned = super().clean() or {}
        self._ask_for_address(cleaned)
        cleaned["rests_until"] = self._moment("hold", "hold_until")
        cleaned["leaves_at"] = self._moment("send_at", "send_at_picked")
        if cleaned["rests_until"]:
            cleaned["status_after"] = vocabulary.default_status(Kind.WAITING_THIRD_PARTY)
        cleaned["mentioned"] = self._mentioned(cleaned)
        return cleaned

    @property
    def chosen_kind(self) -> str:
        return str(self.cleaned_data["kind"])

    def kept_digests(self) -> list[str]:
        """Files of the draft that were left ticked, for this kind of message alone."""
        pairs = [value.partition(":") for value in _listed(self.data, "kept_files")]
        return [digest for kind, _colon, digest in pairs if kind == self.chosen_kind]

    def _ask_for_address(self, cleaned: dict[str, Any]) -> None:
        """A reply to somebody with a mailbox needs an address, a forward always."""
        wanted = {Message.Kind.REPLY: "to", Message.Kind.FORWARD: "forward_to"}
        name = wanted.get(cleaned.get("kind", ""), "")
        if not name or cleaned.get(name) or name in self.errors:
            return
        if name == "to" and not self.ticket.customer.email:
            return
        said = _("Say to whom this reply goes.") if name == "to" else _("Say to whom this goes.")
        self.add_error(name, said)

    def _moment(self, name: str, picked: str) -> datetime | None:
        """The time a button of the menu stands for."""
        cleaned = self.cleaned_data
        chosen = cleaned.get(name)
        if not chosen or cleaned.get("kind") != Message.Kind.REPLY or picked in self.errors:
            return None
        if isinstance(chosen, int):
            return self.now + timedelta(hours=chosen)
        moment: datetime | None = cleaned.get(picked) if chosen == PICKED else _parsed(chosen)
        if moment is None or moment <= self.now:
            self.add_error(picked, _("Choose a time that is still to come."))
            return None
        return moment

    def _mentioned(self, cleaned: dict[str, Any]) -> list[int]:
        """Ids of those the note names; who may not see the ticket can't be called to it (X-15)."""
        if cleaned.get("kind") != Message.Kind.NOTE:
            return []
        department = self.ticket.department_id
        staff = [
            Nameable(row.pk, row.name, row.works_in(department)) for row in people.colleagues()
        ]
        named = mentioned_in(cleaned.get("text", ""), staff)
        strangers = ", ".join(row.name for row in named if not row.sees)
        if strangers:
            said = _("%(names)s can't see this ticket, so the note can't call them to it.")
            self.add_error("text", said % {"names": strangers})
        return [row.pk for row in named]


class DraftForm(forms.Form):
    """What stands in the composer while it is typed."""

    kind = forms.ChoiceField(choices=KINDS)
    text = forms.CharField(required=False, max_length=MAX_TEXT, strip=False)
    to = forms.CharField(required=False, max_length=MAX_ADDRESS_TEXT)
    cc = forms.CharField(required=False, max_length=MAX_ADDRESS_TEXT)
    bcc = forms.CharField(required=False, max_length=MAX_ADDRESS_TEXT)
    forward_to = forms.CharField(required=False, max_length=MAX_ADDRESS_TEXT)
    forward_cc = forms.CharField(required=False, max_length=MAX_ADDRESS_TEXT)

    def recipients(self) -> dict[str, str]:
        """The lines that belong to this kind; a note has none."""
        names = {
            Message.Kind.REPLY: {"to": "to", "cc": "cc", "bcc": "bcc"},
            Message.Kind.FORWARD: {"to": "forward_to", "cc": "forward_cc"},
        }.get(self.cleaned_data["kind"], {})
        lines = {name: self.cleaned_data[field] for name, field in names.items()}
        return {name: line for name, line in lines.items() if line}

    def typed(self) -> Typed:
        """All of it, as the draft keeps it; a promise that makes no sense yet is not kept."""
        said, data = self.cleaned_data, self.data
        is_reply = said["kind"] == Message.Kind.REPLY
        chosen = data.get("promise_at", "")
        promised = chosen_promise(data.get("promise_pick", "") if chosen == PICK else chosen)
        return Typed(
            kind=said["kind"],
            text=said["text"],
            recipients=self.recipients(),
            predefined=tuple(numbers(_listed(data, "predefined"))) if is_reply else (),
            promise_due_at=promised if is_reply else None,
        )


def _listed(data: Any, name: str) -> list[str]:
    """All values of a field that is posted several times."""
    found: list[str] = data.getlist(name) if hasattr(data, "getlist") else []
    return found


def _parsed(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is None or timezone.is_aware(moment) else timezone.make_aware(moment)
