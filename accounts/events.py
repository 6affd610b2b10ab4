"""What happens to people and departments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class MailboxProved(DomainEvent):
    """A portal user showed that the mailbox `email` is theirs."""

    user_id: int
    email: str


@dataclass(frozen=True, kw_only=True)
class DepartmentChanged(DomainEvent):
    """A department's row, addresses or members changed."""

    department_id: int


@dataclass(frozen=True, kw_only=True)
class AvailabilityChanged(DomainEvent):
    """Whatever may make somebody eligible: availability, shift, skills, activity, seniority.

    `went_away` says that the person was available and is no longer (rules.md 5.4).
    """

    user_id: int
    now: datetime
    went_away: bool = False


@dataclass(frozen=True, kw_only=True)
class OwnerCreated(DomainEvent):
    """The installation has its first owner: it is set up."""

    user_id: int
    now: datetime
