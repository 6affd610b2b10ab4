"""allauth's forms in our words: labels that stay, one hint, no placeholders in their stead."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.mailboxes import is_our_own
from accounts.models import User

PASSWORD_HINT = _("At least ten characters; a few words are easier to remember.")
_LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("Password so far"),
    "password1": _("New password"),
    "remember": _("Stay signed in"),
    "code": _("Code"),
}


class PlainWords(forms.Form):
    """Puts our words on whatever fields the form has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Typed once: browsers show and keep passwords, and a mailed link mends a typing error.
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = _LABELS.get(name, field.label)
            field.help_text = PASSWORD_HINT if name == "password1" else ""


class SignInForm(PlainWords, account.LoginForm):
    """E-mail and password."""


class RegisterForm(PlainWords, account.SignupForm):
    """A customer who wants an account."""

    def clean_email(self) -> str:
        """Nobody registers at our own domain: its verification mail becomes a ticket (X-04)."""
        return _not_ours(super().clean_email())

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """A known address takes as long as a new one: its password is hashed too (X-21)."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return saved


class AddAddressForm(PlainWords, account.AddEmailForm):
    """One more address of somebody who signs in."""

    def clean_email(self) -> str:
        """Colleagues may use our domain, customers not (X-04)."""
        email: str = super().clean_email()
        return email if self.user.is_staff else _not_ours(email)


class ForgottenForm(PlainWords, account.ResetPasswordForm):
    """Where to send the link."""


class NewPasswordForm(PlainWords, account.ResetPasswordKeyForm):
    """Behind the link."""


class FirstPasswordForm(PlainWords, account.SetPasswordForm):
    """For those who signed in by code so far."""


class ChangePasswordForm(PlainWords, account.ChangePasswordForm):
    """The old one and the new one."""


class ConfirmPasswordForm(PlainWords, account.ReauthenticateForm):
    """The same person again, before something delicate."""


class AskForCodeForm(PlainWords, account.RequestLoginCodeForm):
    """Where to send a code."""


class CodeForm(PlainWords, account.ConfirmLoginCodeForm):
    """The code from the mail."""


class MailboxCodeForm(PlainWords, account.ConfirmEmailVerificationCodeForm):
    """The code that proves the mailbox."""


class AddAppForm(PlainWords, ActivateTOTPForm):
    """The first code of an authenticator app."""


def _not_ours(email: str) -> str:
    if is_our_own(email):
        raise forms.ValidationError(gettext("Use your own address, not one of ours."))
    return email
