"""Time spent on a ticket: the timer, and what is written down by hand."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.submissions import idempotent
from desk.access import reader, ticket_or_404
from desk.answers import changed
from desk.views.steps import Step, take_step, typed
from desk.work_forms import TimeForm
from tickets import actions
from tickets.actors import Actor
from tickets.models import TimeEntry
from tickets.time_spent import written_span

WRITING = Step(
    TimeForm, "time_entries", _l("Write time down"), _l("Write it down"), _l("Written down.")
)


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def time_entries(request: HttpRequest, number: int) -> HttpResponse:
    """Write down time that has been spent."""
    ticket = ticket_or_404(request, number)
    form = TimeForm(typed(request), ticket=ticket, user=reader(request))
    return take_step(request, form, WRITING)


@require_POST
def timer_start(request: HttpRequest, number: int) -> HttpResponse:
    """Let the time run; a timer that runs elsewhere stops, and the answer says so."""
    ticket, user = ticket_or_404(request, number), reader(request)
    started = actions.start_timer(ticket, actor=Actor.of_user(user), now=clock.now())
    words = _("The timer runs.")
    if started.stopped is not None:
        words = _("The timer runs. %(span)s were written down on #%(number)s.") % {
            "span": written_span(started.stopped.seconds),
            "number": started.stopped.ticket.number,
        }
    return changed(request, ticket, words)


@require_POST
def timer_stop(request: HttpRequest, number: int) -> HttpResponse:
    """Stop the time and write it down."""
    ticket, user = ticket_or_404(request, number), reader(request)
    entry = actions.stop_timer(user, actor=Actor.of_user(user), now=clock.now())
    if entry is None:
        return changed(request, ticket, _("No timer was running."))
    words = _("%(span)s were written down on #%(number)s.")
    span, where = written_span(entry.seconds), entry.ticket.number
    return changed(request, ticket, words % {"span": span, "number": where})


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def time_entry(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Correct an entry: one's own, or as somebody who sees all tickets."""
    ticket, entry = ticket_or_404(request, number), _entry(request, number, pk)
    form = TimeForm(typed(request), ticket=ticket, user=reader(request), entry=entry)
    step = Step(TimeForm, f"time_entries/{pk}", _("Change the time"), _("Save"), _("Saved."))
    return take_step(request, form, step)


@require_POST
def time_entry_removal(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Strike an entry out."""
    ticket, entry = ticket_or_404(request, number), _entry(request, number, pk)
    actions.delete_time_entry(entry, actor=Actor.of_user(reader(request)), now=clock.now())
    return changed(request, ticket, _("Struck out."))


def _entry(request: HttpRequest, number: int, pk: int) -> TimeEntry:
    user = reader(request)
    rows = TimeEntry.objects.visible_to(user).changeable_by(user)
    return get_object_or_404(rows.select_related("ticket", "user"), pk=pk, ticket__number=number)
