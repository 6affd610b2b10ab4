"""X-37, X-39: whatever agents and customers do in whatever order, no note leaves by mail."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from core import files
from mailpipe.actions import undo_reply
from mailpipe.dispatch import send_due
from mailpipe.models import OutgoingMail
from tests.factories import make_inbound, make_reply, make_ticket
from tests.mailpipe.letters import letter, receive
from tickets.actions import Typed, add_followers, add_note, change_ticket, close_ticket, save_draft
from tickets.actions.changes import Changes
from tickets.actions.followers import NewFollower
from tickets.actors import Actor
from tickets.content import Author, Content, NewFile
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
CANARY = "CANARY-7f3a"


class Story:
    """Random steps on one ticket; everything that must stay inside carries the canary."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.ada = get_user_model().objects.get(name="Ada")
        self.now = timezone.now()
        self.steps: list[Callable[[], object]] = [
            self.note,
            self.note_with_file,
            self.held,
            self.draft,
            self.reply,
            self.withdrawn_reply,
            self.mail_from_staff,
            self.follow,
            self.close,
            self.rename,
        ]

    def note(self) -> object:
        return self._note(Content(text=f"**{CANARY}** said", is_markdown=True))

    def note_with_file(self) -> object:
        name = f"{CANARY}.txt"
        stored = files.put(CANARY.encode())
        file = NewFile(filename=name, content_type="text/plain", stored=stored)
        return self._note(Content(text="see", html=f"<p>{CANARY}</p>", files=(file,)))

    def held(self) -> object:
        return make_inbound(self.ticket, CANARY, author=Author(name=CANARY, is_held=True))

    def draft(self) -> object:
        typed = Typed(kind="note", text=CANARY)
        return save_draft(self.ticket, user=self.ada, typed=typed, revision=1, now=self.now)

    def reply(self) -> object:
        return make_reply(self.ticket, self.ada, "Public words.")

    def withdrawn_reply(self) -> None:
        message = make_reply(self.ticket, self.ada, f"{CANARY} regretted")
        undo_reply(message, actor=Actor.of_user(self.ada), now=self.now)

    def mail_from_staff(self) -> object:
        subject = f"[Ticket ID: {self.ticket.number}]"
        return receive(letter(CANARY, From=self.ada.email, Subject=subject, Message_ID=""))

    def follow(self) -> object:
        new = NewFollower(email=f"f{random.random()}@x.example")
        actor = Actor.of_user(self.ada)
        return add_followers(self.ticket, followers=[new], actor=actor, now=self.now)

    def close(self) -> object:
        return close_ticket(self.ticket, actor=Actor.of_user(self.ada), now=self.now)

    def rename(self) -> object:
        changes = Changes(subject=f"Number {random.random()}")
        return change_ticket(
            self.ticket, changes=changes, actor=Actor.of_user(self.ada), now=self.now
        )

    def _note(self, content: Content) -> object:
        return add_note(self.ticket, content=content, actor=Actor.of_user(self.ada), now=self.now)


@pytest.mark.parametrize("seed", range(6))
def test_no_note_leaves_whatever_happens(seed, ada, cleo, technical, sink):
    dice = random.Random(seed)
    story = Story(make_ticket(cleo, technical))
    for _number in range(15):
        dice.choice(story.steps)()
        send_due()
    story.reply()
    send_due(now=lambda: timezone.now() + timedelta(minutes=2))
    assert any("Public words." in mail.text for mail in sink.taken)
    for mail in sink.taken:
        everything = "".join(str(part.get_payload(decode=True)) for part in mail.mail.walk())
        assert CANARY not in everything + str(mail.mail)
    left = OutgoingMail.objects.exclude(state="cancelled")
    assert CANARY not in str(list(left.values("subject", "text", "html", "headers")))
