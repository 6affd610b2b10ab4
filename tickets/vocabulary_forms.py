"""Forms of the vocabulary: statuses, priorities, services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tickets.models import Priority, Service, Status
from tickets.models.vocabulary import Kind, PausedMetric

_COLOUR = forms.TextInput(attrs={"type": "color"})


class StatusForm(forms.ModelForm):
    """A status: its word, its look, and what it means to the clocks (R13)."""

    pauses_sla = forms.MultipleChoiceField(
        choices=PausedMetric.choices,
        label=_("Pauses"),
        help_text=_("Clocks that stand still while a ticket has this status."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Status
        fields = [
            "name",
            "slug",
            "kind",
            "color",
            "meaning",
            "customer_label",
            "pauses_sla",
            "is_default",
            "is_after_reply",
        ]
        labels = {
            "name": _("Name"),
            "slug": _("Short name"),
            "kind": _("Kind"),
            "color": _("Colour"),
            "meaning": _("Meaning"),
            "customer_label": _("What customers read"),
            "is_default": _("Set by the product for this kind"),
            "is_after_reply": _("Set after a reply unless chosen otherwise"),
        }
        help_texts = {"kind": _("What the product understands; names are yours.")}
        widgets = {"color": _COLOUR}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # A new one is most often a step of the work: the name is all that must be typed.
        self.initial["kind"] = self.initial.get("kind") or Kind.OPEN
        self.fields["slug"].required = False

    def clean_slug(self) -> str:
        """The short name; without one, the name as it can stand there. Refuses when neither can."""
        slug = self.cleaned_data["slug"] or slugify(self.cleaned_data.get("name", ""))[:40]
        if not slug:
            raise forms.ValidationError(self.fields["slug"].error_messages["required"])
        return str(slug)

    def clean(self) -> dict[str, Any]:
        """A flag that another status of the kind holds moves over; a kind never stays without."""
        facts = super().clean() or {}
        kind = facts.get("kind")
        if self.instance.pk and kind and self.initial.get("kind") != kind and self._is_last():
            message = gettext("This is the only status of its kind; add another one first.")
            self.add_error("kind", message)
        return facts

    def _get_validation_exclusions(self) -> set[str]:
        """The flags are moved on saving, so that the database never sees two."""
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # no stub
        return exclusions | {"is_default", "is_after_reply"}

    def save(self, commit: bool = True) -> Status:  # noqa: FBT001, FBT002 -- Django's signature
        """Take the flags from whoever had them."""
        others = Status.objects.exclude(pk=self.instance.pk)
        if self.cleaned_data["is_default"]:
            others.filter(kind=self.cleaned_data["kind"], is_default=True).update(is_default=False)
        if self.cleaned_data["is_after_reply"]:
            others.filter(is_after_reply=True).update(is_after_reply=False)
        status: Status = super().save(commit=commit)
        return status

    def _is_last(self) -> bool:
        old_kind = self.initial["kind"]
        others = Status.objects.filter(kind=old_kind, archived_at=None)
        return not others.exclude(pk=self.instance.pk).exists()


class PriorityForm(forms.ModelForm):
    """How urgent, in the company's words (R15)."""

    class Meta:
        model = Priority
        fields = ["name", "slug", "rank", "color", "definition", "is_default"]
        labels = {
            "name": _("Name"),
            "slug": _("Short name"),
            "rank": _("Rank"),
            "color": _("Colour"),
            "definition": _("Definition"),
            "is_default": _("Given to tickets nobody has judged"),
        }
        help_texts = {"rank": _("1 is the most urgent.")}
        widgets = {"color": _COLOUR}

    def _get_validation_exclusions(self) -> set[str]:
        """The default flag is moved on saving, so that the database never sees two."""
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # no stub
        return exclusions | {"is_default"}

    def save(self, commit: bool = True) -> Priority:  # noqa: FBT001, FBT002 -- Django's signature
        """Take the default flag from whoever had it."""
        if self.cleaned_data["is_default"]:
            others = Priority.objects.exclude(pk=self.instance.pk).filter(is_default=True)
            others.update(is_default=False)
        priority: Priority = super().save(commit=commit)
        return priority


class ServiceForm(forms.ModelForm):
    """What requests are about (R16)."""

    class Meta:
        model = Service
        fields = ["name", "slug", "parent", "department", "default_priority", "is_portal_visible"]
        labels = {
            "name": _("Name"),
            "slug": _("Short name"),
            "parent": _("Part of"),
            "department": _("Department"),
            "default_priority": _("Priority to start with"),
            "is_portal_visible": _("Customers may choose it"),
        }

    def clean_parent(self) -> Service | None:
        """A tree has no loops."""
        parent: Service | None = self.cleaned_data["parent"]
        above = parent
        while above is not None:
            if above.pk == self.instance.pk:
                raise forms.ValidationError(gettext("A service can't be part of itself."))
            above = above.parent
        return parent
