"""Second factors: wrong codes are counted, and a code opens once, also without Redis (X-27)."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.utils.translation import gettext as _

from accounts import throttle
from accounts.door_forms import PlainWords
from core import clock


class GuardedCode(PlainWords):
    """What both forms add to allauth's check."""

    user: Any

    def clean_code(self) -> str:
        """The code, if it is right, new, and not the eleventh guess."""
        now = clock.now()
        if not throttle.may_try_code(self.user.pk, now=now):
            raise forms.ValidationError(_("Too many wrong codes. Wait 15 minutes."))
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # allauth's form comes next
        except forms.ValidationError:
            throttle.count_wrong_code(self.user.pk, now=now)
            raise
        if not throttle.is_first_use(self.user.pk, code, now=now):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SignInForm(GuardedCode, AuthenticateForm):
    """The second step of signing in."""


class ConfirmForm(GuardedCode, ReauthenticateForm):
    """The same person again, before something delicate."""
