"""What colleagues do in the cases besides answering: each deed at its time, through the actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Department, User
from customers.models import Asset
from helpdesk.demo import company
from helpdesk.demo.holdings import GRINDER_SERIAL
from helpdesk.demo.teams import MANAGER
from tickets.actions import (
    Booking,
    Planned,
    Spent,
    Split,
    Typed,
    add_parts,
    apply_template,
    book_appointment,
    finish_appointment,
    log_time,
    make_promise,
    mark_incident,
    merge_tickets,
    reply,
    save_draft,
    schedule_reply,
    share_draft,
    split_ticket,
    start_timer,
    tell_parts,
    tick_item,
)
from tickets.actions.claims import ClaimFacts, NewClaim, change_claim, make_claim
from tickets.actions.messages import Answer
from tickets.actions.promises import break_promise
from tickets.actors import Actor
from tickets.content import Content, Recipients
from tickets.models import Message, Task, TaskTemplate, Ticket, WarrantyClaim
from tickets.vocabulary import status_after_reply

LEIPZIG = "Coffee for our new hotel in Leipzig"
GRINDER = "G3 grinder scratches with dark beans"
SHOP = "The shop does not take our order"
AFFECTED = ("Checkout ends with an error", "Cannot order filters", "Error when I pay")
DEBIT = "Filter subscription by direct debit"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The ticket, who acts on it and when; `present` is the moment the demo leads up to."""

    ticket: Ticket
    agent: User
    now: datetime
    present: datetime

    @property
    def actor(self) -> Actor:
        return Actor.of_user(self.agent)

    @property
    def manager(self) -> Actor:
        """Who may work on tickets of every department."""
        return Actor.of_user(User.objects.get(name=MANAGER))


def play_deed(name: str, scene: Scene) -> None:
    """Do what a case names."""
    DEEDS[name](scene)


def _book_visit(scene: Scene) -> None:
    """The place is looked at yesterday, as the demo's present sees it."""
    starts_at = _full_hour(scene.present - timedelta(hours=27))
    _book(scene, "Look at the hotel", starts_at, place="Markt 4, 04109 Leipzig")


def _finish_visit(scene: Scene) -> None:
    appointment = scene.ticket.appointments.get()
    outcome = "Went through all floors with the owner. Plan and photos are in the note below."
    finish_appointment(appointment, outcome=outcome, actor=scene.actor, now=scene.now)


def _prepare_place(scene: Scene) -> None:
    task = _apply("New place", scene, scene.ticket)
    for item in task.items.all()[:2]:
        tick_item(item, actor=scene.actor, now=scene.now)


def _log_visit(scene: Scene) -> None:
    spent = Spent(seconds=2 * 3600 + 900, note="Visit in Leipzig", is_billable=True)
    log_time(scene.ticket, spent=spent, actor=scene.actor, now=scene.now)


def _plan_reply(scene: Scene) -> None:
    text = (
        "Hello {first},\n\nthe offer for Leipzig is attached to your account: two K2 Pro, one "
        "Crane Barista and the training of your team. Shall we go through it on the phone?"
    )
    planned = Planned(answer=_answer(scene.ticket, text), due_at=_at(scene.present, days=1, hour=8))
    schedule_reply(scene.ticket, planned=planned, author=scene.agent, now=scene.now)


def _join_leipzig(scene: Scene) -> None:
    add_parts(_case(LEIPZIG), children=[scene.ticket], actor=scene.manager, now=scene.now)


def _book_engineer(scene: Scene) -> None:
    starts_at = _at(scene.present, days=1, hour=10)
    _book(scene, "Measure the water pressure", starts_at, place="Markt 4, third floor")


def _promise_answer(scene: Scene) -> None:
    _promise(scene, scene.ticket, scene.present - timedelta(hours=8), "which invoices change")


def _share_draft(scene: Scene) -> None:
    text = (
        "Hello,\n\nwe changed the company for everything from today on. For the two invoices "
        "written already\n\n(Nina, can you look up whether we may write them anew?)"
    )
    typed = Typed(text=text, recipients={"to": scene.ticket.customer.email})
    ticket, user, now = scene.ticket, scene.agent, scene.now
    save_draft(ticket, user=user, typed=typed, revision=1, now=now)
    share_draft(ticket, user=user, kind=Message.Kind.REPLY, shared="on", now=now)


def _break_promise(scene: Scene) -> None:
    promise = scene.ticket.promises.open().get()
    break_promise(promise, actor=Actor.system(""), now=scene.now)


def _promise_hopper(scene: Scene) -> None:
    """Kept by the reply that follows."""
    _promise(scene, scene.ticket, scene.now + timedelta(hours=2), "when the hopper comes")


def _split_debit(scene: Scene) -> None:
    said = scene.ticket.messages.filter(kind=Message.Kind.INBOUND).order_by("pk").last()
    if said is None:
        return
    split = Split(
        messages=[said.pk], subject=DEBIT, department=Department.objects.get(slug="billing")
    )
    fresh = split_ticket(scene.ticket, split=split, actor=scene.manager, now=scene.now)
    text = (
        "Hello {first},\n\nyes: in your account choose Billing, then Payment method, and Direct "
        "debit. The next invoice uses it already."
    )
    later = scene.now + timedelta(minutes=6)
    reply(fresh, answer=_answer(fresh, text), actor=scene.manager, now=later)


def _merge_grinder(scene: Scene) -> None:
    merge_tickets(_case(GRINDER), others=[scene.ticket], actor=scene.manager, now=scene.now)


def _promise_noon(scene: Scene) -> None:
    _promise(scene, _case(GRINDER), _at(scene.present, days=1, hour=12), "repair or new discs")


def _book_call(scene: Scene) -> None:
    starts_at = _full_hour(scene.present + timedelta(hours=2))
    _book(scene, "Listen to the grinder on the phone", starts_at, on=_case(GRINDER), tells=False)


def _lend_machine(scene: Scene) -> None:
    task = _apply("Loan machine", scene, _case(GRINDER))
    for item in task.items.all()[:1]:
        tick_item(item, actor=scene.actor, now=scene.now)


def _claim_discs(scene: Scene) -> None:
    """Within the warranty; the workshop sends a new set."""
    asset = Asset.objects.fully_read().filter(serial=GRINDER_SERIAL).first()
    complaint = "Scratches with dark beans; nothing between the discs."
    claim = NewClaim(
        serial=GRINDER_SERIAL, asset=asset, complaint=complaint, issue_date=scene.now.date()
    )
    made = make_claim(_case(GRINDER), claim=claim, actor=scene.actor, now=scene.now)
    facts = ClaimFacts(
        state=WarrantyClaim.State.IN_PROGRESS,
        complaint=made.complaint,
        issue_date=made.issue_date,
        service_person=scene.agent,
        service_address=made.service_address,
    )
    change_claim(made, facts=facts, actor=scene.actor, now=scene.now + timedelta(minutes=2))


def _log_call(scene: Scene) -> None:
    spent = Spent(seconds=25 * 60, note="Asked the workshop about the discs")
    log_time(_case(GRINDER), spent=spent, actor=scene.actor, now=scene.now)


def _start_timer(scene: Scene) -> None:
    start_timer(_case(GRINDER), actor=scene.actor, now=scene.now)


def _declare_incident(scene: Scene) -> None:
    shop = mark_incident(_case(SHOP), is_on=True, actor=scene.manager, now=scene.now)
    children = [_case(subject) for subject in AFFECTED]
    add_parts(shop, children=children, actor=scene.manager, now=scene.now)


def _tell_incident(scene: Scene) -> None:
    text = (
        "Hello,\n\nour shop has a fault in its payment step. No order was placed and nothing was "
        "charged. We are working on it and write again as soon as it is over."
    )
    tell_parts(_case(SHOP), text=text, closes=False, actor=scene.manager, now=scene.now)


def _case(subject: str) -> Ticket:
    return Ticket.objects.filter(subject=subject).latest("pk")


def _answer(ticket: Ticket, text: str) -> Answer:
    first = ticket.customer.display_name.split()[0]
    return Answer(
        content=Content(text=text.format(first=first), is_markdown=True),
        recipients=Recipients(to=(ticket.customer.email,)),
        after=status_after_reply(),
        ends_draft=False,
    )


def _book(
    scene: Scene,
    title: str,
    starts_at: datetime,
    *,
    place: str = "",
    on: Ticket | None = None,
    tells: bool = True,
) -> None:
    booking = Booking(
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        responsible=scene.agent,
        place=place,
        tells_customer=tells,
    )
    book_appointment(on or scene.ticket, booking=booking, actor=scene.actor, now=scene.now)


def _apply(template: str, scene: Scene, ticket: Ticket) -> Task:
    row = TaskTemplate.objects.get(name=template)
    return apply_template(ticket, template=row, owner=scene.agent, actor=scene.actor, now=scene.now)


def _promise(scene: Scene, ticket: Ticket, due_at: datetime, text: str) -> None:
    make_promise(ticket, due_at=due_at, text=text, actor=scene.actor, now=scene.now)


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _at(moment: datetime, *, days: int, hour: int) -> datetime:
    """An hour of a day to come, at the company's place."""
    there = moment.astimezone(ZoneInfo(company.ZONE)) + timedelta(days=days)
    return _full_hour(there).replace(hour=hour)


DEEDS: dict[str, Callable[[Scene], None]] = {
    deed.__name__.removeprefix("_"): deed
    for deed in (
        _book_visit,
        _finish_visit,
        _prepare_place,
        _log_visit,
        _plan_reply,
        _join_leipzig,
        _book_engineer,
        _promise_answer,
        _share_draft,
        _break_promise,
        _promise_hopper,
        _split_debit,
        _merge_grinder,
        _promise_noon,
        _book_call,
        _lend_machine,
        _claim_discs,
        _log_call,
        _start_timer,
        _declare_incident,
        _tell_incident,
    )
}
