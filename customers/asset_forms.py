"""What managers type about products and service contracts; and how staff names an owner."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.actions.arrivals import by_email
from customers.models import Asset, Customer, Organisation, Product, ServiceContract
from customers.models.assets import MAX_MONTHS
from customers.serials import serial_key

MAX_SERIALS = 1_000


class CustomerByMailField(forms.EmailField):
    """A customer named by a mail address; cleans to the customer, or None where none is needed."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("E-mail of the customer"))
        super().__init__(max_length=254, **options)

    def clean(self, value: Any) -> Any:
        """The customer. Raises ValidationError for an address nobody has."""
        typed = super().clean(value)
        if not typed:
            return None
        found = by_email(typed.lower())
        if found is None:
            raise forms.ValidationError(gettext("No customer has this address."))
        return found


class OrganisationByNameField(forms.CharField):
    """An organisation by its name; there may be too many to choose from a list."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Organisation"))
        super().__init__(max_length=160, **options)

    def clean(self, value: Any) -> Any:
        """The organisation. Raises ValidationError for a name none has."""
        typed = super().clean(value)
        if not typed:
            return None
        found = Organisation.objects.filter(name__iexact=typed).first()
        if found is None:
            raise forms.ValidationError(gettext("No organisation has this name."))
        return found


def owner_as_typed(row: Asset | ServiceContract) -> dict[str, str]:
    """What the two fields say of the owner of a row."""
    return {
        "customer_email": row.customer.email if row.customer else "",
        "organisation_name": row.organisation.name if row.organisation else "",
    }


def nameless_owner(row: Asset | ServiceContract | None) -> Customer | None:
    """An owner without a mail address, whom an empty field therefore does not take away."""
    owner = row.customer if row is not None else None
    return owner if owner is not None and not owner.email else None


class ProductForm(forms.ModelForm):
    """Something we stand in for."""

    class Meta:
        model = Product
        fields = ["name", "sku", "warranty_months", "terms"]
        labels = {
            "name": _("Name"),
            "sku": _("Article number"),
            "warranty_months": _("Months of warranty"),
            "terms": _("Terms of the warranty"),
        }
        widgets = {"terms": forms.Textarea(attrs={"rows": 4})}

    def clean_warranty_months(self) -> int:
        months: int = self.cleaned_data["warranty_months"]
        if months > MAX_MONTHS:
            raise forms.ValidationError(
                gettext("At most %(count)d months.") % {"count": MAX_MONTHS}
            )
        return months


class ServiceContractForm(forms.ModelForm):
    """A contract with the pieces it covers, by their serial numbers."""

    customer_email = CustomerByMailField(required=False)
    organisation_name = OrganisationByNameField(required=False)
    serials = forms.CharField(
        label=_("Serial numbers"),
        help_text=_("One a line. The pieces are entered among the assets first."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=100_000,
    )

    class Meta:
        model = ServiceContract
        fields = ["kind", "number", "starts_on", "ends_on", "visits_included", "terms"]
        labels = {
            "kind": _("Kind"),
            "number": _("Number of the contract"),
            "starts_on": _("First day"),
            "ends_on": _("Last day"),
            "visits_included": _("Visits included"),
            "terms": _("Terms"),
        }
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "terms": forms.Textarea(attrs={"rows": 4}),
        }

    field_order = (
        "kind", "number", "customer_email", "organisation_name", "serials", "starts_on",
        "ends_on", "visits_included", "terms",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            serials = self.instance.assets.order_by("pk").values_list("serial", flat=True)
            self.initial["serials"] = "\n".join(serials)
            self.initial.update(owner_as_typed(self.instance))

    def clean_serials(self) -> str:
        """The lines as typed; what they name is kept for saving."""
        lines = [line.strip() for line in self.cleaned_data["serials"].splitlines() if line.strip()]
        keys = {serial_key(line): line for line in lines}
        if len(keys) > MAX_SERIALS:
            raise forms.ValidationError(
                gettext("At most %(count)d serial numbers.") % {"count": MAX_SERIALS}
            )
        self.named_assets = list(Asset.objects.filter(serial_key__in=keys))
        unknown = set(keys) - {asset.serial_key for asset in self.named_assets}
        if unknown:
            names = ", ".join(sorted(keys[key] for key in unknown)[:5])
            raise forms.ValidationError(
                gettext("No asset has this serial number: %(names)s") % {"names": names}
            )
        return "\n".join(lines)

    def clean(self) -> dict[str, Any]:
        """An owner, and an end after the beginning; of one number the owner's pieces count."""
        said = super().clean() or {}
        if self.errors:
            return said
        if said["ends_on"] < said["starts_on"]:
            self.add_error("ends_on", gettext("The end comes after the beginning."))
        owner = said["customer_email"] or nameless_owner(self.instance)
        company = said["organisation_name"]
        if owner is None and company is None:
            self.add_error("customer_email", gettext("Say which customer or organisation owns it."))
        self.instance.customer, self.instance.organisation = owner, company
        return said

    def save(self, commit: bool = True) -> ServiceContract:  # noqa: FBT001, FBT002 -- Django's signature
        """Save with the pieces."""
        contract: ServiceContract = super().save(commit=commit)
        contract.assets.set(self._covered())
        return contract

    def _covered(self) -> list[Asset]:
        """Where several products share a number, the owner's piece is meant, if there is one."""
        chosen: dict[str, list[Asset]] = {}
        for asset in self.named_assets:
            chosen.setdefault(asset.serial_key, []).append(asset)
        return [asset for rows in chosen.values() for asset in self._own(rows)]

    def _own(self, rows: list[Asset]) -> list[Asset]:
        owner, company = self.instance.customer_id, self.instance.organisation_id
        own = [
            row
            for row in rows
            if (owner and row.customer_id == owner) or (company and row.organisation_id == company)
        ]
        return own or rows
