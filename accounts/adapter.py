"""What allauth asks the product: who may register, who may try, where to go after sign-in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import throttle
from accounts.mailboxes import is_our_own
from accounts.models import Role, User
from core import clock, options
from core.sealing import seal, unseal


class AccountAdapter(DefaultAccountAdapter):
    """Staff land on the desk, customers on the portal; who registers is a customer."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        return "/admin" if user.is_authenticated and user.is_staff else "/"

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(options.value("accounts.portal_signup"))

    def new_user(self, request: HttpRequest) -> User:
        return User(role=Role.objects.get(slug="customer"))

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names: people sign in by e-mail."""

    def clean_email(self, email: str) -> str:
        """Nobody registers at our own domain: a verification mail there becomes a ticket (X-04)."""
        if is_our_own(email):
            raise ValidationError(_("Use your own address, not one of ours."))
        return email.lower()

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Refuse to try when there were too many wrong passwords; a success is forgiven."""
        email = str(credentials.get("email") or credentials.get("username") or "")
        address, now = _address(request), clock.now()
        if not throttle.may_try(email, address, now=now):
            raise ValidationError(
                _("Too many wrong passwords. Wait 15 minutes, or sign in with a mailed code.")
            )
        user = super().authenticate(request, **credentials)
        if user is None:
            throttle.count_failure(email, address, now=now)
        else:
            throttle.forgive(email, address)
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """At most five account mails to one address in an hour; the page looks the same."""
        if throttle.may_mail(email, now=clock.now()):
            super().send_mail(template_prefix, email, context)

    def get_client_ip(self, request: HttpRequest) -> str:
        return _address(request)


class MFAAdapter(DefaultMFAAdapter):
    """Second factors; their secrets are sealed in the database (X-54)."""

    def encrypt(self, text: str) -> str:
        return seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text.encode())

    def get_totp_issuer(self) -> str:
        return str(options.value("accounts.company_name"))


def _address(request: HttpRequest) -> str:
    return str(getattr(request, "client_address", "") or request.META.get("REMOTE_ADDR", ""))
