"""The customer file: its parts beyond tickets, and notes."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models.role import Permission
from core import clock
from core.access import PermissionMissing
from core.rendering import render_page, see_other
from core.submissions import idempotent
from customers import actions
from customers.models import Customer, CustomerNote
from desk.access import customer_or_404, reader
from desk.client_file import head_of, part_of
from desk.client_forms import NoteForm
from desk.links import customer_url

_OWN_PAGES = ("contacts", "activity", "assets", "notes")


@require_safe
def client_part(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """One part of the file."""
    return _page(request, customer_or_404(request, pk), part, NoteForm())


@require_POST
@idempotent
def client_notes(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a note; an empty one comes back."""
    customer, form = customer_or_404(request, pk), NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, customer, "notes", form)
    actions.add_note(
        customer, text=form.cleaned_data["text"], actor=reader(request), now=clock.now()
    )
    return see_other(request, customer_url(pk, part="notes"))


@require_POST
def note_step(request: HttpRequest, pk: int, note_pk: int, step: str) -> HttpResponse:
    """Pin a note, let it go, or throw it away."""
    note, user = _note_or_404(request, pk, note_pk), reader(request)
    if step == "removal":
        if note.author_id != user.pk and not user.may(Permission.CUSTOMERS_CHANGE):
            raise PermissionMissing(Permission.CUSTOMERS_CHANGE)
        actions.remove_note(note, actor=user, now=clock.now())
        messages.success(request, _("The note is removed."))
    else:
        actions.pin_note(note, pinned=step == "pin", actor=user, now=clock.now())
    return see_other(request, customer_url(pk, part="notes"))


def _note_or_404(request: HttpRequest, pk: int, note_pk: int) -> CustomerNote:
    customer = customer_or_404(request, pk)
    return get_object_or_404(customer.written_notes.select_related("customer"), pk=note_pk)


def _page(request: HttpRequest, customer: Customer, part: str, form: NoteForm) -> HttpResponse:
    user, now = reader(request), clock.now()
    context = {
        "file": head_of(customer, part=part, user=user),
        "part": part,
        "form": form,
        **part_of(customer, part, user=user, query=request.GET, now=now),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    page = part if part in _OWN_PAGES else "records"
    return render_page(request, f"desk/client_{page}.html", context, status=status)
