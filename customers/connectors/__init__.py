"""Other systems that know our customers: what each can be asked, and which there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.registries import Registry
from customers.models import CrmConnection
from customers.records import RecordFacts


class CrmUnavailable(OSError):
    """The other system could not be asked, or not be understood; the text is for staff."""


@dataclass(frozen=True)
class CustomerRef:
    """By what other systems know a customer."""

    emails: tuple[str, ...]
    organisation: str = ""


class Connector(Protocol):
    """Asks one system; both raise CrmUnavailable."""

    def fetch(self, customer: CustomerRef) -> list[RecordFacts]:
        """All records of a customer."""

    def health(self) -> str:
        """Whom the system takes us for."""


class ConnectorKind(Protocol):
    """Makes the connector of a connection."""

    def __call__(self, connection: CrmConnection) -> Connector: ...


connectors: Registry[ConnectorKind] = Registry("crm_connectors")


def connector_of(connection: CrmConnection) -> Connector:
    """The connector that asks this connection's system."""
    return connectors[connection.kind](connection)
