"""Plays a script through the real intake and the real actions, at the times it names."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.db.models import F, Min, QuerySet

from accounts.models import Department, User
from automation.models import Page
from automation.on_call.paging import acknowledge
from core import clock, options
from core.registries import sweeps
from helpdesk.demo.company import CustomerPlan
from helpdesk.demo.deeds import Scene, play_deed
from helpdesk.demo.letters import Letter, raw
from helpdesk.demo.library import TAKEN, Draw
from helpdesk.demo.shelves import told_in_fields
from helpdesk.demo.timeline import Script, Step
from helpdesk.demo.turns import Giver, leave
from mailpipe.actions.intake import Envelope, take_in
from mailpipe.models import OutgoingMail
from notifications.models import Notification
from sla.models import SlaClock
from tickets.actions import (
    Changes,
    add_note,
    change_ticket,
    close_ticket,
    reply,
    set_custom_values,
)
from tickets.actions.changes import UNCHANGED, Unchanged
from tickets.actions.messages import Answer
from tickets.actions.opening import number_from
from tickets.actors import Actor
from tickets.content import Content, Recipients
from tickets.models import Priority, Service, Ticket
from tickets.models.vocabulary import Kind
from tickets.vocabulary import default_status, status_after_reply

# Steps after which a mail waits; the sweep that sends it runs under the moved clock, too.
MAILING = frozenset({"open", "reply", "do"})


class Stage:
    """One ticket being played; `until` is the present, which no step may pass."""

    def __init__(
        self, script: Script, writer: CustomerPlan, *, until: datetime, giver: Giver = leave
    ) -> None:
        self.script = script
        self.writer = writer
        self.until = until
        self.giver = giver
        # A seed from the script's own facts: the same history on every machine.
        self.chance = Random(f"{script.starts_at}{script.subject}")  # noqa: S311 -- not secret
        self.department = Department.objects.get(slug=script.story.department)
        members = User.objects.get_queryset().members_of([self.department.pk]).order_by("pk")
        named = members.filter(name=script.agent) if script.agent else members
        self.agent = self.chance.choice(list(named))
        self.style = self.chance.choice((0, 0, 1, 1, 1, 2, 3))
        self.ticket: Ticket | None = None

    @transaction.atomic
    def play(self, *, number: int | None = None) -> Ticket | None:
        """The whole ticket in one transaction, so that it is there wholly or not at all."""
        with number_from(number) if number else _nothing():
            self._step(self.script.steps[0])
        for step in self.script.steps[1:]:
            if step.at <= self.until:
                self._fire_until(step.at)
                self._step(step)
        if not self.script.is_case:
            self._fire_until(self.until)
        self._read_old_news()
        return self.ticket

    def _read_old_news(self) -> None:
        """What was told about a ticket that is over has been seen."""
        if self.ticket is not None and self.ticket.is_resolved:
            news = Notification.objects.filter(about=f"ticket:{self.ticket.pk}", is_unread=True)
            news.update(is_unread=False, read_at=F("at"))

    def _step(self, step: Step) -> None:
        with clock.moved_to(step.at):
            getattr(self, f"_{step.kind}")(step)
        if step.kind in MAILING:
            _send_mail(step.at)
        if self.ticket is not None:
            self.ticket.refresh_from_db()

    def _fire_until(self, moment: datetime) -> None:
        """Deadlines that pass before `moment` are warned of and missed at their own time."""
        clocks = SlaClock.objects.filter(next_fire_at__lte=moment)
        fire_all(clocks if self.script.is_case else clocks.filter(ticket=self.ticket))

    def _open(self, step: Step) -> None:
        letter = Letter(
            writer=self.writer,
            to=self.department.address,
            subject=self._fill(self.script.subject),
            text=self._fill(self.script.opening),
            at=step.at,
            paper=self.script.story.paper,
        )
        received = self._send(letter)
        changes = Changes(
            priority=self._priority(received),
            service=Service.objects.get(slug=self.script.story.service),
        )
        self.ticket = change_ticket(
            received, changes=changes, actor=Actor.system("Demo"), now=step.at
        )
        self.giver(self.ticket, now=step.at)
        self.ticket.refresh_from_db()
        self.agent = self.ticket.assignee or self.agent

    def _priority(self, ticket: Ticket) -> Priority | Unchanged:
        """The story's, unless a rule has decided."""
        if not ticket.priority.is_default:
            return UNCHANGED
        return Priority.objects.get(slug=self.script.story.priority)

    def _take(self, step: Step) -> None:
        changes = Changes(assignee=self.agent, status=default_status(Kind.OPEN))
        change_ticket(self._ticket, changes=changes, actor=self._actor, now=step.at)
        answers = told_in_fields(self._ticket, self.script.slots)
        set_custom_values(self._ticket, values=answers, actor=self._actor, now=step.at)

    def _acknowledge(self, step: Step) -> None:
        """Whoever was called first says that they are on it."""
        for page in Page.objects.open().filter(ticket=self._ticket):
            called = page.steps.exclude(user=None).select_related("user").first()
            if called is not None and called.user is not None:
                acknowledge(page, user=called.user, now=step.at)

    def _note(self, step: Step) -> None:
        content = Content(text=self._fill(step.text), is_markdown=True)
        add_note(self._ticket, content=content, actor=self._actor, now=step.at)

    def _reply(self, step: Step) -> None:
        text, draw = self._fill(step.text), self._draw(step)
        if draw is not None:
            text = draw.edited(text, self.chance)
        answer = Answer(
            content=Content(text=text, is_markdown=True),
            recipients=Recipients(to=(self.writer.email,)),
            after=status_after_reply(),
        )
        message = reply(self._ticket, answer=answer, actor=self._actor, now=step.at)
        if draw is not None:
            draw.record(message, text, now=step.at)

    def _draw(self, step: Step) -> Draw | None:
        """The text of the library that the first answer comes out of, most of the time."""
        story = self.script.story
        is_first = self._ticket.first_responded_at is None
        if not story.predefined or not is_first or self.chance.random() > TAKEN:
            return None
        return Draw(story.predefined, self._ticket, self.agent, now=step.at)

    def _do(self, step: Step) -> None:
        scene = Scene(ticket=self._ticket, agent=self.agent, now=step.at, present=self.until)
        play_deed(step.text, scene)

    def _write(self, step: Step) -> None:
        sent = OutgoingMail.objects.filter(ticket=self._ticket, kind="reply").latest("pk")
        letter = Letter(
            writer=self.writer,
            to=sent.reply_to or self.department.address,
            subject=f"Re: {sent.subject}",
            text=self._fill(step.text),
            at=step.at,
            answers=sent.identifier,
            quoted=sent.text[:400],
        )
        self._send(letter)

    def _hold(self, step: Step) -> None:
        changes = Changes(status=default_status(Kind.WAITING_THIRD_PARTY))
        change_ticket(self._ticket, changes=changes, actor=self._actor, now=step.at)

    def _close(self, step: Step) -> None:
        close_ticket(self._ticket, actor=self._actor, now=step.at)

    def _send(self, letter: Letter) -> Ticket:
        """Through the mail intake, as bytes."""
        envelope = Envelope(
            source="demo",
            recipient=letter.to.rpartition("<")[2].rstrip(">"),
            sender=letter.writer.email,
            received_at=letter.at,
        )
        mail = take_in(raw(letter, style=self.style), envelope=envelope, now=letter.at)
        if mail.ticket is None:
            raise RuntimeError(f"a letter of the demo became no ticket: {mail.reason}")
        return mail.ticket

    def _fill(self, text: str) -> str:
        return text.format(first=self.writer.name.split()[0], **self.script.slots)

    @property
    def _actor(self) -> Actor:
        return Actor.of_user(self.agent)

    @property
    def _ticket(self) -> Ticket:
        if self.ticket is None:
            raise RuntimeError("the script has not opened its ticket")
        return self.ticket


def fire_all(clocks: QuerySet[SlaClock]) -> None:
    """Let everything that is due among these clocks happen, each at its time."""
    while due := clocks.aggregate(due=Min("next_fire_at"))["due"]:
        with clock.moved_to(due):
            for sweep in ("sla.claim", "sla.act"):
                sweeps[sweep](due)


def _send_mail(now: datetime) -> None:
    """The sweep that comes by when the time to take a reply back is over."""
    later = now + timedelta(seconds=options.value("tickets.undo_seconds") + 1)
    with clock.moved_to(later):
        sweeps["mailpipe.send"](later)


def _nothing() -> AbstractContextManager[None]:
    return nullcontext()
