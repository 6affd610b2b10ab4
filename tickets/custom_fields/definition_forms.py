"""The form by which managers define a field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tickets import vocabulary
from tickets.custom_fields.option_rows import OptionDraft, OptionsField, drafts_of, offered
from tickets.models import CustomerFieldValue, CustomField, FieldOption, FieldValue

MAX_SLUG = 40
STEP = 10


class CustomFieldForm(forms.ModelForm):
    """What is asked, of whom, where; the options of a choice are rows of the same form."""

    options = OptionsField(
        label=_("Options"),
        help_text=_(
            "For choices. The number orders them. Take the tick away to offer an option no more:"
            " tickets that say it keep it."
        ),
        required=False,
    )

    class Meta:
        model = CustomField
        fields = [
            "label",
            "slug",
            "entity",
            "kind",
            "options",
            "help_text",
            "required_to_submit",
            "required_to_resolve",
            "show_on_client_portal",
            "editable_by_customer",
            "departments",
            "services",
        ]
        labels = {
            "label": _("Label"),
            "slug": _("Short name"),
            "entity": _("Belongs to"),
            "kind": _("Type"),
            "help_text": _("Hint below the field"),
            "required_to_submit": _("Must be filled when a ticket is opened by a form"),
            "required_to_resolve": _("Must be filled before a ticket is resolved"),
            "show_on_client_portal": _("Customers see it on the portal"),
            "editable_by_customer": _("Customers may change it later"),
            "departments": _("Only in these departments"),
            "services": _("Only for these services"),
        }
        help_texts = {
            "slug": _("For rules and the API; it never changes. Empty: made from the label."),
            "kind": _("It can't be changed once somebody has filled the field."),
            "departments": _("None chosen: in all of them."),
            "services": _("None chosen: for all of them."),
        }
        widgets = {
            "departments": forms.CheckboxSelectMultiple,
            "services": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        stored = self.instance.pk is not None
        self.fields["slug"].disabled = stored
        for name in ("entity", "kind"):
            self.fields[name].disabled = stored and is_filled(self.instance)
        self._offer("departments", vocabulary.departments())
        self._offer("services", vocabulary.services())
        if stored:
            self.initial["options"] = drafts_of(self.instance)

    def clean_slug(self) -> str:
        """The typed name, or one made from the label."""
        slug: str = self.cleaned_data["slug"]
        return slug or slugify(self.cleaned_data.get("label", ""))[:MAX_SLUG] or "field"

    def clean_options(self) -> tuple[OptionDraft, ...]:
        """The typed rows, and those whose words were wiped out as archived ones."""
        rows: tuple[OptionDraft, ...] = self.cleaned_data["options"]
        stored = drafts_of(self.instance) if self.instance.pk else ()
        named = {row.pk for row in rows}
        gone = (replace(row, is_offered=False) for row in stored if row.pk not in named)
        known = {row.pk for row in stored}
        whole = (*(row if row.pk in known else replace(row, pk="") for row in rows), *gone)
        checked: tuple[OptionDraft, ...] = self.fields["options"].clean(whole)
        return checked

    def clean(self) -> dict[str, Any]:
        """A choice offers something; what customers may change they also see."""
        facts = super().clean() or {}
        needs_options = facts.get("kind") in {CustomField.Kind.DROPDOWN, CustomField.Kind.MULTI}
        if needs_options and "options" in facts and not offered(facts["options"]):
            self.add_error("options", gettext("Write at least one option."))
        if facts.get("editable_by_customer") and not facts.get("show_on_client_portal"):
            message = gettext("Customers can't change what they don't see.")
            self.add_error("editable_by_customer", message)
        return facts

    def save(self, commit: bool = True) -> CustomField:  # noqa: FBT001, FBT002 -- Django's signature
        """Write the field and its options."""
        field: CustomField = super().save(commit=commit)
        write_options(field, self.cleaned_data["options"] if field.has_options else ())
        return field

    def _offer(self, name: str, rows: Iterable[Any]) -> None:
        """Those in use, and archived ones that are chosen already."""
        kept = {row.pk for row in rows}
        if self.instance.pk:
            kept |= set(getattr(self.instance, name).values_list("pk", flat=True))
        field: Any = self.fields[name]
        field.queryset = field.queryset.filter(pk__in=kept)


def is_filled(field: CustomField) -> bool:
    """Whether any ticket or customer says something in it."""
    answers = FieldValue.objects.filter(field=field)
    return answers.exists() or CustomerFieldValue.objects.filter(field=field).exists()


def write_options(field: CustomField, rows: Sequence[OptionDraft]) -> None:
    """Make the options those of `rows`; nothing is deleted, what is not named stays as it is."""
    stored = {str(row.pk): row for row in field.options.all()}
    kept = [stored.get(draft.pk) or FieldOption(field=field) for draft in rows]
    renamed = [
        row for row, draft in zip(kept, rows, strict=True) if row.pk and row.label != draft.label
    ]
    for row in renamed:
        # Two that swap their words must not meet on the way.
        row.label = f"#{row.pk}"
    FieldOption.objects.bulk_update(renamed, ["label"])
    now = timezone.now()
    for place, (row, draft) in enumerate(zip(kept, rows, strict=True), start=1):
        row.label, row.position = draft.label, place * STEP
        row.archived_at = None if draft.is_offered else row.archived_at or now
    FieldOption.objects.bulk_create([row for row in kept if row.pk is None])
    columns = ["label", "position", "archived_at"]
    FieldOption.objects.bulk_update([row for row in kept if row.pk is not None], columns)
