"""Pages of the CRM's settings: connections and their tests, files in and out."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models.role import Permission
from accounts.views.me import me
from core import audit, clock
from core.access import permission_required
from core.exports import csv_response
from core.rendering import render_page, see_other
from core.submissions import idempotent
from customers import actions
from customers.connectors import CrmUnavailable
from customers.crm_forms import ColumnsForm, UploadForm
from customers.models import CrmConnection, CrmImport, CrmRecord
from customers.record_csv import COLUMNS, EXAMPLE, Line, Table, row_of

SHOWN = 20
LOOKED_AT = 2_000


@permission_required(Permission.SETTINGS_CHANGE)
@require_POST
def connection_test(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask the system now who we are, and tell what it said."""
    connection = get_object_or_404(CrmConnection, pk=pk)
    try:
        name = actions.try_connection(connection, now=clock.now())
    except CrmUnavailable as failure:
        messages.error(request, _("It does not work: %(why)s") % {"why": failure})
    else:
        messages.success(request, _("It works. We are known there as %(name)s.") % {"name": name})
    return see_other(request, reverse("crm_edit", args=[pk]))


@permission_required(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def import_start(request: HttpRequest) -> HttpResponseBase:
    """A file is chosen; nothing is taken in before it was looked at."""
    is_posted = request.method == "POST"
    form = UploadForm(*((request.POST, request.FILES) if is_posted else ()))
    if is_posted and form.is_valid():
        name = str(getattr(request.FILES["file"], "name", ""))
        try:
            row = actions.keep_file(
                name, content=form.cleaned_data["file"], actor=me(request), now=clock.now()
            )
            return see_other(request, reverse("crm_import_file", args=[row.pk]))
        except ValidationError as refusal:
            form.add_error("file", refusal)
    context = {"form": form, "files": CrmImport.objects.defer("content")[:SHOWN]}
    return render_page(request, "customers/import.html", context, status=_status(form))


@permission_required(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the file would bring, line by line; the columns may be named otherwise."""
    row = get_object_or_404(CrmImport.objects.select_related("job"), pk=pk)
    table = Table(row.content)
    form = ColumnsForm(request.POST or None, head=table.head, initial=row.columns)
    if form.is_bound and form.is_valid():
        row = actions.keep_columns(row, columns=form.cleaned_data)
        if "start" in request.POST:
            job = actions.start_import(row, actor=me(request), now=clock.now())
            return see_other(request, reverse("job", args=[job.pk]))
        return see_other(request, request.path)
    context = {"form": form, "file": row, **_looked_at(table, row.columns)}
    return render_page(request, "customers/import_file.html", context, status=_status(form))


@permission_required(Permission.SETTINGS_CHANGE)
@require_safe
def import_template(_request: HttpRequest) -> HttpResponseBase:
    """A file to fill in."""
    return csv_response("records", headings=list(COLUMNS), rows=[EXAMPLE])


@permission_required(Permission.SETTINGS_CHANGE)
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """All records as the import takes them; who took them is on record (X-55)."""
    audit.record("records_exported", "crm", actor=me(request), request=request, now=clock.now())
    return csv_response("records", headings=list(COLUMNS), rows=_exported())


def _exported() -> Iterator[list[str]]:
    rows = CrmRecord.objects.select_related("customer", "organisation").order_by("pk")
    return (row_of(row) for row in rows.iterator())


def _looked_at(table: Table, columns: dict[str, str]) -> dict[str, Any]:
    """The beginning of the file, read as the job will read it."""
    lines: list[Line] = list(islice(table.lines(columns), LOOKED_AT))
    troubles = [line for line in lines if line.facts is None]
    return {
        "size": table.size(),
        "looked_at": len(lines),
        "good": len(lines) - len(troubles),
        "samples": [line.facts for line in lines if line.facts is not None][:SHOWN],
        "troubles": troubles[:SHOWN],
        "more_troubles": max(len(troubles) - SHOWN, 0),
    }


def _status(form: Any) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
