"""Inviting colleagues: 72 hours, single use, hashed, dead when withdrawn (X-20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.people import set_departments
from accounts.mailboxes import prove_mailbox
from accounts.models import Department, Invitation, Role, User
from accounts.permissions import RefusedByRole, refuse_role
from accounts.tokens import digest, new_token
from core import audit, options

VALID_FOR = timedelta(hours=72)


class TokenRefused(Exception):
    """The token is unknown, used, withdrawn or expired; which one is nobody's business."""


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Whom to invite as what."""

    email: str
    name: str
    role: Role
    departments: tuple[Department, ...] = ()


@transaction.atomic
def invite_user(guest: Guest, *, actor: User, now: datetime) -> Invitation:
    """Mail an invitation; an older one to the same address dies.

    Raises RefusedByRole for a role beyond the actor's, or an address that has an account.
    """
    email = guest.email.strip().lower()
    _refuse(guest, email, actor)
    Invitation.objects.filter(email=email, used_at=None, withdrawn_at=None).update(withdrawn_at=now)
    token = new_token()
    invitation = Invitation.objects.create(
        email=email,
        name=guest.name.strip(),
        role=guest.role,
        token_hash=digest(token),
        invited_by=actor,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    invitation.departments.set(guest.departments)
    _mail(invitation, token, actor)
    audit.record("invited", invitation, actor=actor, after={"role": guest.role.slug})
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, actor: User, now: datetime) -> None:
    """Make the link worthless; a used invitation stays as it is."""
    open_rows = Invitation.objects.filter(pk=invitation.pk, used_at=None, withdrawn_at=None)
    if open_rows.update(withdrawn_at=now):
        audit.record("invitation_withdrawn", invitation, actor=actor)


@transaction.atomic
def accept_invitation(token: str, *, name: str, password: str, now: datetime) -> User:
    """Turn the token into an account; of twenty posts at once exactly one succeeds.

    Raises TokenRefused. Emits DepartmentChanged.
    """
    used = Invitation.objects.filter(**_valid(token, now)).update(used_at=now)
    if not used:
        raise TokenRefused
    invitation = Invitation.objects.select_related("role").get(token_hash=digest(token))
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise TokenRefused
    user = User.objects.create_user(
        invitation.email, password, name=name.strip(), role=invitation.role
    )
    set_departments(user, list(invitation.departments.all()))
    prove_mailbox(user)
    audit.record("invitation_accepted", invitation, actor=user)
    return user


def find_invitation(token: str, *, now: datetime) -> Invitation | None:
    """The open invitation behind a token, for showing the page."""
    return Invitation.objects.filter(**_valid(token, now)).first()


def _valid(token: str, now: datetime) -> dict[str, object]:
    return {
        "token_hash": digest(token) or "-",
        "used_at": None,
        "withdrawn_at": None,
        "expires_at__gt": now,
    }


def _refuse(guest: Guest, email: str, actor: User) -> None:
    refuse_role(guest.role, actor=actor)
    if User.objects.filter(email__iexact=email).exists():
        raise RefusedByRole(_("This address already has an account."))


def _mail(invitation: Invitation, token: str, actor: User) -> None:
    company = options.value("accounts.company_name")
    link = f"{settings.SITE_URL}/authentication/invite/{token}"
    send_mail(
        _("Join %(company)s on the help desk") % {"company": company},
        _(
            "Hello %(name)s,\n\n%(inviter)s invites you to the help desk of %(company)s.\n\n"
            "Choose a password here within 72 hours:\n%(link)s\n"
        )
        % {
            "name": invitation.name or invitation.email,
            "inviter": actor.display_name,
            "company": company,
            "link": link,
        },
        None,
        [invitation.email],
    )
