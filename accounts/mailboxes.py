"""Proof that a mailbox is somebody's: by invitation, by code, by command."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.events import MailboxProved
from accounts.models import Department, DepartmentAddress, User
from core.events import emit


@transaction.atomic
def prove_mailbox(user: User) -> None:
    """Record that the user's address is theirs. Emits MailboxProved."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    emit(MailboxProved(user_id=user.pk, email=user.email))


def is_our_own(email: str) -> bool:
    """Whether the address lies at a domain of one of our departments (X-04)."""
    domain = email.rpartition("@")[2].lower()
    return DepartmentAddress.objects.filter(
        email__iendswith=f"@{domain}", department__in=Department.objects.all()
    ).exists()
