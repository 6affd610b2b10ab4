"""What allauth asks the product: who may register, who may try, where to go after sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import throttle
from accounts.models import Role, User
from core import clock, options
from core.sealing import seal, unseal

# Links in account mails lead to SITE_URL, whatever Host the request came with.
LINKS = {
    "account/email/unknown_account": {"signup_url": "account_signup"},
    "account/email/account_already_exists": {
        "signup_url": "account_signup",
        "password_reset_url": "account_reset_password",
    },
}


@dataclass(frozen=True)
class Site:
    """Who writes an account mail."""

    name: str
    domain: str


class AccountAdapter(DefaultAccountAdapter):
    """Staff land on the desk, customers on the portal; who registers is a customer."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail and this password don't belong together."),
        "enter_current_password": _("This is not your password so far."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("This code is wrong or no longer works."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then start again."),
        "duplicate_email": _("You have this address already."),
    }

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

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Refuse to try when there were too many wrong passwords; a success is forgiven."""
        email = str(credentials.get("email") or credentials.get("username") or "")
        address, now = _address(request), clock.now()
        if not throttle.may_try(email, address, now=now):
            raise ValidationError(
                gettext("Too many wrong passwords. Wait 15 minutes, or sign in with a mailed code.")
            )
        user = super().authenticate(request, **credentials)
        if user is None:
            throttle.count_failure(email, address, now=now)
        else:
            throttle.forgive(email, address)
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """At most five account mails to one address in an hour; the page looks the same."""
        if not throttle.may_mail(email, now=clock.now()):
            return
        site = Site(options.value("accounts.company_name"), urlsplit(settings.SITE_URL).netloc)
        links = LINKS.get(template_prefix, {})
        ours = {name: settings.SITE_URL + reverse(view) for name, view in links.items()}
        super().send_mail(template_prefix, email, context | ours | {"current_site": site})

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Never from the request's Host (X-23)."""
        uid, _dash, secret = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": secret})
        return settings.SITE_URL + path

    def get_client_ip(self, request: HttpRequest) -> str:
        return _address(request)


class MFAAdapter(DefaultMFAAdapter):
    """Second factors; their secrets are sealed in the database (X-54)."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is wrong or was used before."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text.encode())

    def get_totp_issuer(self) -> str:
        return str(options.value("accounts.company_name"))


def _address(request: HttpRequest) -> str:
    return str(getattr(request, "client_address", "") or request.META.get("REMOTE_ADDR", ""))
