"""Steps with a ticket that need a few words: hand over, escalate, set aside, be reminded."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from core import clock
from core.rendering import render_page, see_other, wants_fragment
from core.submissions import idempotent
from desk.access import reader, ticket_or_404
from desk.answers import changed, emptied, refused
from desk.links import ticket_url
from desk.queue import view_of
from desk.step_forms import (
    DeescalationForm,
    EscalationForm,
    HandoverForm,
    ReminderForm,
    SnoozeForm,
    StepForm,
)
from tickets import actions
from tickets.actors import Actor
from tickets.models import Ticket

TEMPLATE = "desk/ticket_step.html"
SLOT = "#ticket-step"


@dataclass(frozen=True)
class Step:
    """A form with its words and its address below the ticket."""

    form: type[StepForm]
    part: str
    title: Any
    button: Any
    done: Any
    template: str = TEMPLATE


STEPS = {
    "department": Step(
        HandoverForm,
        "department",
        gettext_lazy("Hand the ticket over"),
        gettext_lazy("Hand over"),
        gettext_lazy("Handed over."),
    ),
    "escalation": Step(
        EscalationForm,
        "escalation",
        gettext_lazy("Escalate the ticket"),
        gettext_lazy("Escalate"),
        gettext_lazy("Escalated."),
    ),
    "deescalation": Step(
        DeescalationForm,
        "escalation/removal",
        gettext_lazy("Take the escalation back"),
        gettext_lazy("Take it back"),
        gettext_lazy("No longer escalated."),
    ),
    "snooze": Step(
        SnoozeForm,
        "snooze",
        gettext_lazy("Snooze the ticket"),
        gettext_lazy("Snooze"),
        gettext_lazy("Snoozed."),
    ),
    "reminder": Step(
        ReminderForm,
        "reminders",
        gettext_lazy("Be reminded of the ticket"),
        gettext_lazy("Remind me"),
        gettext_lazy("You will be reminded."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def ticket_step(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """The page of one step; a refused form comes back with what was typed."""
    ticket, step = ticket_or_404(request, number), STEPS[name]
    return take_step(request, _form(request, ticket, step, data=typed(request)), step)


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing before it was sent."""
    return request.POST if request.method == "POST" else None


def take_step(request: HttpRequest, form: StepForm, step: Step) -> HttpResponse:
    """Show the form of a step, or take the step with what was typed."""
    if not form.is_bound:
        return _shown(request, form, step)
    if _taken(form):
        return emptied(request, changed(request, form.ticket, str(step.done)))
    if wants_fragment(request) and request.headers.get("HX-Target", "") != SLOT[1:]:
        return refused(request, form.ticket, str(next(iter(form.errors.values()))[0]))
    return _shown(request, form, step, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["GET", "HEAD", "POST"])
def ticket_department(request: HttpRequest, number: int) -> HttpResponseBase:
    """The department by itself is a choice: what must be said with it is asked for next (R182)."""
    if request.method != "POST" or "note" in request.POST:
        return ticket_step(request, number, name="department")
    ticket, chosen = ticket_or_404(request, number), request.POST.get("department", "")
    step = STEPS["department"]
    field = _form(request, ticket, step).fields["department"]
    try:
        department = field.clean(chosen)
    except ValidationError as refusal:
        return refused(request, ticket, " ".join(refusal.messages))
    if department == ticket.department:
        return changed(request, ticket, _("Saved."))
    if not wants_fragment(request):
        view = view_of(request.POST.get("view", ""), reader(request)).slug
        return see_other(request, f"{_url(ticket, step)}?department={chosen}&view={view}")
    form = _form(request, ticket, step, initial={"department": chosen})
    return reswap(retarget(_shown(request, form, step), SLOT), "innerHTML")


@require_POST
def ticket_waking(request: HttpRequest, number: int) -> HttpResponse:
    """Back into the queue at once."""
    ticket = ticket_or_404(request, number)
    actions.wake_ticket(ticket, actor=Actor.of_user(reader(request)), now=clock.now())
    return changed(request, ticket, _("Back in the queue."))


@require_POST
def handover_removal(request: HttpRequest, number: int) -> HttpResponse:
    """Unpin the hand-over note; it stays in the thread."""
    ticket = ticket_or_404(request, number)
    actions.unpin_handover(ticket, actor=Actor.of_user(reader(request)), now=clock.now())
    return changed(request, ticket, _("Unpinned."))


def _form(
    request: HttpRequest, ticket: Ticket, step: Step, *, data: Any = None, initial: Any = None
) -> StepForm:
    started = initial or {"department": request.GET.get("department", "")}
    return step.form(data, ticket=ticket, user=reader(request), initial=started)


def _taken(form: StepForm) -> bool:
    """Whether the form was valid and its action agreed; else its errors say why not."""
    if not form.is_valid():
        return False
    try:
        form.take(actor=Actor.of_user(form.user), now=clock.now())
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    return True


def _shown(
    request: HttpRequest, form: StepForm, step: Step, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    asked = request.POST.get("view") or request.GET.get("view", "")
    view = view_of(asked, form.user).slug
    context = {
        "form": form,
        "step": step,
        "url": _url(form.ticket, step),
        "back_url": ticket_url(form.ticket.number, view=view),
        "view": view,
        "number": f"#{form.ticket.number}",
        "is_inline": wants_fragment(request),
    }
    return render_page(request, step.template, context, fragment="step", status=status)


def _url(ticket: Ticket, step: Step) -> str:
    return f"{ticket_url(ticket.number)}/{step.part}"
