"""One page set for every settings table: list, order, add, edit, archive, remove (screens.md 4)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import clock, table_actions
from core.access import permission_required
from core.rendering import render_page, see_other
from core.submissions import idempotent
from core.table_rows import table_rows, usage_words

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, kw_only=True)
class ManagedTable:
    """A vocabulary table that managers edit; `table.urls()` are its pages.

    `columns` are pairs of heading and a function of the row. `ordering` names the field that the
    up and down buttons write, empty for none; `archived` the field that says since when a row is
    out of use, empty for none. `kept_because` answers why a row may be neither archived nor
    removed. `replace(old, new, actor=, now=)` moves what uses a row before it is removed.
    `on_saved(row, actor=, now=)` runs in the transaction of a change, `on_rearranged` in that of a
    move, an archiving, its undoing, and a removal. `save(form, actor=, now=)`
    takes the place of the form's own save, tells the audit log itself and returns the row;
    `changes(form)` says for the impact previews what would change, where that is not the fields.
    A table that is not `is_removable` keeps its rows for ever; they can be archived.
    """

    model: type[Model]
    form_class: type[ModelForm[Any]]
    url_prefix: str
    url_name: str
    title: Any
    purpose: Any
    add_label: Any
    columns: Sequence[tuple[Any, Callable[[Any], Any]]]
    ordering: str = ""
    archived: str = ""
    permission: str = "settings.change"
    rows: Callable[[], QuerySet[Any]] | None = None
    kept_because: Callable[[Any], str] | None = None
    replace: Callable[..., None] | None = None
    on_saved: Callable[..., None] | None = None
    on_rearranged: Callable[..., None] | None = None
    save: Callable[..., Any] | None = None
    changes: Callable[[Any], dict[str, tuple[Any, Any]]] | None = None
    is_removable: bool = True
    preview: Callable[[Any], Any] | None = None
    list_template: str = "core/table_list.html"
    form_template: str = "core/table_form.html"

    @property
    def label(self) -> str:
        """The model as registries name it: "app.model"."""
        return self.model._meta.label_lower

    def all_rows(self) -> QuerySet[Any]:
        """Every row of the table in its order."""
        rows = self.rows() if self.rows else self.model._default_manager.all()
        return rows.order_by(self.ordering, "pk") if self.ordering else rows

    def url(self, page: str = "", *, pk: Any = None) -> str:
        """The address of one of the pages: "", add, edit, position, archive, restore, removal."""
        name = f"{self.url_name}_{page}" if page else self.url_name
        return reverse(name, args=[] if pk is None else [pk])

    def rearranged(self, row: Any, *, actor: Any, now: datetime) -> None:
        """Tell the table's app that a row moved, came or went."""
        if self.on_rearranged:
            self.on_rearranged(row, actor=actor, now=now)

    def reason_to_keep(self, row: Any) -> str:
        """Why the row must stay in use; empty when it need not."""
        return self.kept_because(row) if self.kept_because else ""

    def urls(self) -> list[URLPattern]:
        """All pages of the table, for an app's urlpatterns."""
        prefix, name = self.url_prefix.strip("/"), self.url_name
        pages: list[tuple[str, str, View]] = [
            (prefix, name, list_rows),
            (f"{prefix}/add", f"{name}_add", add_row),
            (f"{prefix}/<int:pk>", f"{name}_edit", edit_row),
        ]
        if self.is_removable:
            pages.append((f"{prefix}/<int:pk>/removal", f"{name}_removal", remove_row))
        if self.ordering:
            pages.append((f"{prefix}/<int:pk>/position", f"{name}_position", move_row))
        if self.archived:
            pages.append((f"{prefix}/<int:pk>/archive", f"{name}_archive", archive_row))
            pages.append((f"{prefix}/<int:pk>/archive/removal", f"{name}_restore", restore_row))
        return [path(route, self._guarded(view), name=known_as) for route, known_as, view in pages]

    def _guarded(self, view: View) -> View:
        @functools.wraps(view)
        def bound(request: HttpRequest, /, **kwargs: Any) -> HttpResponseBase:
            return view(request, self, **kwargs)

        return permission_required(self.permission)(bound)


@require_http_methods(["GET", "HEAD"])
def list_rows(request: HttpRequest, table: ManagedTable) -> HttpResponse:
    """The table in its order, archived rows below."""
    rows = table_rows(table)
    context = {
        "table": table,
        "headings": [heading for heading, _cell in table.columns],
        "rows": rows,
        "count": len([row for row in rows if not row.is_archived]),
        "shows_uses": any(row.uses for row in rows),
        "add_url": table.url("add"),
        "changes_url": _changes_url(request, table),
    }
    return render_page(request, table.list_template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def add_row(request: HttpRequest, table: ManagedTable) -> HttpResponseBase:
    """A form for a new row."""
    if request.method != "POST":
        return form_page(request, table, table_actions.blank(table.form_class))
    submitted = table_actions.add_row(
        table, request.POST, files=request.FILES, actor=request.user, now=clock.now()
    )
    return _answer(request, table, submitted)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_row(request: HttpRequest, table: ManagedTable, pk: int) -> HttpResponseBase:
    """The form of one row; a version in it tells when somebody else was faster."""
    row = get_object_or_404(table.all_rows(), pk=pk)
    if request.method != "POST":
        return form_page(request, table, table_actions.opened(table.form_class, row))
    submitted = table_actions.change_row(
        table, row, data=request.POST, files=request.FILES, actor=request.user, now=clock.now()
    )
    return _answer(request, table, submitted)


@require_POST
def move_row(request: HttpRequest, table: ManagedTable, pk: int) -> HttpResponse:
    """One place up or down."""
    row = get_object_or_404(table.all_rows(), pk=pk)
    step = -1 if request.POST.get("direction") == "up" else 1
    table_actions.move_row(table, row, step=step, actor=request.user, now=clock.now())
    return see_other(request, f"{table.url()}#row-{pk}")


@require_POST
def archive_row(request: HttpRequest, table: ManagedTable, pk: int) -> HttpResponse:
    """Out of use, with everything that refers to it kept."""
    row = get_object_or_404(table.all_rows(), pk=pk)
    try:
        table_actions.archive_row(table, row, actor=request.user, now=clock.now())
    except table_actions.MustStay as refusal:
        messages.error(request, str(refusal))
    return see_other(request, table.url())


@require_POST
def restore_row(request: HttpRequest, table: ManagedTable, pk: int) -> HttpResponse:
    """Back in use."""
    row = get_object_or_404(table.all_rows(), pk=pk)
    table_actions.restore_row(table, row, actor=request.user, now=clock.now())
    return see_other(request, table.url())


@require_http_methods(["GET", "HEAD", "POST"])
def remove_row(request: HttpRequest, table: ManagedTable, pk: int) -> HttpResponse:
    """Delete an unused row, or one whose uses move to another row."""
    row = get_object_or_404(table.all_rows(), pk=pk)
    if request.method != "POST":
        return _removal_page(request, table, row)
    try:
        table_actions.remove_row(
            table, row, replacement=_chosen(request, table), actor=request.user, now=clock.now()
        )
    except table_actions.MustStay as refusal:
        return _removal_page(request, table, row, refusal=str(refusal))
    messages.success(request, _("%(name)s was removed.") % {"name": row})
    return see_other(request, table.url())


def _answer(
    request: HttpRequest, table: ManagedTable, submitted: table_actions.Submitted
) -> HttpResponse:
    if submitted.is_saved:
        messages.success(request, _("%(name)s was saved.") % {"name": submitted.form.instance})
        return see_other(request, table.url())
    return form_page(request, table, submitted)


def form_page(
    request: HttpRequest, table: ManagedTable, submitted: table_actions.Submitted
) -> HttpResponse:
    """The page of a form as it stands: fresh, refused, in conflict, or to be confirmed."""
    row = submitted.form.instance if submitted.form.instance.pk else None
    context = {
        "table": table,
        "row": row,
        "submitted": submitted,
        "form": submitted.form,
        "preview": table.preview(row) if table.preview and row else "",
        "list_url": table.url(),
        "uses": usage_words(table.label, row.pk) if row else [],
        "removal_url": table.url("removal", pk=row.pk) if row and table.is_removable else "",
        "changes_url": _changes_url(request, table, row),
    }
    return render_page(request, table.form_template, context, status=submitted.status)


def _removal_page(
    request: HttpRequest, table: ManagedTable, row: Any, *, refusal: str = ""
) -> HttpResponse:
    refusal = refusal or table.reason_to_keep(row)
    uses = usage_words(table.label, row.pk)
    others = [other for other in table_actions.in_use(table) if other.pk != row.pk]
    context = {
        "table": table,
        "row": row,
        "uses": uses,
        "refusal": refusal,
        "others": others if uses and table.replace else [],
        "can_remove": not table.reason_to_keep(row) and (not uses or bool(table.replace)),
        "archive_url": table.url("archive", pk=row.pk) if table.archived else "",
        "list_url": table.url(),
    }
    return render_page(request, "core/table_removal.html", context, status=409 if refusal else 200)


def _chosen(request: HttpRequest, table: ManagedTable) -> Any:
    """The replacement: only a row of this table that is in use counts."""
    wanted = request.POST.get("replacement", "")
    if not wanted:
        return None
    if not wanted.isdecimal():
        raise Http404
    return get_object_or_404(table_actions.in_use(table), pk=int(wanted))


def _changes_url(request: HttpRequest, table: ManagedTable, row: Any = None) -> str:
    """The audit log of this table or row, for those who may read it."""
    if not request.user.may("audit.read"):  # type: ignore[union-attr] # staff, checked before
        return ""
    query = f"?kind={table.model._meta.model_name}" + (f"&subject={row.pk}" if row else "")
    return reverse("audit_log") + query
