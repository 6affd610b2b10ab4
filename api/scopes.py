"""What a key may be allowed; each scope reaches as far as its owner's role does now (X-19)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.role import Permission


@dataclass(frozen=True)
class Scope:
    """One right of a key; `permission` is what the owner needs beside being staff."""

    name: str
    label: Any
    permission: str = ""

    def is_within(self, owner: User) -> bool:
        """Whether the owner may do this at the desk now."""
        return owner.is_staff and (not self.permission or owner.may(self.permission))


# All staff read customers' records on the customer file; files of records are taken in by those
# who may change settings.
READ_RECORDS: Final = Scope("records.read", _("Read records of customers"))
WRITE_RECORDS: Final = Scope(
    "records.write", _("Put and drop records of customers"), Permission.SETTINGS_CHANGE
)
SCOPES: Final = {scope.name: scope for scope in (READ_RECORDS, WRITE_RECORDS)}


def grantable(owner: User) -> list[Scope]:
    """The scopes this person may give to a key."""
    return [scope for scope in SCOPES.values() if scope.is_within(owner)]
