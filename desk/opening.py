"""A ticket opened by hand: for a caller, for a visitor, or to write to a customer first (A-6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django import forms
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from core.text import clean_line, is_key
from customers.actions import create_customer
from customers.actions.arrivals import by_email
from customers.models import Customer
from desk import people
from desk.message_forms import MAX_TEXT
from desk.picker import PickerFields, expected_text, picked_files
from mailpipe.actions.receipts import send_receipt
from tickets import actions, vocabulary
from tickets.actions.opening import next_number, number_from
from tickets.actors import Actor
from tickets.content import Author, Content, NewFile, Recipients
from tickets.custom_fields.opening import AskingForm
from tickets.forms import LineField, RowField
from tickets.models import CustomField, Message, Ticket
from tickets.models.ticket import Channel
from tickets.models.vocabulary import Kind
from tickets.placeholders import numbered
from tickets.uploads import AttachmentsField

CHANNELS = (Channel.PHONE, Channel.MANUAL, Channel.EMAIL, Channel.WHATSAPP)
ALIKE = 0.6
COMPARED = 50


class NewTicketForm(AskingForm, PickerFields):
    """The customer by a chosen row or by an address, and what they want."""

    customer_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    email = forms.EmailField(
        label=_("Customer's e-mail"),
        required=False,
        help_text=_("Somebody new becomes a customer by this address."),
    )
    phone = LineField(label=_("Customer's phone"), required=False, max_length=40)
    name = LineField(label=_("Customer's name"), required=False, max_length=160)
    channel = forms.ChoiceField(
        label=_("Came by"), choices=[(channel.value, channel.label) for channel in CHANNELS]
    )
    department = RowField(label=_("Department"), rows=vocabulary.departments)
    subject = LineField(label=_("Subject"), max_length=255)
    service = RowField(
        label=_("Service"), rows=vocabulary.services, required=False, empty=_("Not known yet")
    )
    priority = RowField(
        label=_("Priority"), rows=vocabulary.priorities, required=False, empty=_("As usual")
    )
    assignee = forms.ChoiceField(label=_("Assignee"), required=False)
    kind = forms.ChoiceField(
        label=_("The text is"),
        choices=[
            (Message.Kind.INBOUND, _("what the customer said")),
            (Message.Kind.REPLY, _("a message to the customer")),
            (Message.Kind.NOTE, _("an internal note")),
        ],
        widget=forms.RadioSelect,
        initial=Message.Kind.INBOUND,
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("A / begins the search for a predefined reply."),
    )
    attachments = AttachmentsField(label=_("Files"), required=False)
    confirms = forms.BooleanField(
        label=_("Also e-mail the customer a confirmation"), required=False, initial=True
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.customer: Customer | None = self._by_id(self.initial.get("customer_id"))
        choices = [(str(row.pk), row.label) for row in people.colleagues()]
        self.fields["assignee"].choices = [("", _("Nobody yet")), *choices]  # type: ignore[attr-defined] # a ChoiceField
        self.ask(service="service", url=reverse("desk:ticket_add_fields"), is_for_customers=False)

    def requires(self, field: CustomField) -> bool:
        """Who types off a mail can't ask back; everybody else is asked."""
        channel = self.data.get("channel") if self.is_bound else self.initial.get("channel")
        return field.required_to_submit and channel != Channel.EMAIL

    def clean(self) -> dict[str, Any]:
        """Settle who the customer is, and that the assignee works in the department."""
        cleaned = super().clean() or {}
        self._find_customer(cleaned)
        department, assignee = cleaned.get("department"), cleaned.get("assignee")
        if department and assignee:
            colleague = people.colleague_by_id(int(assignee))
            if colleague is None or not colleague.works_in(department.pk):
                self.add_error("assignee", _("Choose somebody who works in this department."))
        return cleaned

    def drafted(self) -> Ticket:
        """The ticket as far as it is typed, for the texts that name things of it.

        It is in no row and has no number; of a customer one may not see nothing is told.
        """
        department_id, service_id = self._chosen("department"), self._chosen("service")
        departments, services = vocabulary.departments(), vocabulary.services()
        return Ticket(
            customer=self._customer_so_far(),
            department=next((row for row in departments if row.pk == department_id), Department()),
            service=next((row for row in services if row.pk == service_id), None),
            status=vocabulary.default_status(Kind.WAITING_CUSTOMER),
            subject=clean_line(self._given("subject"), 255),
        )

    def _customer_so_far(self) -> Customer:
        email = self._given("email").strip().lower()
        known = self.customer or (by_email(email) if email else None)
        seen = known and self._by_id(known.pk)
        return seen or Customer(name=clean_line(self._given("name"), 160), email=email)

    def _given(self, name: str) -> str:
        return str((self.data if self.is_bound else self.initial).get(name) or "")

    def _find_customer(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("customer_id"):
            self.customer = self._by_id(cleaned["customer_id"])
        elif cleaned.get("email"):
            self.customer = by_email(cleaned["email"].lower())
        if self.customer is None and not any(map(cleaned.get, ("email", "phone"))):
            self.add_error("email", _("Choose a customer, or give an e-mail address or a phone."))

    def _by_id(self, pk: Any) -> Customer | None:
        """The chosen customer; nonsense chooses nobody."""
        if not is_key(str(pk or "")):
            return None
        visible = Customer.objects.visible_to(self.user).select_related("organisation")
        return visible.filter(pk=pk).first()


def similar_tickets(form: NewTicketForm) -> list[Ticket]:
    """Open tickets of this customer with nearly this subject, among those the agent sees."""
    said = form.cleaned_data
    if form.customer is None:
        return []
    own = Ticket.objects.visible_to(form.user).open().select_related("status")
    own, subject = own.filter(customer=form.customer), said["subject"].casefold()
    return [
        ticket
        for ticket in own.order_by("-pk")[:COMPARED]
        if SequenceMatcher(None, subject, ticket.subject.casefold()).ratio() >= ALIKE
    ]


@transaction.atomic
def opened(form: NewTicketForm, *, now: datetime) -> Ticket:
    """Open the ticket of a valid `form` whose files are stored, with its customer.

    If wished, the customer gets a confirmation.
    """
    said = form.cleaned_data
    customer = form.customer or create_customer(
        name=said["name"],
        email=said["email"].lower(),
        phone=said["phone"],
        actor=form.user,
        now=now,
    )
    is_reply = said["kind"] == Message.Kind.REPLY
    picked = picked_files(said, form.user) if is_reply else ()
    drafted = form.drafted()
    drafted.number = next_number()
    expected = expected_text(said, drafted, form.user, now=now)
    opening = _opening(form, customer, files=(*picked, *said["attachments"]))
    if expected.replies:
        opening = replace(opening, content=_numbered(opening.content, drafted.number))
    with number_from(drafted.number):
        ticket = actions.open_ticket(opening, actor=Actor.of_user(form.user), now=now)
    if is_reply:
        expected.remember(ticket.messages.earliest("pk"), now=now)
    if said["confirms"] and said["kind"] == Message.Kind.INBOUND:
        send_receipt(ticket, now=now)
    return ticket


def _numbered(content: Content, number: int) -> Content:
    """A predefined reply may name the number of the ticket that begins with it."""
    return replace(content, text=numbered(content.text, number))


def _opening(
    form: NewTicketForm, customer: Customer, *, files: tuple[NewFile, ...]
) -> actions.Opening:
    said, user = form.cleaned_data, form.user
    is_inbound = said["kind"] == Message.Kind.INBOUND
    author = (
        Author(name=customer.display_name, email=customer.email)
        if is_inbound
        else Author(name=user.display_name, email=user.email)
    )
    to = (customer.email,) if said["kind"] == Message.Kind.REPLY and customer.email else ()
    return actions.Opening(
        customer=customer,
        department=said["department"],
        subject=said["subject"],
        content=Content(text=said["text"], is_markdown=True, files=files),
        channel=said["channel"],
        author=author,
        kind=said["kind"],
        priority=said["priority"],
        service=said["service"],
        assignee=User.objects.get(pk=said["assignee"]) if said["assignee"] else None,
        recipients=Recipients(to=to),
        custom=form.answers(),
    )
