"""Work around a ticket: its tasks, who watches it, own reminders; and the list of tasks."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.rendering import render_page, see_other
from desk.access import reader, ticket_or_404
from desk.answers import changed, refused
from desk.links import tasks_url
from desk.step_forms import TaskForm
from desk.task_list import ALL, MINE, task_list
from tickets import actions
from tickets.actors import Actor


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """Open tasks, what is due first: one's own, or all one may see."""
    whose = ALL if request.GET.get("whose") == ALL else MINE
    page = task_list(reader(request), whose=whose, now=clock.now())
    return render_page(request, "desk/tasks.html", {"page": page})


@require_POST
def ticket_tasks(request: HttpRequest, number: int) -> HttpResponse:
    """Add a task."""
    ticket, user = ticket_or_404(request, number), reader(request)
    form = TaskForm(request.POST, ticket=ticket, user=user)
    if not form.is_valid():
        return refused(request, ticket, str(next(iter(form.errors.values()))[0]))
    try:
        form.take(actor=Actor.of_user(user), now=clock.now())
    except ValidationError as refusal:
        return refused(request, ticket, " ".join(refusal.messages))
    return changed(request, ticket, _("Task added."))


@require_POST
def task_completion(request: HttpRequest, number: int, pk: int, step: str) -> HttpResponse:
    """Tick a task off, or put it back; each twice is once."""
    ticket = ticket_or_404(request, number)
    act = {"done": actions.complete_task, "open": actions.reopen_task}[step]
    task = get_object_or_404(ticket.tasks.select_related("ticket"), pk=pk)
    act(task, actor=Actor.of_user(reader(request)), now=clock.now())
    if whose := request.POST.get("whose"):
        return see_other(request, tasks_url(whose=whose))
    return changed(request, ticket, _("Saved."))


@require_POST
def ticket_watching(request: HttpRequest, number: int, step: str) -> HttpResponse:
    """Begin or cease to watch."""
    ticket, user = ticket_or_404(request, number), reader(request)
    act = {"on": actions.watch, "off": actions.unwatch}[step]
    act(ticket, users=[user], actor=Actor.of_user(user), now=clock.now())
    words = {"on": _("You watch this ticket."), "off": _("You no longer watch this ticket.")}
    return changed(request, ticket, words[step])


@require_POST
def reminder_removal(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Call an own reminder off."""
    ticket = ticket_or_404(request, number)
    reminder = get_object_or_404(ticket.reminders, pk=pk, user=reader(request))
    actions.forget_reminder(reminder)
    return changed(request, ticket, _("You will not be reminded."))
