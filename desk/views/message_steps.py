"""Pages for a step with one message: forward, redact."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from core import clock
from core.rendering import render_page, see_other
from core.submissions import idempotent
from desk.access import message_or_404, reader
from desk.links import message_url, permalink
from desk.message_steps import STEPS, MessageStepForm, shown_words
from tickets.actors import Actor
from tickets.models import Message


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def message_step(request: HttpRequest, number: int, pk: int, name: str) -> HttpResponse:
    """The page of one step; a refused form comes back with what was typed."""
    message, step = message_or_404(request, number, pk), STEPS[name]
    if not step.is_offered(reader(request), message):
        raise Http404
    form = step.form(request.POST if request.method == "POST" else None, message=message)
    if form.is_bound and form.is_valid():
        form.take(actor=Actor.of_user(reader(request)), now=clock.now())
        messages.success(request, str(step.done))
        return see_other(request, permalink(number, pk))
    return _shown(request, message, form, name)


def _shown(
    request: HttpRequest, message: Message, form: MessageStepForm, name: str
) -> HttpResponse:
    number = message.ticket.number
    context = {
        "step": STEPS[name],
        "form": form,
        "number": f"#{number}",
        "url": message_url(number, message.pk, part=name),
        "back_url": permalink(number, message.pk),
        "author": message.author_name or message.author_email,
        "words": shown_words(message),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render_page(request, "desk/message_step.html", context, status=status)
