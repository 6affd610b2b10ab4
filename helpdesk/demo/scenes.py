"""What a newcomer finds on the desk: an emergency, a ticket that waits, work in everyday shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Team, User
from helpdesk.demo.cases import case_subjects, first_writer
from helpdesk.demo.company import CustomerPlan
from helpdesk.demo.stories import Story
from helpdesk.demo.teams import MANAGER
from helpdesk.demo.timeline import Script, Step
from tickets.actions import create_task, snooze_ticket, watch
from tickets.actions.escalation import Escalation, escalate_ticket
from tickets.actors import Actor
from tickets.content import Content
from tickets.escalating import LEVEL_BY_HAND, REASONS, changes_for
from tickets.models import Task, Ticket
from tickets.models.ticket import TicketQuerySet

LARGE, SMALL = "Harbour Foods", "Brandt Architects"
EMERGENCY = Story(
    department="technical",
    service="bug",
    priority="urgent",
    subjects=("Espresso line down in the staff restaurant",),
    opening=(
        "Hello,\n\nall three machines of the staff restaurant have shown E-17 for half an hour and "
        "four hundred people wait for their coffee. We switched them off and on. Please call me."
        "\n\n{first}",
    ),
    exchange=(),
)
DISPLAY = Story(
    department="technical",
    service="other",
    priority="low",
    subjects=("The display shows no button for decaf",),
    opening=(
        "Hi,\n\nsince the update the display of our K2 Pro has no button for decaf any more. "
        "Where has it gone?\n\n{first}",
    ),
    exchange=(),
)


def arrivals(writers: Sequence[CustomerPlan], *, now: datetime) -> list[Script]:
    """The newest two tickets, the same in every demo."""
    called, asked = now - timedelta(minutes=22), now - timedelta(minutes=6)
    answered = called + timedelta(minutes=4)
    return [
        _script(EMERGENCY, LARGE, writers, Step(called, "open"), Step(answered, "acknowledge")),
        _script(DISPLAY, SMALL, writers, Step(asked, "open")),
    ]


@transaction.atomic
def set_scenes(*, now: datetime) -> None:
    """Let colleagues have worked on what lies there; nothing where they have already."""
    if Task.objects.filter(title=TASKS[0][0]).exists():
        return
    held = Ticket.objects.open().filter(assignee__isnull=False, pages=None)
    held = held.exclude(subject__in=case_subjects())
    tickets = held.select_related("assignee", "department", "customer").order_by("-created_at")
    for scene in (_escalated, _with_tasks, _snoozed):
        _play_scene(scene, tickets, now)


TASKS = (
    ("Ask the courier about the loan machine", timedelta(hours=3)),
    ("Send the serial number to the workshop", timedelta(days=1)),
)
_Scene = Callable[[Ticket, Actor, datetime], None]


def _play_scene(scene: _Scene, tickets: TicketQuerySet, now: datetime) -> None:
    """On the newest ticket that nothing has been done to; in a tiny demo there may be none."""
    fresh = tickets.filter(tasks=None, watchers=None, escalated_at=None, snoozed_until=None)
    if scene is _escalated:
        fresh = fresh.filter(department__slug="technical")
    ticket = fresh.first()
    if ticket is not None and ticket.assignee is not None:
        scene(ticket, Actor.of_user(ticket.assignee), now)


def _escalated(ticket: Ticket, actor: Actor, now: datetime) -> None:
    team = Team.objects.get(tier=Team.Tier.TIER2)
    note = (
        f"{ticket.customer.display_name} wrote about this for the second time this month. I went "
        "through the guide with them and had everything started again; what is left is beyond what "
        "I can see from here. The serial number is in the order file. They expect a call today."
    )
    escalation = Escalation(
        level=LEVEL_BY_HAND,
        reason=REASONS[2],
        note=Content(text=note),
        changes=changes_for(ticket, team),
        team=team,
    )
    escalate_ticket(ticket, escalation=escalation, actor=actor, now=now - timedelta(minutes=48))


def _with_tasks(ticket: Ticket, actor: Actor, now: datetime) -> None:
    made = now - timedelta(minutes=35)
    watch(ticket, users=User.objects.filter(name=MANAGER), actor=actor, now=made)
    for title, within in TASKS:
        due_at = (now + within).replace(minute=0, second=0)
        create_task(
            ticket, title=title, owner=ticket.assignee, due_at=due_at, actor=actor, now=made
        )


def _snoozed(ticket: Ticket, actor: Actor, now: datetime) -> None:
    until = (now + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    snooze_ticket(ticket, until=until, actor=actor, now=now - timedelta(minutes=12))


def _script(
    story: Story, organisation: str, writers: Sequence[CustomerPlan], *steps: Step
) -> Script:
    return Script(
        story=story,
        customer=first_writer(organisation, writers),
        subject=story.subjects[0],
        opening=story.opening[0],
        slots={},
        steps=steps,
    )
