"""Forms of the ticket page: its properties, its composer, its side panel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Customer
from desk import people
from tickets import vocabulary
from tickets.actions import Changes
from tickets.forms import LineField, RowField
from tickets.models import Ticket


class PropertyForm(forms.Form):
    """One property of a ticket; `changes()` is the change-set it asks for."""

    field_name = ""

    def __init__(self, *args: Any, ticket: Ticket, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ticket = ticket

    def changes(self) -> Changes:
        """What the form asks for. Call it on a valid form only."""
        return Changes(**{self.field_name: self.cleaned_data[self.field_name]})


class StatusForm(PropertyForm):
    field_name = "status"
    status = RowField(rows=vocabulary.statuses)


class PriorityForm(PropertyForm):
    field_name = "priority"
    priority = RowField(rows=vocabulary.priorities)


class ServiceForm(PropertyForm):
    field_name = "service"
    service = RowField(rows=vocabulary.services, required=False)


class SubjectForm(PropertyForm):
    field_name = "subject"
    subject = LineField(label=_("Subject"), max_length=255)


class AssigneeForm(PropertyForm):
    """Only those who could open the ticket may be given it (X-15)."""

    field_name = "assignee"
    assignee = forms.CharField(required=False)

    def clean_assignee(self) -> User | None:
        """The colleague, or None to give the ticket back."""
        chosen = self.cleaned_data["assignee"]
        if not chosen:
            return None
        offered = {str(row.pk) for row in people.assignable(self.ticket.department_id)}
        if chosen not in offered:
            raise ValidationError(_("Choose somebody who works in this department."))
        return User.objects.get(pk=chosen)


class RequesterForm(PropertyForm):
    """Another customer, by one of their mail addresses."""

    field_name = "customer"
    email = forms.EmailField(
        label=_("E-mail of the customer"),
        help_text=_("The ticket moves to the customer who has this address."),
    )

    def clean_email(self) -> str:
        """The address. Raises ValidationError when no customer has it."""
        email: str = self.cleaned_data["email"].lower()
        found = Customer.objects.active().with_email(email).first()
        if found is None:
            raise ValidationError(_("No customer has this address."))
        self.cleaned_data["customer"] = found
        return email


PROPERTY_FORMS: dict[str, type[PropertyForm]] = {
    "status": StatusForm,
    "priority": PriorityForm,
    "service": ServiceForm,
    "assignment": AssigneeForm,
    "subject": SubjectForm,
    "requester": RequesterForm,
}


class TagsForm(forms.Form):
    """All tags of a ticket, parted by commas."""

    tags = forms.CharField(label=_("Tags"), required=False, max_length=1000)

    def clean_tags(self) -> list[str]:
        """The words."""
        return [
            word for word in self.cleaned_data["tags"].replace("\n", ",").split(",") if word.strip()
        ]


class FollowerForm(forms.Form):
    """Somebody who gets the public replies from now on."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)


class LinkForm(forms.Form):
    """Another ticket this one belongs to."""

    number = forms.CharField(label=_("Ticket number"), max_length=20)
