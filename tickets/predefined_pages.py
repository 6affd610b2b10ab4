"""`/admin/predefined_replies`: everybody keeps replies of their own, managers the shared ones."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core import clock, files
from core.access import staff_required
from core.exports import csv_response
from core.option_pages import OptionPage
from core.rendering import render_page, see_other
from core.submissions import idempotent
from tickets.actions import predefined as actions
from tickets.actions.predefined_import import import_predefined
from tickets.models import PredefinedReply
from tickets.predefined_csv import COLUMNS, Plan, plan_of, table_rows
from tickets.predefined_forms import ImportForm, PredefinedForm, version_of
from tickets.predefined_library import library_of, placeholder_rows, preview_of
from tickets.uploads import has_room

SALT = "tickets.predefined.import"

article_sentence = OptionPage(
    url_prefix="admin/predefined_replies/article",
    url_name="predefined_article",
    title=_lazy("Articles in answers"),
    purpose=_lazy("What stands around the address of an article that an agent inserts."),
    keys=("tickets.article_sentence",),
)


@staff_required
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """What one may use, by folder, scope and words."""
    page = library_of(_user(request), request.GET, now=clock.now())
    return render_page(request, "tickets/predefined.html", {"page": page})


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def add_reply(request: HttpRequest) -> HttpResponse:
    """A new reply."""
    user = _user(request)
    if request.method != "POST":
        return _form_page(request, PredefinedForm(user=user), None)
    form = PredefinedForm(request.POST, request.FILES, user=user)
    return _saved(request, form, None)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """One reply; who was slower sees what the other one wrote, and keeps what was typed."""
    reply = _changeable(request, pk)
    if request.method != "POST":
        return _form_page(request, PredefinedForm(user=_user(request), instance=reply), reply)
    form = PredefinedForm(request.POST, request.FILES, user=_user(request), instance=reply)
    if request.POST.get("version") != version_of(_changeable(request, pk)):
        return _form_page(request, form, reply, status=HTTPStatus.CONFLICT)
    return _saved(request, form, reply)


@staff_required
@require_POST
def reply_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Out of use, back in use, or gone."""
    reply = _changeable(request, pk)
    act = {
        "archive": actions.archive_predefined,
        "restore": actions.restore_predefined,
        "remove": actions.remove_predefined,
    }[step]
    act(reply, actor=_user(request), now=clock.now())
    messages.success(request, _("Saved."))
    return see_other(request, reverse("predefined_replies"))


@staff_required
@require_safe
def export_replies(request: HttpRequest) -> StreamingHttpResponse:
    """The replies one may use as a table, in the form the import reads."""
    rows = PredefinedReply.objects.visible_to(_user(request))
    found = rows.select_related("department", "status_after").prefetch_related("texts")
    return csv_response("predefined-replies", headings=COLUMNS, rows=table_rows(list(found)))


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_replies(request: HttpRequest) -> HttpResponse:
    """Choose a table and see what it would do."""
    if request.method != "POST":
        return _import_page(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _import_page(request, form)
    content = form.cleaned_data["file"].read()
    try:
        plan = plan_of(_decoded(content), user=_user(request))
        sealed = signing.dumps(files.put(content).sha256, salt=SALT)
    except (ValidationError, files.StoreFull) as refusal:
        form.add_error("file", getattr(refusal, "messages", None) or _("There is no room."))
        return _import_page(request, form)
    return _import_page(request, form, plan=plan, sealed=sealed)


@staff_required
@require_POST
def run_import(request: HttpRequest) -> HttpResponse:
    """Apply the table that was seen; lines in trouble are left out and counted."""
    try:
        digest = signing.loads(request.POST.get("table", ""), salt=SALT, max_age=3600)
        with files.open_file(digest) as stored:
            content = _decoded(stored.read())
        plan = import_predefined(content, user=_user(request), now=clock.now())
    except (signing.BadSignature, files.FileMissing, ValidationError):
        messages.error(request, _("Choose the file once more."))
        return see_other(request, reverse("predefined_import"))
    messages.success(
        request,
        _("%(new)d added, %(changed)d changed, %(same)d as they were, %(left)d lines left out.")
        % _counts(plan),
    )
    return see_other(request, reverse("predefined_replies"))


def urls() -> list[URLPattern]:
    """The pages of the library."""
    one = "admin/predefined_replies/<int:pk>"
    return [
        path("admin/predefined_replies", library, name="predefined_replies"),
        path("admin/predefined_replies/add", add_reply, name="predefined_add"),
        path("admin/predefined_replies/export", export_replies, name="predefined_export"),
        path("admin/predefined_replies/import", import_replies, name="predefined_import"),
        path("admin/predefined_replies/import/run", run_import, name="predefined_import_run"),
        path(one, edit_reply, name="predefined_reply"),
        *(
            path(f"{one}/{part}", reply_step, {"step": step}, name=f"predefined_{step}")
            for part, step in (
                ("archive", "archive"),
                ("archive/removal", "restore"),
                ("removal", "remove"),
            )
        ),
    ]


def _saved(
    request: HttpRequest, form: PredefinedForm, reply: PredefinedReply | None
) -> HttpResponse:
    """Save a valid form; a wrong one, or one that is only to be looked at, comes back."""
    if "preview" in request.POST:
        return _form_page(request, form, reply, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not form.is_valid() or not has_room(form):
        return _form_page(request, form, reply, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    saved = actions.save_predefined(
        reply, facts=form.facts(), actor=_user(request), now=clock.now()
    )
    messages.success(request, _("%(name)s was saved.") % {"name": saved})
    if unknown := form.unknown_names():
        names = {"names": ", ".join(unknown)}
        messages.warning(request, _("Nothing stands for these names: %(names)s") % names)
    return see_other(request, reverse("predefined_replies"))


def _form_page(
    request: HttpRequest,
    form: PredefinedForm,
    reply: PredefinedReply | None,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    number = request.POST.get("ticket", "")
    user = _user(request)
    stored = PredefinedReply.objects.get(pk=reply.pk) if reply else None
    is_conflict = status == HTTPStatus.CONFLICT
    context: dict[str, Any] = {
        "form": form,
        "reply": stored,
        "version": version_of(stored) if stored else "",
        "theirs": list(stored.texts.all()) if stored and is_conflict else [],
        "files": list(stored.files.all()) if stored else [],
        "placeholders": placeholder_rows(),
        "ticket": number,
        "preview": preview_of(form, number, user=user, now=clock.now()) if number else None,
        "was_previewed": "preview" in request.POST,
    }
    return render_page(request, "tickets/predefined_form.html", context, status=status)


def _import_page(
    request: HttpRequest, form: ImportForm, *, plan: Plan | None = None, sealed: str = ""
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {
        "form": form,
        "plan": plan,
        "counts": _counts(plan) if plan else {},
        "troubles": plan.troubles[:200] if plan else [],
        "sealed": sealed,
        "columns": ", ".join(COLUMNS),
    }
    return render_page(request, "tickets/predefined_import.html", context, status=status)


def _counts(plan: Plan) -> dict[str, int]:
    return {
        "new": len(plan.new),
        "changed": len(plan.changed),
        "same": plan.same,
        "left": len(plan.troubles),
    }


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise ValidationError(_("The file is not in UTF-8.")) from failure


def _changeable(request: HttpRequest, pk: int) -> PredefinedReply:
    rows = PredefinedReply.objects.changeable_by(_user(request))
    return get_object_or_404(rows.select_related("owner", "department", "status_after"), pk=pk)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
