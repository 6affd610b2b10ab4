"""The first owner: by command or by a one-time token; the door closes for ever after (X-58)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.actions.departments import save_department, set_members
from accounts.actions.invitations import TokenRefused
from accounts.events import OwnerCreated
from accounts.mailboxes import prove_mailbox
from accounts.models import Department, Role, SetupToken, User
from accounts.tokens import digest, new_token
from core import audit
from core.events import emit

VALID_FOR = timedelta(hours=24)
_DOOR = 5_812_001


class OwnerExists(Exception):
    """There is an owner already; others are made on the staff page."""


def owner_exists() -> bool:
    """Whether the installation was set up."""
    return User.objects.filter(role__is_owner=True).exists()


@transaction.atomic
def create_owner(email: str, *, name: str, password: str, now: datetime) -> User:
    """The first owner, and a department for the first ticket where there is none.

    Raises OwnerExists; of two at once exactly one succeeds. Emits OwnerCreated.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_DOOR])
    if owner_exists():
        raise OwnerExists
    role = Role.objects.filter(is_owner=True).earliest("position")
    user = User.objects.create_user(email, password, name=name.strip(), role=role)
    prove_mailbox(user)
    SetupToken.objects.filter(used_at=None).update(used_at=now)
    _open_a_department(user)
    audit.record("owner_created", user, actor=user)
    emit(OwnerCreated(user_id=user.pk, now=now))
    return user


@transaction.atomic
def issue_setup_token(*, now: datetime) -> str:
    """A token for `/admin/setup`, worth 24 hours; older ones die. Raises OwnerExists."""
    if owner_exists():
        raise OwnerExists
    SetupToken.objects.filter(used_at=None).update(used_at=now)
    token = new_token()
    SetupToken.objects.create(token_hash=digest(token), created_at=now)
    return token


@transaction.atomic
def use_setup_token(token: str, *, email: str, name: str, password: str, now: datetime) -> User:
    """Make the first owner with a token. Raises TokenRefused or OwnerExists."""
    open_rows = SetupToken.objects.filter(
        token_hash=digest(token) or "-", used_at=None, created_at__gt=now - VALID_FOR
    )
    if not open_rows.update(used_at=now):
        raise TokenRefused
    return create_owner(email, name=name, password=password, now=now)


def _open_a_department(owner: User) -> None:
    """Without one no mail becomes a ticket, and nobody could open one."""
    if Department.objects.exists():
        return
    row = Department(slug="support", name=_("Support"), is_default=True)
    set_members(save_department(row, addresses=[]), members=[owner])
