"""Work around a ticket: its tasks, who watches it, own reminders; and the list of tasks."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.rendering import render_page, see_other
from core.submissions import idempotent
from desk.access import reader, ticket_or_404
from desk.answers import changed
from desk.links import tasks_url
from desk.task_list import task_list
from desk.views.steps import Step, take_step, typed
from desk.work_forms import TaskForm
from tickets import actions
from tickets.actors import Actor
from tickets.models import Task, TaskItem, Ticket
from tickets.search import ticket_number
from tickets.task_templates import templates_for

NEW_TASK = Step(TaskForm, "tasks", _l("Add a task"), _l("Add the task"), _l("Task added."))


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """Tasks, what is due first: one's own, one's teams', the late, the done, or all."""
    page = task_list(reader(request), request.GET, now=clock.now())
    return render_page(request, "desk/tasks.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def ticket_tasks(request: HttpRequest, number: int) -> HttpResponse:
    """Add a task."""
    ticket = ticket_or_404(request, number)
    form = TaskForm(typed(request), ticket=ticket, user=reader(request))
    return take_step(request, form, NEW_TASK)


@require_POST
@idempotent
def template_task(request: HttpRequest, number: int) -> HttpResponse:
    """Add the task of a template, for oneself."""
    ticket, user = ticket_or_404(request, number), reader(request)
    offered = {str(row.pk): row for row in templates_for(ticket.department_id)}
    template = offered.get(request.POST.get("template", ""))
    if template is None:
        raise Http404
    actions.apply_template(
        ticket, template=template, owner=user, actor=Actor.of_user(user), now=clock.now()
    )
    return changed(request, ticket, str(NEW_TASK.done))


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def ticket_task(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Another title, owner, due time or checklist."""
    ticket = ticket_or_404(request, number)
    task = _task(ticket, pk)
    form = TaskForm(typed(request), ticket=ticket, user=reader(request), task=task)
    step = Step(TaskForm, f"tasks/{pk}", _("Change the task"), _("Save"), _("Saved."))
    return take_step(request, form, step)


@require_POST
def task_items(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Tick an entry of the checklist off, or take the tick back."""
    ticket = ticket_or_404(request, number)
    chosen = request.POST.get("done") or request.POST.get("open") or ""
    items = TaskItem.objects.filter(task__ticket=ticket, task=pk).select_related("task__ticket")
    item = get_object_or_404(items, pk=ticket_number(chosen) or 0)
    act = actions.tick_item if "done" in request.POST else actions.untick_item
    act(item, actor=Actor.of_user(reader(request)), now=clock.now())
    return changed(request, ticket, _("Saved."))


@require_POST
def task_completion(request: HttpRequest, number: int, pk: int, step: str) -> HttpResponse:
    """Tick a task off, or put it back; each twice is once."""
    ticket = ticket_or_404(request, number)
    act = {"done": actions.complete_task, "open": actions.reopen_task}[step]
    act(_task(ticket, pk), actor=Actor.of_user(reader(request)), now=clock.now())
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


def _task(ticket: Ticket, pk: int) -> Task:
    rows = ticket.tasks.select_related("ticket", "owner").prefetch_related("items")
    return get_object_or_404(rows, pk=pk)
