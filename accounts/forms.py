"""What people type about themselves, their colleagues and their departments."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.validators import validate_email
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions.departments import save_department, set_members
from accounts.actions.people import StaffFacts
from accounts.door_forms import PASSWORD_HINT
from accounts.form_fields import PHONE_HINT, PhoneField, choose
from accounts.models import Department, DepartmentAddress, Role, Skill, User
from accounts.options import ZONES
from calendars.models import BusinessCalendar


class PasswordMixin(forms.Form):
    """A new password, checked by the installation's rules."""

    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_HINT,
        strip=False,
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class SetupForm(PasswordMixin):
    """The first owner."""

    token = forms.CharField(
        label=_("Setup token"), help_text=_("Printed by “manage.py setup_token”.")
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    field_order = ("token", "name", "email", "password")


class AcceptForm(PasswordMixin):
    """An invited colleague."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "password")


class InviteForm(forms.Form):
    """Whom to invite as what."""

    email = forms.EmailField(label=_("E-mail"))
    name = forms.CharField(label=_("Name"), max_length=120)
    role = forms.ModelChoiceField(Role.objects.filter(is_staff=True), label=_("Role"))
    departments = forms.ModelMultipleChoiceField(
        Department.objects.filter(archived_at=None),
        label=_("Departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class StaffForm(forms.Form):
    """What is said about a colleague."""

    name = forms.CharField(label=_("Name"), max_length=120)
    role = forms.ModelChoiceField(Role.objects.filter(is_staff=True), label=_("Role"))
    departments = forms.ModelMultipleChoiceField(
        Department.objects.filter(archived_at=None),
        label=_("Departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    manager = forms.ModelChoiceField(
        User.objects.staff(),
        label=_("Manager"),
        required=False,
        help_text=_("Told when a ticket of this person is late."),
    )
    phone = PhoneField()
    skills = forms.ModelMultipleChoiceField(
        Skill.objects.all(),
        label=_("Skills"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_senior = forms.BooleanField(
        label=_("Senior"), required=False, help_text=_("Takes the tickets of VIPs.")
    )
    shift_calendar = forms.ModelChoiceField(
        BusinessCalendar.objects.all(),
        label=_("Works in these hours"),
        required=False,
        empty_label=_("No fixed hours"),
        help_text=_("Outside them nobody gives this person a ticket automatically."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What was archived meanwhile stays with those who have it.
        choose(self.fields["manager"], User.objects.staff().exclude(pk=person.pk))
        mine = Q(archived_at=None) | Q(people=person)
        choose(self.fields["skills"], Skill.objects.filter(mine).distinct())
        in_use = Q(archived_at=None) | Q(pk=person.shift_calendar_id)
        choose(self.fields["shift_calendar"], BusinessCalendar.objects.filter(in_use))

    @classmethod
    def opened(cls, person: User, data: Any = None) -> StaffForm:
        """The form as it stands for this person."""
        facts = {
            "name": person.name,
            "role": person.role,
            "departments": person.department_ids(),
            "manager": person.manager_id,
            "phone": person.phone,
            "skills": list(person.skills.values_list("pk", flat=True)),
            "is_senior": person.is_senior,
            "shift_calendar": person.shift_calendar_id,
        }
        return cls(data, initial=facts, person=person)

    @property
    def facts(self) -> StaffFacts:
        """What was typed, as the action wants it."""
        return StaffFacts(**self.cleaned_data)


class ProfileForm(forms.ModelForm):
    """What people set about themselves."""

    class Meta:
        model = User
        fields = [
            "name",
            "phone",
            "signature",
            "time_zone",
            "language",
            "theme",
            "density",
            "after_send",
            "single_key_shortcuts",
            "gives_back_unanswered",
        ]
        field_classes: ClassVar[dict[str, Any]] = {"phone": PhoneField}
        labels = {
            "name": _("Name"),
            "phone": _("Phone"),
            "signature": _("Signature"),
            "time_zone": _("Time zone"),
            "language": _("Language"),
            "theme": _("Theme"),
            "density": _("Density of lists"),
            "after_send": _("After sending"),
            "single_key_shortcuts": _("Single-key shortcuts"),
            "gives_back_unanswered": _("Give back unanswered tickets when I go away"),
        }
        help_texts = {
            "phone": PHONE_HINT,
            "signature": _("Put below your replies."),
            "single_key_shortcuts": _("Keys such as r to reply; never while you type."),
            "gives_back_unanswered": _(
                "Customers still waiting for a first answer go to a colleague."
            ),
        }
        widgets = {
            "signature": forms.Textarea(attrs={"rows": 3}),
            "single_key_shortcuts": forms.CheckboxInput(attrs={"role": "switch"}),
            "gives_back_unanswered": forms.CheckboxInput(attrs={"role": "switch"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(name, name.replace("_", " ")) for name in ZONES]
        self.fields["time_zone"].widget = forms.Select(
            choices=[("", gettext("Like the company")), *zones]
        )
        self.fields["language"].widget = forms.Select(
            choices=[("", gettext("Like the browser")), *settings.LANGUAGES]
        )
        for field in self.fields.values():
            # Each control saves itself; without JavaScript the button below saves all.
            field.widget.attrs |= {
                "hx-post": reverse("accounts:profile"),
                "hx-trigger": "change",
                "hx-target": "closest form",
                "hx-swap": "outerHTML",
            }

    def touched(self, field: str) -> dict[str, Any]:
        """The values to save: one field's alone when it is named, else all; none when bad."""
        if self.is_valid():
            return {field: self.cleaned_data[field]} if field in self.fields else self.cleaned_data
        if field in self.fields and field in self.cleaned_data:
            return {field: self.cleaned_data[field]}
        return {}


class RoleForm(forms.ModelForm):
    """A role's names; what it allows is ticked in the matrix."""

    class Meta:
        model = Role
        fields = ["name", "slug"]
        labels = {"name": _("Name"), "slug": _("Short name")}


class DepartmentForm(forms.ModelForm):
    """A department with its addresses and members."""

    addresses = forms.CharField(
        label=_("Mail addresses"),
        help_text=_("One a line; the first is the one replies come from."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    members = forms.ModelMultipleChoiceField(
        User.objects.staff(),
        label=_("Who responds"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Department
        fields = [
            "name",
            "slug",
            "description",
            "lead",
            "calendar",
            "signature",
            "sends_receipts",
            "is_portal_visible",
            "is_default",
        ]
        labels = {
            "name": _("Name"),
            "slug": _("Short name"),
            "description": _("Description"),
            "lead": _("Lead"),
            "calendar": _("Business hours"),
            "signature": _("Signature"),
            "sends_receipts": _("Confirm new requests by mail"),
            "is_portal_visible": _("Customers may choose it"),
            "is_default": _("Takes mail for unknown addresses"),
        }
        help_texts = {
            "slug": _("Used in support+name@ addresses."),
            "calendar": _("Deadlines run in them. Empty: the default calendar."),
        }
        widgets = {"signature": forms.Textarea(attrs={"rows": 3})}

    field_order = ("name", "slug", "addresses", "description", "lead", "members")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self.fields["lead"], User.objects.staff())
        # One that was archived meanwhile stays with the departments that have it.
        in_use = Q(archived_at=None) | Q(pk=self.instance.calendar_id)
        choose(self.fields["calendar"], BusinessCalendar.objects.filter(in_use))
        if self.instance.pk:
            rows = self.instance.addresses.order_by("-is_primary", "pk")
            self.initial["addresses"] = "\n".join(rows.values_list("email", flat=True))
            self.initial["members"] = list(self.instance.members.values_list("pk", flat=True))

    def _get_validation_exclusions(self) -> set[str]:
        # A new default takes the flag from the old one: "only one default" refuses nobody here.
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # Django's, untyped
        return exclusions | {"is_default"}

    def clean_is_default(self) -> bool:
        is_default: bool = self.cleaned_data["is_default"]
        if self.instance.is_default and not is_default:
            raise forms.ValidationError(
                gettext("Mail needs a place: make another department the default instead.")
            )
        return is_default

    def clean_addresses(self) -> str:
        emails = list(dict.fromkeys(self.cleaned_data["addresses"].lower().split()))
        for email in emails:
            validate_email(email)
        taken = DepartmentAddress.objects.filter(email__in=emails).exclude(
            department_id=self.instance.pk
        )
        if taken:
            raise forms.ValidationError(
                gettext("%(email)s belongs to another department.") % {"email": taken[0].email}
            )
        return "\n".join(emails)

    def save(self, commit: bool = True) -> Department:  # noqa: FBT001, FBT002 -- Django's signature
        """Save through the actions, with addresses and members."""
        department = super().save(commit=False)
        save_department(department, addresses=self.cleaned_data["addresses"].split())
        return set_members(department, members=list(self.cleaned_data["members"]))
