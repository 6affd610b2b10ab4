"""Doors for people without an account: invitation and first owner."""

from __future__ import annotations

from allauth.account import views as account
from allauth.account.utils import perform_login
from django.db import DatabaseError, IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from psycopg.errors import LockNotAvailable

from accounts.actions import (
    OwnerExists,
    TokenRefused,
    accept_invitation,
    lock_account,
    owner_exists,
    use_setup_token,
)
from accounts.actions.invitations import find_invitation
from accounts.forms import AcceptForm, SetupForm
from accounts.models import User
from core import clock
from core.rendering import render_page


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """An invited colleague chooses a name and a password."""
    now = clock.now()
    invited = find_invitation(token, now=now)
    if invited is None:
        return render_page(request, "accounts/invitation_dead.html", {}, status=404)
    form = AcceptForm(request.POST or None, initial={"name": invited.name})
    if request.method == "POST" and form.is_valid():
        try:
            user = accept_invitation(token, now=now, **form.cleaned_data)
        except TokenRefused:
            return render_page(request, "accounts/invitation_dead.html", {}, status=404)
        return _let_in(request, user)
    context = {"form": form, "email": invited.email}
    return render_page(request, "accounts/invitation.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponseBase:
    """The first owner; the page does not exist once there is one (X-58)."""
    if owner_exists():
        raise Http404
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _let_in(request, use_setup_token(now=clock.now(), **form.cleaned_data))
        except OwnerExists as late:
            raise Http404 from late
        except TokenRefused:
            form.add_error("token", _("This token is not valid. Print a new one."))
    return render_page(request, "accounts/setup.html", {"form": form}, status=_status(form))


def register(request: HttpRequest) -> HttpResponseBase:
    """allauth's registration: account, address and mail together or not at all.

    Of two posts at once the later one hears what everybody hears who has an account (X-21).
    """
    try:
        with transaction.atomic():
            answer: HttpResponseBase = account.signup(request)
    except DatabaseError as clash:
        if not _is_taken(clash):
            raise
        return redirect("account_email_verification_sent")
    return answer


def new_password(request: HttpRequest, uidb36: str, key: str) -> HttpResponseBase:
    """allauth's page behind the mailed link; of posts at once exactly one sets the password (X-20).

    Whoever comes second waits, and then finds the link used.
    """
    with transaction.atomic():
        if request.method == "POST":
            lock_account(uidb36)
        answer: HttpResponseBase = account.password_reset_from_key(request, uidb36=uidb36, key=key)
    return answer


@require_http_methods(["GET", "HEAD"])
def staff_door(request: HttpRequest) -> HttpResponse:
    """The seeds' address of the agents' sign-in."""
    return redirect("/authentication/login?next=/admin")


def _is_taken(clash: DatabaseError) -> bool:
    """Whether somebody else came first, and is done or still at it after two seconds."""
    return isinstance(clash, IntegrityError) or isinstance(clash.__cause__, LockNotAvailable)


def _let_in(request: HttpRequest, user: User) -> HttpResponseBase:
    answer: HttpResponseBase = perform_login(request, user, redirect_url="/admin")
    return answer


def _status(form: AcceptForm | SetupForm) -> int:
    return 422 if form.is_bound and form.errors else 200
