"""Replies sent later: planned, posted once at their time, given back when the talk went on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import timers
from tickets.actions.drafts import REPLY, discard_draft, restore_draft
from tickets.actions.messages import Answer, refuse_stale, reply
from tickets.actions.predefined import record_reply_uses
from tickets.actions.promises import make_promise
from tickets.actions.record import lock_ticket, record_event
from tickets.actors import Actor
from tickets.content import Content, Recipients
from tickets.kept_files import facts_of, files_of
from tickets.models import Draft, Event, Message, PredefinedReply, ScheduledReply, Ticket
from tickets.permissions import may_work
from tickets.writing_notices import tell_given_back

TIMER = "tickets.scheduled_reply"
FURTHEST = timedelta(days=366)
State = ScheduledReply.State


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A reply and the time it is to be posted, and what it promises from then on.

    `predefined` are the texts it was made of, `changed_share` is how far they were rewritten.
    """

    answer: Answer
    due_at: datetime
    predefined: tuple[int, ...] = ()
    changed_share: float = 0.0
    promise_due_at: datetime | None = None


@transaction.atomic
def schedule_reply(
    ticket: Ticket, *, planned: Planned, author: User, now: datetime
) -> ScheduledReply:
    """Let the reply be posted at its time; it is nobody's draft any more.

    Raises ValidationError for a time that has been or is over a year away and for a promise that
    is due before, StaleReply when the ticket moved on since `planned.answer.seen`.
    """
    ticket = lock_ticket(ticket)
    _guard_times(planned, now)
    answer = planned.answer
    refuse_stale(ticket, answer.seen)
    row = ScheduledReply.objects.create(
        ticket=ticket,
        author=author,
        text=answer.content.text,
        recipients=_lines(answer.recipients),
        files=facts_of(answer.content.files),
        predefined=list(planned.predefined),
        changed_share=planned.changed_share,
        promise_due_at=planned.promise_due_at,
        status_after=answer.after,
        due_at=planned.due_at,
        created_at=now,
    )
    timers.schedule(TIMER, str(row.pk), due_at=row.due_at)
    _record(row, "planned", actor=Actor.of_user(author), now=now)
    discard_draft(ticket, user=author, now=now)
    return row


@transaction.atomic
def send_scheduled(row: ScheduledReply, *, now: datetime) -> Message | None:
    """Post it in the name of its author; None when it was posted or called off before.

    Where it can't be posted any more (the ticket is gone, its author may not work on it, a status
    is refused) it becomes a draft again and its author is told.
    """
    found = _locked(row)
    if found is None:
        return None
    if obstacle := _obstacle(found):
        _give_back(found, reason=obstacle, state=State.CANCELLED, now=now)
        return None
    try:
        with transaction.atomic():
            message = _post(found, now=now)
    except ValidationError as refusal:
        _give_back(found, reason=" ".join(refusal.messages), state=State.FAILED, now=now)
        return None
    _end(found, state=State.SENT, now=now, message=message)
    return message


@transaction.atomic
def cancel_scheduled(
    row: ScheduledReply, *, actor: Actor, now: datetime, reason: str = ""
) -> ScheduledReply | None:
    """Call it off; its text becomes a draft of its author. None when it was posted before.

    Called off by its author, the draft is theirs alone; otherwise it is shared and they are told.
    """
    found = _locked(row)
    if found is None:
        return None
    if actor.user is not None and actor.user.pk == found.author_id:
        _restore(found, now=now)
        _end(found, state=State.CANCELLED, now=now)
        _record(found, "cancelled", actor=actor, now=now)
        return found
    words = reason or _("%(name)s called it off.") % {"name": actor.name}
    _give_back(found, reason=words, state=State.CANCELLED, now=now, actor=actor)
    return found


def cancel_all_scheduled(ticket: Ticket, *, actor: Actor, now: datetime, reason: str) -> int:
    """`cancel_scheduled` for all that wait on a ticket whose row the caller has locked."""
    rows = list(ticket.scheduled_replies.waiting().order_by("pk"))
    for row in rows:
        found = _locked(row)
        if found is not None:
            _give_back(found, reason=reason, state=State.CANCELLED, now=now, actor=actor)
    return len(rows)


def return_of_strangers(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    """Give back what authors wrote who may not work on the ticket any more; it is locked."""
    for row in ticket.scheduled_replies.waiting().select_related("author__role"):
        found = None if may_work(row.author, ticket) else _locked(row)
        if found is not None:
            words = _("Its author does not work on this ticket any more.")
            _give_back(found, reason=words, state=State.CANCELLED, now=now, actor=actor)


def _guard_times(planned: Planned, now: datetime) -> None:
    if not now < planned.due_at <= now + FURTHEST:
        raise ValidationError(_("Choose a time to come, within a year."))
    if planned.promise_due_at is not None and planned.promise_due_at <= planned.due_at:
        raise ValidationError(_("Promise a time after the one at which the reply is sent."))


def _locked(row: ScheduledReply) -> ScheduledReply | None:
    """The ticket before the row, as every other action takes them; only one that still waits."""
    lock_ticket(row.ticket)
    waiting = ScheduledReply.objects.waiting().select_for_update(of=("self",))
    return (
        waiting.select_related("ticket", "author__role", "status_after").filter(pk=row.pk).first()
    )


def _post(row: ScheduledReply, *, now: datetime) -> Message:
    """What the composer would have done at once: the reply, the use of its texts, the promise."""
    actor = _author(row)
    message = reply(row.ticket, answer=_answer(row), actor=actor, now=now)
    if row.predefined:
        replies = list(PredefinedReply.objects.filter(pk__in=row.predefined))
        record_reply_uses(message, replies=replies, share=row.changed_share, now=now)
    if row.promise_due_at is not None:
        due_at = row.promise_due_at
        make_promise(row.ticket, due_at=due_at, actor=actor, now=now, message=message)
    return message


def _obstacle(row: ScheduledReply) -> str:
    ticket = row.ticket
    if ticket.deleted_at is not None or ticket.merged_into_id is not None or ticket.is_spam:
        return _("The ticket was merged, deleted or marked as spam.")
    if not row.author.is_active or not may_work(row.author, ticket):
        return _("Its author does not work on this ticket any more.")
    spoke_last = ticket.last_customer_at
    if spoke_last is not None and spoke_last > row.created_at:
        return _("The customer wrote first.")
    return ""


def _answer(row: ScheduledReply) -> Answer:
    content = Content(text=row.text, is_markdown=True, files=files_of(row.files))
    lines = {name: tuple(row.recipients.get(name, ())) for name in ("to", "cc", "bcc")}
    return Answer(
        content=content,
        recipients=Recipients(**lines),
        after=row.status_after,
        ends_draft=False,
    )


def _author(row: ScheduledReply) -> Actor:
    return Actor.of_user(row.author)


def _lines(recipients: Recipients) -> dict[str, list[str]]:
    return {"to": [*recipients.to], "cc": [*recipients.cc], "bcc": [*recipients.bcc]}


def _give_back(
    row: ScheduledReply, *, reason: str, state: str, now: datetime, actor: Actor | None = None
) -> None:
    row.reason = reason[:300]
    _restore(row, now=now, shared=True)
    _end(row, state=state, now=now)
    _record(row, "returned", actor=actor or Actor.system(""), now=now)
    tell_given_back(row, now=now)


def _restore(row: ScheduledReply, *, now: datetime, shared: bool = False) -> None:
    """Where the talk goes on: what was merged away leads to its survivor."""
    ticket = row.ticket
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    lines = {name: ", ".join(found) for name, found in row.recipients.items()}
    back = Draft(
        kind=REPLY,
        text=row.text,
        recipients=lines,
        files=row.files,
        predefined=row.predefined,
        promise_due_at=row.promise_due_at,
        is_shared=shared,
    )
    restore_draft(ticket, user=row.author, back=back, now=now)


def _end(row: ScheduledReply, *, state: str, now: datetime, message: Message | None = None) -> None:
    row.state, row.ended_at, row.message = state, now, message
    row.save(update_fields=["state", "ended_at", "message", "reason"])
    timers.cancel(TIMER, str(row.pk))


def _record(row: ScheduledReply, step: str, *, actor: Actor, now: datetime) -> None:
    record_event(
        row.ticket,
        Event.Kind.REPLY_SCHEDULED,
        actor=actor,
        now=now,
        step=step,
        due_at=row.due_at.isoformat(),
        reason=row.reason,
    )
