"""Macros: the list of a ticket, the preview of one, several tickets at once."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.rendering import render_page, see_other
from core.submissions import idempotent
from desk.access import reader, ticket_or_404, visible_tickets
from desk.links import ticket_url
from desk.macros import (
    BulkForm,
    MacroForm,
    apply_to_many,
    bulk_words,
    links_of,
    offered_macro,
    page_of,
    tried,
)


@require_safe
def ticket_macros(request: HttpRequest, number: int) -> HttpResponse:
    """What is offered for this ticket, each as a sentence."""
    ticket = ticket_or_404(request, number)
    context = {
        "links": links_of(ticket, reader(request), now=clock.now()),
        "number": f"#{number}",
        "subject": ticket.subject,
        "back_url": ticket_url(number),
        "bulk_url": f"{reverse('desk:tickets_macro')}?number={number}",
    }
    return render_page(request, "desk/macros.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def ticket_macro(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """The preview; its button applies what is seen, with the text as edited."""
    ticket, user, now = ticket_or_404(request, number), reader(request), clock.now()
    macro = offered_macro(ticket, user, pk=pk, now=now)
    if macro is None:
        raise Http404
    form, trouble = MacroForm(request.POST if request.method == "POST" else None), ""
    if form.is_valid():
        wish = form.wish(request.POST.get("how", ""))
        trouble, is_done = tried(macro, ticket, user=user, wish=wish, now=now)
        if is_done:
            messages.success(request, trouble)
            return see_other(request, ticket_url(number))
    page = page_of(macro, ticket, user=user, now=now, form=_typed(form), trouble=trouble)
    return render_page(request, "desk/macro.html", {"page": page}, status=_status(request))


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def tickets_macro(request: HttpRequest) -> HttpResponse:
    """One macro on several tickets, with a line for each of them."""
    user, lines = reader(request), []
    started = {"numbers": ", ".join(request.GET.getlist("number"))}
    form = BulkForm(request.POST or None, user=user, initial=started)
    status = _status(request)
    if request.method == "POST" and form.is_valid():
        tickets = visible_tickets(request)
        lines, status = apply_to_many(form, tickets, user=user, now=clock.now()), HTTPStatus.OK
    context = {"form": form, "lines": lines, "words": bulk_words(lines), "has_lines": bool(lines)}
    return render_page(request, "desk/macro_bulk.html", context, status=status)


def _typed(form: MacroForm) -> MacroForm | None:
    return form if form.is_bound else None


def _status(request: HttpRequest) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
