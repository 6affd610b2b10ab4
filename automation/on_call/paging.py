"""Paging: level after level until somebody acknowledges; each role is paged once (rules.md 9).

The ticket is locked before its page, and the page before its timer: whoever acknowledges and the
timer that calls the next level never pass each other.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from django.db import transaction

from accounts.models import User
from accounts.people import manager_chain
from automation.models import OnCallRole, OnCallSchedule, Page, PageStep
from automation.models.milestones import MilestoneSpec
from automation.on_call import page_words
from automation.on_call.milestones import reach_by
from automation.on_call.schedules import on_call
from core import timers
from core.models import TimedAction
from notifications.actions import notify, tell_endpoint
from notifications.models import Endpoint
from tickets.actions import create_task, mark_emergency
from tickets.actions.record import lock_ticket
from tickets.actors import Actor
from tickets.models import Ticket

TIMER: Final = "automation.page"
CHANNELS: Final = ("app", "sms", "mail")
ON_CALL: Final = Actor.system("On-call")
REPORT_WITHIN: Final = timedelta(days=2)


@transaction.atomic
def page(
    ticket: Ticket | None, *, cause: str, schedule: OnCallSchedule, key: str, now: datetime
) -> Page:
    """Call whoever is on call; a page that is open for the same cause is answered instead.

    `key` makes it happen once. Notices leave after the commit; a timer calls the next level.
    """
    _lock(ticket, schedule)
    open_ = Page.objects.open().filter(ticket=ticket, cause=cause)
    if ticket is None:
        open_ = open_.filter(schedule=schedule)
    if known := Page.objects.filter(key=key).first() or open_.first():
        return known
    row = Page.objects.create(
        schedule=schedule, ticket=ticket, cause=cause[:120], key=key, opened_at=now
    )
    if ticket is not None:
        mark_emergency(ticket, is_on=True)
    _tell_services(row, "trigger", now=now)
    call_next(row, now=now)
    return row


@transaction.atomic
def acknowledge(row: Page, *, user: User, now: datetime) -> Page:
    """Somebody is on it: nobody else is called. A page that was answered or has ended stays."""
    locked = _locked(row)
    if not locked.awaits_answer:
        return locked
    locked.acknowledged_at, locked.acknowledged_by = now, user
    locked.save(update_fields=["acknowledged_at", "acknowledged_by"])
    timers.cancel(TIMER, _timer_key(locked))
    _tell_services(locked, "acknowledge", now=now)
    if locked.ticket is not None:
        kinds = [MilestoneSpec.Reached.BY_ACKNOWLEDGEMENT]
        reach_by(locked.ticket, kinds=kinds, user=user, now=now)
    return locked


@transaction.atomic
def end_page(row: Page, *, now: datetime) -> Page:
    """The emergency is over; an ended page stays as it is."""
    locked = _locked(row)
    if locked.ended_at is not None:
        return locked
    locked.ended_at = now
    locked.save(update_fields=["ended_at"])
    timers.cancel(TIMER, _timer_key(locked))
    _tell_services(locked, "resolve", now=now)
    return locked


@transaction.atomic
def end_pages(ticket: Ticket, *, now: datetime, report: str = "") -> list[Page]:
    """End what is open for a ticket; `report` is the title of the report to write (R116)."""
    ended = [end_page(row, now=now) for row in Page.objects.open().filter(ticket=ticket)]
    if ended and report:
        answered = next((row.acknowledged_by for row in ended if row.acknowledged_by), None)
        create_task(
            ticket,
            title=report,
            owner=answered or ticket.assignee,
            due_at=now + REPORT_WITHIN,
            actor=ON_CALL,
            now=now,
        )
    return ended


def call_next(row: Page, *, now: datetime) -> None:
    """Page the next level in which somebody can be reached; tell the managers when there is none.

    The caller holds the page.
    """
    roles = OnCallRole.objects.filter(
        schedule=row.schedule, archived_at=None, level__gt=row.level
    ).select_related("schedule")
    for level, together in groupby(roles.order_by("level", "pk"), lambda role: role.level):
        row.level = level
        reached = [_call(row, role, now=now) for role in together]
        if any(reached):
            row.save(update_fields=["level"])
            due_at = now + timedelta(minutes=row.schedule.acknowledge_minutes)
            timers.schedule(TIMER, _timer_key(row), due_at=due_at)
            return
    row.exhausted_at = now
    row.save(update_fields=["level", "exhausted_at"])
    _tell_managers(row, now=now)


def call_after_silence(action: TimedAction, now: datetime) -> None:
    """The time to acknowledge is over: the next level, unless somebody answered meanwhile."""
    row = lock_of_timer(action)
    if row is not None and row.awaits_answer and action.key == _timer_key(row):
        call_next(row, now=now)


def lock_of_timer(action: TimedAction) -> Page | None:
    """The page and its ticket, which callers hold before they write the timer."""
    pk, _colon, _level = action.key.partition(":")
    row = Page.objects.filter(pk=int(pk)).select_related("schedule", "ticket").first()
    return None if row is None else _locked(row)


def _call(row: Page, role: OnCallRole, *, now: datetime) -> bool:
    """Page one role; an empty slot and a person who has left are written down and passed over."""
    user = on_call(role, now)
    state = _state(user)
    step, is_new = PageStep.objects.get_or_create(
        page=row,
        role=role,
        defaults={
            "level": role.level,
            "user": user,
            "state": state,
            "key": f"page:{row.pk}:{role.pk}",
            "at": now,
        },
    )
    if is_new and user is not None and state == PageStep.State.PAGED:
        notice = page_words.notice_of(row, role=role)
        notify([user], notice, key=step.key, now=now, channels=CHANNELS)
    return step.state == PageStep.State.PAGED


def _state(user: User | None) -> str:
    if user is None:
        return PageStep.State.EMPTY
    return PageStep.State.PAGED if user.is_staff else PageStep.State.UNREACHABLE


def _tell_managers(row: Page, *, now: datetime) -> None:
    """Nobody is left to call: everybody above the ticket hears of it at once."""
    ticket = row.ticket
    department = ticket.department if ticket else row.schedule.department
    people = manager_chain(ticket.assignee if ticket else None, department)
    notice = page_words.exhausted_notice(row)
    notify(people, notice, key=f"page:{row.pk}:exhausted", now=now, channels=CHANNELS)


def _tell_services(row: Page, action: str, *, now: datetime) -> None:
    """PagerDuty follows the page under one key; the other services hear of its beginning."""
    notice = page_words.notice_of(row)
    for endpoint in row.schedule.endpoints.filter(is_enabled=True).order_by("pk"):
        if endpoint.kind == Endpoint.Kind.PAGERDUTY:
            payload = {"dedup_key": f"page-{row.pk}", "action": action}
        elif action == "trigger":
            payload = None
        else:
            continue
        tell_endpoint(endpoint, notice, key=f"page:{row.pk}:{action}", now=now, payload=payload)


def _lock(ticket: Ticket | None, schedule: OnCallSchedule) -> None:
    if ticket is not None:
        lock_ticket(ticket)
    else:
        OnCallSchedule.objects.select_for_update(of=("self",)).get(pk=schedule.pk)


def _locked(row: Page) -> Page:
    _lock(row.ticket, row.schedule)
    held = Page.objects.select_for_update(of=("self",))
    return held.select_related("schedule", "ticket", "acknowledged_by").get(pk=row.pk)


def _timer_key(row: Page) -> str:
    return f"{row.pk}:{row.level}"
