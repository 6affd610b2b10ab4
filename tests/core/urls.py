"""Addresses for tests of the ground floor: its own, and pages that only try its guards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path

from accounts.models import Department
from core.access import permission_required, signed_in, staff_required
from core.crud import ManagedTable
from core.models import Option
from core.option_pages import OptionPage
from core.submissions import idempotent

handler400 = "core.errors.bad_request"
handler403 = "core.errors.permission_denied"
handler404 = "core.errors.not_found"
handler500 = "core.errors.server_error"


class DepartmentForm(forms.ModelForm):
    class Meta:
        model = Department
        fields = ["name", "slug", "description", "is_portal_visible", "lead"]


def default_stays(row: Department) -> str:
    return "The default department receives what fits nowhere else." if row.is_default else ""


def move_members(old: Department, new: Department, *, actor: Any, now: Any) -> None:
    old.memberships.update(department=new)


DEPARTMENTS = ManagedTable(
    model=Department,
    form_class=DepartmentForm,
    url_prefix="admin/test/departments",
    url_name="test_departments",
    title="Departments",
    purpose="Who answers what.",
    add_label="Add a department",
    columns=[("Name", lambda row: row.name), ("Says", lambda row: row.description)],
    ordering="position",
    archived="archived_at",
    kept_because=default_stays,
    replace=move_members,
)


OPTIONS = OptionPage(
    keys=["page.days", "page.hours", "page.on", "page.mode", "page.words"],
    url_prefix="admin/test/options",
    url_name="test_options",
    title="Options",
    purpose="Single values.",
)


def page(request: HttpRequest, **_arguments: object) -> HttpResponse:
    return HttpResponse(f"<p>{request.client_address} {request.request_id}</p>")


def text(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("secret detail")


def busy(request: HttpRequest) -> HttpResponse:
    raise OperationalError("canceling statement due to statement timeout")


def missing(request: HttpRequest) -> HttpResponse:
    raise Http404("secret detail")


@idempotent
def order(request: HttpRequest) -> HttpResponse:
    """Makes one row per effect, refuses bad ones, breaks on demand."""
    number = Option.objects.count()
    Option.objects.create(key=f"order-{number}", value=number)
    if request.POST.get("mode") == "bad":
        Option.objects.all().delete()
        return HttpResponse("no", status=422)
    if request.POST.get("mode") == "broken":
        raise ValueError
    if request.POST.get("mode") == "fragment":
        return HttpResponse("<p>done</p>")
    return HttpResponseRedirect(f"/orders/{number}")


urlpatterns = [
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("test/page", page),
    path("test/slash/", page),
    path("test/text", text),
    path("test/broken", broken),
    path("test/busy", busy),
    path("test/missing", missing),
    path("test/order", order),
    path("test/signed_in", signed_in(page)),
    path("test/staff", staff_required(page)),
    path("test/settings", permission_required("settings.change")(page)),
    *DEPARTMENTS.urls(),
    *OPTIONS.urls(),
]
