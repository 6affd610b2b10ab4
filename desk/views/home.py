"""The start page of staff, and the first steps of a new installation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models.role import Permission
from core import clock, options
from core.access import require
from core.rendering import render_page, see_other
from desk.access import reader
from desk.checklist import checklist
from desk.home import home_of
from desk.options import CHECKLIST


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """How the queue stands, what is next, and what the day brings."""
    return render_page(
        request, "desk/home.html", {"home": home_of(reader(request), now=clock.now())}
    )


@require_safe
def first_steps(request: HttpRequest) -> HttpResponse:
    """What is set up already, and what is not."""
    require(reader(request), Permission.SETTINGS_CHANGE)
    return render_page(request, "desk/checklist.html", {"checklist": checklist()}, fragment="steps")


@require_POST
def first_steps_removal(request: HttpRequest) -> HttpResponse:
    """Put the list away for everybody; its page stays."""
    user = reader(request)
    require(user, Permission.SETTINGS_CHANGE)
    options.set_value(CHECKLIST.key, False, actor=user, now=clock.now())  # noqa: FBT003 -- the value
    messages.success(request, _("The list is put away. Its page stays among the commands."))
    return see_other(request, reverse("desk:home"))
