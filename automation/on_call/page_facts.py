"""A page as pages show it: what for, who was called, over which channels, and who answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from automation.models import Page, PageStep
from automation.on_call.page_words import page_url, ticket_url
from core.moments import day_time
from notifications.models import NoticeDelivery


@dataclass(frozen=True, kw_only=True)
class StepFacts:
    """One role that was called or passed over, with its deliveries in words."""

    at: datetime
    role: str
    person: str
    state: str
    is_failure: bool
    deliveries: list[str]


@dataclass(frozen=True, kw_only=True)
class PageLine:
    """A page as one line, with whom it waits for or who is on it."""

    url: str
    cause: str
    standing: str
    ticket_words: str
    ticket_url: str
    awaits_answer: bool
    is_unanswered: bool


@dataclass(frozen=True, kw_only=True)
class PageFacts:
    """A page and its steps."""

    line: PageLine
    schedule: str
    opened_at: datetime
    is_open: bool
    steps: list[StepFacts]


def page_line(row: Page, *, now: datetime) -> PageLine:
    """Of one page; reads its steps and whom they called."""
    ticket = row.ticket
    return PageLine(
        url=page_url(row),
        cause=row.cause,
        standing=_standing(row, now),
        ticket_words=f"#{ticket.number} {ticket.subject}" if ticket else "",
        ticket_url=ticket_url(ticket) if ticket else "",
        awaits_answer=row.awaits_answer,
        is_unanswered=row.awaits_answer and row.exhausted_at is not None,
    )


def page_facts(row: Page, *, now: datetime) -> PageFacts:
    """Of one page; the steps with what became of each notice."""
    return PageFacts(
        line=page_line(row, now=now),
        schedule=str(row.schedule),
        opened_at=row.opened_at,
        is_open=row.ended_at is None,
        steps=_steps(row),
    )


def _standing(row: Page, now: datetime) -> str:
    if row.acknowledged_at is not None:
        words = _("%(person)s is on it since %(time)s.")
        at = day_time(row.acknowledged_at, now=now)
        return words % {"person": row.acknowledged_by or _("Somebody"), "time": at}
    if row.ended_at is not None:
        return _("It ended unanswered.")
    if row.exhausted_at is not None:
        return _("Nobody answered; the managers were told.")
    called = [step for step in row.steps.all() if step.level == row.level and step.user]
    return _("Waiting for %(people)s.") % {"people": ", ".join(str(step.user) for step in called)}


def _steps(row: Page) -> list[StepFacts]:
    steps = list(row.steps.select_related("role", "user"))
    keys = [step.key for step in steps]
    sent = NoticeDelivery.objects.filter(notification__key__in=keys).select_related("notification")
    by_step: dict[str, list[str]] = {}
    for delivery in sent.order_by("pk"):
        told = delivery.notification
        if told is not None:
            by_step.setdefault(told.key, []).append(_delivery(delivery))
    return [_step(step, by_step.get(step.key, [])) for step in steps]


def _step(step: PageStep, deliveries: list[str]) -> StepFacts:
    return StepFacts(
        at=step.at,
        role=str(step.role),
        person=str(step.user or _("Nobody")),
        state=str(step.get_state_display()),
        is_failure=not step.is_paged,
        deliveries=deliveries,
    )


def _delivery(row: NoticeDelivery) -> str:
    words = f"{row.get_channel_display()}: {row.get_state_display()}"
    return f"{words} ({row.last_error})" if row.last_error else words
