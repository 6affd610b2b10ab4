"""Fields a company adds to its tickets and customers (R137), and what stands in them.

Values are typed rows and no JSON column: conditions, filters and views ask one field for equality,
for a beginning or for a range, and a btree per type answers each of them at a million tickets,
where a GIN index over JSON knows no ranges. A ticket's values are still one statement, for they
lie side by side in one index. An option is a row, so that archiving and renaming lose nothing.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from customers.models import Customer
from tickets.models.ticket import Ticket
from tickets.models.vocabulary import Service, VocabularyQuerySet

MAX_TEXT = 500


class CustomField(models.Model):
    """One question of the company's own: who is asked, where, and who may see the answer."""

    class Entity(models.TextChoices):
        TICKET = "ticket", _("Tickets")
        CUSTOMER = "customer", _("Customers")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        DROPDOWN = "dropdown", _("Choice of one")
        MULTI = "multi", _("Choice of several")
        CHECKBOX = "checkbox", _("Checkbox")
        URL = "url", _("Link")

    label = models.CharField(max_length=80)
    slug = models.SlugField(max_length=40, unique=True)
    entity = models.CharField(max_length=10, choices=Entity, default=Entity.TICKET)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEXT)
    help_text = models.CharField(max_length=200, blank=True)
    required_to_submit = models.BooleanField(default=False)
    required_to_resolve = models.BooleanField(default=False)
    show_on_client_portal = models.BooleanField(default=False)
    editable_by_customer = models.BooleanField(default=False)
    departments = models.ManyToManyField(Department, blank=True, related_name="+")
    services = models.ManyToManyField(Service, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = VocabularyQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def name(self) -> str:
        """What its control is called in forms."""
        return f"custom_{self.pk}"

    @property
    def key(self) -> str:
        """What conditions and the history call it."""
        return f"custom.{self.slug}"

    @property
    def has_options(self) -> bool:
        return self.kind in {self.Kind.DROPDOWN, self.Kind.MULTI}


class FieldOption(models.Model):
    """One answer to choose; archived ones are offered no more and keep showing."""

    field = models.ForeignKey(CustomField, models.CASCADE, related_name="options")
    label = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint("field", Lower("label"), name="field_option_label_once")
        ]

    def __str__(self) -> str:
        return self.label


class FieldEntry(models.Model):
    """One answer, or one of several chosen; a ticked checkbox is a row with nothing in it."""

    field = models.ForeignKey(CustomField, models.PROTECT, related_name="+")
    option = models.ForeignKey(
        FieldOption, models.PROTECT, null=True, db_index=False, related_name="+"
    )
    text = models.CharField(max_length=MAX_TEXT, blank=True)
    number = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    day = models.DateField(null=True)

    class Meta:
        abstract = True


class FieldValue(FieldEntry):
    """What a ticket says in a field."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, db_index=False, related_name="custom_values")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "field", "option"],
                nulls_distinct=False,
                name="field_value_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["field", "option", "ticket"],
                name="field_value_option",
                condition=Q(option__isnull=False),
            ),
            models.Index(
                fields=["field", "number", "ticket"],
                name="field_value_number",
                condition=Q(number__isnull=False),
            ),
            models.Index(
                fields=["field", "day", "ticket"],
                name="field_value_day",
                condition=Q(day__isnull=False),
            ),
            models.Index(
                "field",
                Lower("text"),
                "ticket",
                name="field_value_text",
                condition=~Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"field {self.field_id} of ticket {self.ticket_id}"


class CustomerFieldValue(FieldEntry):
    """What a customer's file says in a field; customers are fewer, so two indexes do."""

    customer = models.ForeignKey(
        Customer, models.CASCADE, db_index=False, related_name="custom_values"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "field", "option"],
                nulls_distinct=False,
                name="customer_field_value_once",
            )
        ]

    def __str__(self) -> str:
        return f"field {self.field_id} of customer {self.customer_id}"
