"""The page of one request: what it shows to a customer with an account, and to a guest."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portal.access import standing_with, the_customer
from portal.answers import form_page
from portal.appointments import coming_words
from portal.conversation import Conversation, Reader, conversation_of
from portal.custom_fields import EditableAnswers, shown_answers
from portal.forms import AnswerForm
from portal.standing import Standing, standing_of
from tickets.custom_fields.answering import AnswersForm
from tickets.guests import ticket_behind
from tickets.models import GuestLink, Ticket
from tickets.reopening import is_past_reopening
from tickets.signing import signed_path

TEMPLATE = "portal/request.html"
MAX_DIGITS = 18


class RequestPage:
    """One request for one reader; parts are worked out only when the template asks."""

    is_guest = False
    error = ""

    def __init__(self, ticket: Ticket, *, reader: Reader, url: str, now: datetime) -> None:
        self.ticket = ticket
        self.reader = reader
        self.url = url
        self.now = now
        self.before: int | None = None

    @cached_property
    def conversation(self) -> Conversation:
        return conversation_of(self.ticket, reader=self.reader, now=self.now, before=self.before)

    @cached_property
    def standing(self) -> Standing:
        return standing_of(self.ticket, now=self.now)

    @cached_property
    def appointments(self) -> list[list[str]]:
        """What is agreed and still to come, on the wall clock it was agreed in."""
        return coming_words(self.ticket, now=self.now)

    @property
    def is_newest(self) -> bool:
        """Whether the end of the conversation is shown, so that it may be kept fresh."""
        return self.before is None

    @property
    def is_own(self) -> bool:
        customer = self.reader.customer
        return not self.is_guest and customer is not None and customer.pk == self.ticket.customer_id

    @property
    def may_solve(self) -> bool:
        is_apart = self.ticket.merged_into_id is not None
        return self.is_own and not is_apart and not self.ticket.is_resolved

    @property
    def may_reopen(self) -> bool:
        is_past = is_past_reopening(self.ticket, now=self.now)
        is_apart = self.ticket.merged_into_id is not None
        return self.is_own and not is_apart and self.ticket.is_resolved and not is_past

    @cached_property
    def answers(self) -> AnswersForm | None:
        """The fields whoever asked may change, as long as somebody works on it."""
        if not self.may_solve or self.is_merged:
            return None
        form = EditableAnswers(ticket=self.ticket)
        return form if form.asked else None

    @cached_property
    def details(self) -> list[tuple[str, str]]:
        """What is known beyond the conversation, and may be read by customers."""
        return shown_answers(self.ticket, besides=self.answers)

    @property
    def is_merged(self) -> bool:
        """Joined with another request of the same customer; with another's it stays as it was."""
        into = self.ticket.merged_into
        return into is not None and into.customer_id == self.ticket.customer_id

    @property
    def pulse_url(self) -> str:
        if self.is_guest or not self.is_newest:
            return ""
        url = reverse("portal:pulse", args=[self.ticket.public_id])
        return f"{url}?mark={self.conversation.mark}"

    @property
    def older_url(self) -> str:
        older = self.conversation.older
        return f"{self.url}?before={older}" if older else ""


class GuestPage(RequestPage):
    """The same by a link: reading and answering only (X-20)."""

    is_guest = True


def page_of(request: HttpRequest, ticket: Ticket, *, now: datetime) -> RequestPage:
    """The page for a customer with an account."""
    customer = the_customer(request)
    url = reverse("portal:request", args=[ticket.public_id])
    page = RequestPage(ticket, reader=Reader(customer, customer.email), url=url, now=now)
    page.before = _edge(request)
    return page


def guest_page_of(request: HttpRequest, link: GuestLink, *, now: datetime) -> GuestPage:
    """The page for whoever has the link."""
    reader = Reader(None, link.email, lambda row: signed_path(row, f"guest:{link.pk}"))
    ticket = standing_with(ticket_behind(link))
    page = GuestPage(ticket, reader=reader, url=request.path, now=now)
    page.before = _edge(request)
    return page


def shown(
    request: HttpRequest, page: RequestPage, form: AnswerForm, *, status: int | None = None
) -> HttpResponse:
    """The page with its answer form, or only the form when htmx sent it."""
    response = form_page(request, TEMPLATE, form, {"page": page}, status=status)
    if page.is_guest:
        # The address is the key: it belongs into no search engine.
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _edge(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(text) if is_number else None
