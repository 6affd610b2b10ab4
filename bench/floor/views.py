"""The framework floor: session, user, fifty rows of ten columns, ready text, a plain template."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine

from tickets.models import Ticket

_COLUMNS = (
    "number", "subject", "status__name", "priority__name", "department__name", "customer__name",
    "assignee__name", "due_reason", "last_message_preview", "channel",
)  # fmt: skip
_engine = Engine()
_ROWS = _engine.from_string(
    "<!doctype html><title>Floor</title><p>{{ user }}</p><table>{% for row in rows %}<tr>"
    "{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)
_IDIOMATIC = _engine.from_string(
    "<!doctype html><title>Floor</title><p>{{ user }}</p><table>{% for t in tickets %}<tr>"
    "<td>{{ t.number }}</td><td>{{ t.subject }}</td><td>{{ t.status.name }}</td>"
    "<td>{{ t.priority.name }}</td><td>{{ t.department.name }}</td><td>{{ t.customer.name }}</td>"
    "<td>{{ t.assignee.name }}</td><td>{{ t.created_at|date:'d M H:i' }}</td>"
    "<td>{{ t.last_message_preview }}</td><td>{{ t.updated_at|date:'d M H:i' }}</td></tr>"
    "{% endfor %}</table>"
)


def tight(request: HttpRequest) -> HttpResponse:
    """values_list and ready text."""
    tickets = Ticket.objects.filter(is_open=True, department_id__in=_departments(request))
    rows = [
        [str(cell or "") for cell in row]
        for row in tickets.order_by("next_due_at", "id").values_list(*_COLUMNS)[:51]
    ]
    return HttpResponse(_ROWS.render(Context({"rows": rows, "user": request.user.email})))


def idiomatic(request: HttpRequest) -> HttpResponse:
    """ORM objects with select_related."""
    tickets = (
        Ticket.objects.filter(is_open=True, department_id__in=_departments(request))
        .select_related("status", "priority", "department", "customer", "assignee")
        .order_by("next_due_at", "id")[:51]
    )
    return HttpResponse(
        _IDIOMATIC.render(Context({"tickets": tickets, "user": request.user.email}))
    )


def _departments(request: HttpRequest) -> list[int]:
    return request.user.department_ids()
