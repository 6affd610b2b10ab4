"""What happens to people and departments."""

from __future__ import annotations

from dataclasses import dataclass

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
