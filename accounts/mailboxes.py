"""Proof that a mailbox is somebody's: by invitation, by code, by command."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.events import MailboxProved
from accounts.models import DepartmentAddress, User
from core.events import emit

# Shared by strangers: a department with an address here does not own the domain.
_FREEMAIL = """
aol.com fastmail.com free.fr gmail.com gmx.at gmx.ch gmx.de gmx.net googlemail.com hotmail.com
icloud.com laposte.net libero.it live.com mail.com mail.ru mailbox.org me.com msn.com orange.fr
outlook.com posteo.de proton.me protonmail.com qq.com t-online.de tuta.io web.de wp.pl yahoo.com
yahoo.co.uk yandex.com yandex.ru ymail.com zoho.com 163.com 126.com
"""
FREEMAIL = frozenset(_FREEMAIL.split())


@transaction.atomic
def prove_mailbox(user: User) -> None:
    """Record that the user's address is theirs. Emits MailboxProved."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    emit(MailboxProved(user_id=user.pk, email=user.email))


def is_our_own(email: str) -> bool:
    """Whether mail there may become our ticket: a department's address or domain (X-04)."""
    local, _at, domain = email.strip().lower().rpartition("@")
    canonical = f"{local.partition('+')[0]}@{domain}"
    own = DepartmentAddress.objects.all()
    if domain in FREEMAIL:
        return own.filter(email__in=[canonical, f"{local}@{domain}"]).exists()
    return own.filter(email__iendswith=f"@{domain}").exists()
