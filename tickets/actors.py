"""Who does something to a ticket: a person, a customer, a rule, an API key, or the system."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from customers.models import Customer
from tickets.models import Event


@dataclass(frozen=True)
class Actor:
    """The doer as the history names it; the name is kept as it was at that time."""

    kind: str
    name: str
    user: User | None = None
    customer: Customer | None = None
    rule_id: int | None = None
    version_id: int | None = None

    @classmethod
    def of_user(cls, user: User) -> Actor:
        return cls(kind=Event.ActorKind.USER, name=user.display_name, user=user)

    @classmethod
    def of_customer(cls, customer: Customer) -> Actor:
        return cls(kind=Event.ActorKind.CUSTOMER, name=customer.display_name, customer=customer)

    @classmethod
    def system(cls, name: str) -> Actor:
        """A part of the product, such as the mail intake."""
        return cls(kind=Event.ActorKind.SYSTEM, name=name)

    @classmethod
    def of_rule(cls, *, rule_id: int, name: str, version_id: int) -> Actor:
        """A rule of the company, in the version of its set that ran."""
        kind = Event.ActorKind.RULE
        return cls(kind=kind, name=name, rule_id=rule_id, version_id=version_id)

    @property
    def is_human_staff(self) -> bool:
        return self.kind == Event.ActorKind.USER
