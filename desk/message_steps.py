"""Steps with one message that need a few words: pass it on, take out what it says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.outbox import NotRedrivable
from core.text import excerpt
from desk.messages import may_be_repeated
from mailpipe.actions import send_once_more
from mailpipe.models import OutgoingMail
from tickets.actions import (
    Forward,
    forward_message,
    redact_attachment,
    redact_message,
)
from tickets.actions.forwarding import may_be_forwarded
from tickets.actors import Actor
from tickets.content import Content, Recipients
from tickets.forms import AddressesField, LineField
from tickets.models import Message
from tickets.permissions import may_redact

WHOLE = "message"
SHOWN = 600
MAX_TEXT = 200_000
MAX_ADDRESS_TEXT = 4000


class MessageStepForm(forms.Form):
    """One step with `message`."""

    def __init__(self, data: Any = None, *, message: Message) -> None:
        super().__init__(data)
        self.message = message

    def take(self, *, actor: Actor, now: datetime) -> None:
        """Call the action. Call it on a valid form only."""
        raise NotImplementedError


class ForwardForm(MessageStepForm):
    """To whom, and the words above the message."""

    to = AddressesField(label=gettext_lazy("To"), max_length=MAX_ADDRESS_TEXT)
    cc = AddressesField(label=gettext_lazy("Copy"), required=False, max_length=MAX_ADDRESS_TEXT)
    text = forms.CharField(
        label=gettext_lazy("Your words"),
        required=False,
        max_length=MAX_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def take(self, *, actor: Actor, now: datetime) -> None:
        said = self.cleaned_data
        forward = Forward(
            content=Content(text=said["text"], is_markdown=True),
            recipients=Recipients(to=said["to"], cc=said["cc"]),
            source=self.message,
        )
        forward_message(self.message.ticket, forward=forward, actor=actor, now=now)


class RepetitionForm(MessageStepForm):
    """Nothing to fill in: to whom stands in the purpose."""

    def take(self, *, actor: Actor, now: datetime) -> None:
        row = OutgoingMail.objects.get(message=self.message)
        # Whoever else pressed it meanwhile has sent it on its way.
        with suppress(NotRedrivable):
            send_once_more(row, actor=actor, now=now)


class RedactionForm(MessageStepForm):
    """All of the message or one of its files, and why."""

    what = forms.ChoiceField(label=gettext_lazy("What to take out"), widget=forms.RadioSelect)
    reason = LineField(
        label=gettext_lazy("Why"),
        max_length=200,
        help_text=gettext_lazy("Stays in the history: do not repeat what you take out."),
    )

    def __init__(self, data: Any = None, *, message: Message) -> None:
        super().__init__(data, message=message)
        self.carried = {str(row.pk): row for row in message.attachments.kept()}
        whole = _("The whole message with its files")
        named = [
            (key, f"{row.filename} ({filesizeformat(row.size)})")
            for key, row in self.carried.items()
        ]
        field = forms.ChoiceField(
            label=self.fields["what"].label,
            choices=[(WHOLE, whole), *named],
            initial=WHOLE,
            widget=forms.RadioSelect,
        )
        self.fields["what"] = field

    def take(self, *, actor: Actor, now: datetime) -> None:
        reason, what = self.cleaned_data["reason"], self.cleaned_data["what"]
        if what == WHOLE:
            redact_message(self.message, reason=reason, actor=actor, now=now)
        else:
            row = self.carried[str(UUID(what))]
            redact_attachment(row, reason=reason, actor=actor, now=now)


@dataclass(frozen=True)
class MessageStep:
    """A form with its words, and who is offered it."""

    part: str
    form: type[MessageStepForm]
    title: Any
    purpose: Any
    button: Any
    done: Any
    is_offered: Callable[[User, Message], bool]
    is_final: bool = False


def _can_forward(_user: User, message: Message) -> bool:
    return may_be_forwarded(message, message.ticket)


def _can_redact(user: User, message: Message) -> bool:
    return may_redact(user, message.ticket) and not message.is_redacted


def _can_repeat(_user: User, message: Message) -> bool:
    return may_be_repeated(message) and OutgoingMail.objects.filter(message=message).exists()


STEPS = {
    "forward": MessageStep(
        part="forward",
        form=ForwardForm,
        title=gettext_lazy("Forward the message"),
        purpose=gettext_lazy(
            "The customer sees neither the forward nor what comes back. Files travel along."
        ),
        button=gettext_lazy("Forward"),
        done=gettext_lazy("Forwarded."),
        is_offered=_can_forward,
    ),
    "repetition": MessageStep(
        part="repetition",
        form=RepetitionForm,
        title=gettext_lazy("Send the message once more"),
        purpose=gettext_lazy(
            "It was sent and its mail servers took it. The same text and files leave once more to "
            "everybody who got it, as a mail of its own in the same thread."
        ),
        button=gettext_lazy("Send once more"),
        done=gettext_lazy("It is sent again."),
        is_offered=_can_repeat,
    ),
    "redaction": MessageStep(
        part="redaction",
        form=RedactionForm,
        title=gettext_lazy("Redact the message"),
        purpose=gettext_lazy(
            "What you take out is gone for good, also from the raw mail, from the search, and "
            "where this ticket quotes it. This can't be undone."
        ),
        button=gettext_lazy("Take it out for good"),
        done=gettext_lazy("Redacted."),
        is_offered=_can_redact,
        is_final=True,
    ),
}


def shown_words(message: Message) -> str:
    """Enough of the message to know it again."""
    return excerpt(message.text, SHOWN)
