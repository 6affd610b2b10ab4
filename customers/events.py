"""What happens to customers."""

from __future__ import annotations

from dataclasses import dataclass

from core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class CustomerMerged(DomainEvent):
    """`customer_id` was merged into `survivor_id`; upper floors move what they hold."""

    customer_id: int
    survivor_id: int


@dataclass(frozen=True, kw_only=True)
class CustomerLinked(DomainEvent):
    """A portal account was linked to a customer on proof of the mailbox."""

    customer_id: int
    user_id: int
