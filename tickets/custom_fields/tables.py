"""`/admin/custom_fields`: the table of fields and its previews."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from core import clock
from core.access import permission_required
from core.crud import ManagedTable
from core.events import emit
from core.rendering import render_page, see_other
from tickets.custom_fields.conditions import forget_fields
from tickets.custom_fields.definition_forms import CustomFieldForm
from tickets.custom_fields.form_fields import form_fields_for
from tickets.custom_fields.suggestions import open_suggestions, take_suggestions
from tickets.events import VocabularyChanged
from tickets.models import CustomField


def _after_change(row: CustomField, *, actor: Any, now: datetime) -> None:
    forget_fields()
    emit(VocabularyChanged(row=row, actor=actor, now=now))


def _rows() -> QuerySet[CustomField]:
    return CustomField.objects.prefetch_related("options", "departments", "services")


def _scope(row: CustomField) -> str:
    names = [str(one) for one in (*row.departments.all(), *row.services.all())]
    return ", ".join(names) or _t("Everywhere")


def _needed(row: CustomField) -> str:
    words = [
        (row.required_to_submit, _t("to submit")),
        (row.required_to_resolve, _t("to resolve")),
    ]
    return ", ".join(word for is_so, word in words if is_so)


def _portal(row: CustomField) -> str:
    if not row.show_on_client_portal:
        return _t("Hidden")
    return _t("Shown, editable") if row.editable_by_customer else _t("Shown")


def preview(row: CustomField) -> SafeString | str:
    """The field as the portal's form shows it; nothing of it is sent with this page."""
    if not row.show_on_client_portal or row.entity != CustomField.Entity.TICKET:
        return _t("Customers do not see this field.")
    form = forms.Form(prefix="preview")
    form.fields.update(form_fields_for([row]))
    for field in form.fields.values():
        field.disabled = True
    return render_to_string("tickets/field_preview.html", {"form": form})


custom_fields = ManagedTable(
    model=CustomField,
    form_class=CustomFieldForm,
    url_prefix="admin/custom_fields",
    url_name="custom_fields",
    title=_("Custom fields"),
    purpose=_("What else you want to know of tickets and customers."),
    add_label=_("Add field"),
    columns=[
        (_("Label"), lambda row: row.label),
        (_("Belongs to"), lambda row: row.get_entity_display()),
        (_("Type"), lambda row: row.get_kind_display()),
        (_("Asked"), _scope),
        (_("Needed"), _needed),
        (_("Portal"), _portal),
    ],
    ordering="position",
    archived="archived_at",
    rows=_rows,
    on_saved=_after_change,
    on_rearranged=_after_change,
    preview=preview,
    list_template="tickets/custom_fields.html",
)


@permission_required(custom_fields.permission)
@require_http_methods(["GET", "HEAD", "POST"])
def suggestions(request: HttpRequest) -> HttpResponse:
    """Fields to take over; those that are here already are not offered."""
    if request.method != "POST":
        context = {"offers": open_suggestions(), "list_url": custom_fields.url()}
        return render_page(request, "tickets/suggested_fields.html", context)
    take_suggestions(request.POST.getlist("slug"), actor=request.user, now=clock.now())
    return see_other(request, custom_fields.url())


urlpatterns = [
    path("admin/custom_fields/suggestions", suggestions, name="suggested_fields"),
    *custom_fields.urls(),
]
