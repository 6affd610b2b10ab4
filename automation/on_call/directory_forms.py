"""Forms of the milestones and of the escalation contacts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from automation.models import Contact, MilestoneSet, MilestoneSpec
from automation.on_call.forms import offer
from notifications.models import Endpoint


class MilestoneSetForm(forms.ModelForm):
    """The name of a protocol."""

    class Meta:
        model = MilestoneSet
        fields = ["name", "description"]
        labels = {"name": _("Name"), "description": _("Description")}


class MilestoneSpecForm(forms.ModelForm):
    """One milestone; tickets on which it runs already keep theirs."""

    class Meta:
        model = MilestoneSpec
        fields = ["milestone_set", "label", "minutes", "reached", "repeats"]
        labels = {
            "milestone_set": _("Set"),
            "label": _("Milestone"),
            "minutes": _("Minutes"),
            "reached": _("Reached when"),
            "repeats": _("Again and again until the ticket is resolved"),
        }
        help_texts = {"minutes": _("From the start of the set, or from the round before.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "milestone_set", among=Q(archived_at=None))


class ContactForm(forms.ModelForm):
    """One tier of the directory (R112)."""

    class Meta:
        model = Contact
        fields = [
            "tier",
            "user",
            "lead",
            "email",
            "phone",
            "slack_channel",
            "pagerduty",
            "availability",
            "calendar",
            "next_contact",
            "instructions",
        ]
        labels = {
            "tier": _("Tier"),
            "user": _("Lead"),
            "lead": _("Lead, when not on the staff"),
            "email": _("E-mail"),
            "phone": _("Telephone"),
            "slack_channel": _("Slack channel"),
            "pagerduty": _("PagerDuty service"),
            "availability": _("Available, in words"),
            "calendar": _("Business hours"),
            "next_contact": _("Next contact"),
            "instructions": _("How customers get through"),
        }
        help_texts = {
            "email": _("Empty: the address of the lead."),
            "phone": _("With extensions and options, such as 1-800-555-0100, option 9."),
            "availability": _("Such as 6 AM to 10 PM Pacific. Empty: the business hours."),
            "instructions": _(
                "Such as: the line is answered day and night; option 9 leads to whoever is on call."
            ),
        }
        widgets = {"instructions": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_use = Q(archived_at=None)
        offer(self, "calendar", among=in_use)
        offer(self, "next_contact", among=in_use & ~Q(pk=self.instance.pk))
        offer(self, "pagerduty", among=Q(is_enabled=True, kind=Endpoint.Kind.PAGERDUTY))
        offer(self, "user", among=Q(pk__in=User.objects.staff()))
