"""What allauth asks the product: who may register, where to go after sign-in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from accounts.models import Role, User


class AccountAdapter(DefaultAccountAdapter):
    """Staff land on the desk, customers on the portal; who registers is a customer."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        return "/admin" if user.is_authenticated and user.is_staff else "/"

    def new_user(self, request: HttpRequest) -> User:
        return User(role=Role.objects.get(slug="customer"))

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names: people sign in by e-mail."""


class MFAAdapter(DefaultMFAAdapter):
    """Second factors."""
