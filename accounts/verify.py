"""Invariants of people and departments (trust.md 8)."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.mailboxes import prove_mailbox
from accounts.models import Department, User
from core.registries import Finding


def check_mailboxes(*, repair: bool) -> list[Finding]:
    """A colleague without a proved mailbox is asked for a code at every sign-in."""
    proved = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    people = User.objects.staff().filter(~Exists(proved))
    findings = []
    for user in people:
        if repair:
            prove_mailbox(user)
        findings.append(Finding(f"{user.email} has no proved mailbox", repaired=repair))
    return findings


@transaction.atomic
def check_default(*, repair: bool) -> list[Finding]:
    """Mail for unknown addresses needs one department in use."""
    active = Department.objects.select_for_update().active()
    if not active.exists() or active.filter(is_default=True).exists():
        return []
    if repair:
        Department.objects.filter(is_default=True).update(is_default=False)
        heir = active.earliest("position", "pk")
        heir.is_default = True
        heir.save(update_fields=["is_default"])
    return [Finding("no department in use takes mail for unknown addresses", repaired=repair)]
