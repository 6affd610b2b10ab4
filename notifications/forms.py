"""Outside services and reading habits as people type them."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.phones import e164
from core.secret_field import SecretField
from notifications.actions import EndpointFacts, known_secrets
from notifications.models import Endpoint, Habits
from notifications.reach import BOT

SHOWN = 4  # of a secret; a short one shows nothing
MIN_KEY = 16


class EndpointForm(forms.ModelForm):
    """What all kinds have in common; `plain` and `hidden` name the fields of one kind."""

    kind: ClassVar[str]
    plain: ClassVar[tuple[str, ...]] = ()
    hidden: ClassVar[tuple[str, ...]] = ()
    needed: ClassVar[tuple[str, ...]] = ()

    class Meta:
        model = Endpoint
        fields = ["name", "is_enabled"]
        labels = {"name": _("Name"), "is_enabled": _("In use")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known_secrets(self.instance)
        for name in self.plain:
            self.initial.setdefault(name, self.instance.settings.get(name, ""))
        for name in self.hidden:
            self.fields[name].help_text = self._hint(name)
        own = [*self.plain, *self.hidden]
        self.order_fields(["name", *own, "is_enabled"])

    @property
    def facts(self) -> EndpointFacts:
        """The endpoint as it is to be kept; for a valid form."""
        clean = self.cleaned_data
        return EndpointFacts(
            kind=self.kind,
            name=clean["name"],
            is_enabled=clean["is_enabled"],
            settings={name: clean[name] for name in self.plain},
            secrets={name: clean[name] for name in self.hidden},
        )

    def clean(self) -> dict[str, Any]:
        """A needed secret is typed, or was before."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.needed:
            if not cleaned.get(name) and not self.known.get(name) and name not in self.errors:
                self.add_error(name, gettext("This is needed."))
        return cleaned

    def has_secret(self, name: str) -> bool:
        """Whether the secret is set, here or before."""
        return bool(self.cleaned_data.get(name) or self.known.get(name))

    def _hint(self, name: str) -> str:
        hint = str(self.fields[name].help_text)
        if not (secret := self.known.get(name)):
            return hint
        end = secret[-SHOWN:] if len(secret) >= MIN_KEY else ""
        kept = gettext("It is set and ends with %(end)s. Leave it empty to keep it.") if end else (
            gettext("It is set. Leave it empty to keep it."))  # fmt: skip
        return " ".join(part for part in (hint, kept % {"end": end} if end else kept) if part)


class SlackForm(EndpointForm):
    """A channel by its webhook, or a workspace by a bot."""

    kind = Endpoint.Kind.SLACK
    plain = ("channel",)
    hidden = ("webhook_url", "token")

    channel = forms.CharField(
        label=_("Channel"),
        required=False,
        max_length=80,
        help_text=_("Where a bot posts, such as #emergencies. A webhook has its own."),
    )
    webhook_url = SecretField(
        label=_("Address of an incoming webhook"),
        help_text=_("Posts into one channel. It stays secret: whoever knows it can post."),
    )
    token = SecretField(
        label=_("Token of a bot"),
        help_text=_("Posts into channels and to people, who are found by their e-mail address."),
    )

    def clean_webhook_url(self) -> str:
        return _https(self.cleaned_data["webhook_url"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not self.has_secret("webhook_url") and not self.has_secret("token"):
            raise ValidationError(gettext("Enter the address of a webhook or the token of a bot."))
        return cleaned

    @property
    def facts(self) -> EndpointFacts:
        plain = super().facts
        is_bot = self.has_secret("token")
        return EndpointFacts(
            kind=plain.kind,
            name=plain.name,
            is_enabled=plain.is_enabled,
            settings={**plain.settings, "speaks_as": BOT if is_bot else "hook"},
            secrets=plain.secrets,
        )


class SmsForm(EndpointForm):
    """A Twilio account and the number it sends from."""

    kind = Endpoint.Kind.SMS
    plain = ("account", "sender")
    hidden = needed = ("token",)

    account = forms.RegexField(
        r"^AC[0-9a-fA-F]{32}$",
        label=_("Account SID"),
        error_messages={"invalid": _("It begins with AC and has 34 characters.")},
    )
    sender = forms.CharField(label=_("Sender's number"), max_length=32)
    token = SecretField(label=_("Auth token"))

    def clean_sender(self) -> str:
        return e164(self.cleaned_data["sender"])


class PagerDutyForm(EndpointForm):
    """A service of PagerDuty."""

    kind = Endpoint.Kind.PAGERDUTY
    plain = ("region",)
    hidden = needed = ("routing_key",)

    region = forms.ChoiceField(
        label=_("Region"), choices=[("us", _("United States")), ("eu", _("Europe"))], initial="us"
    )
    routing_key = SecretField(
        label=_("Integration key"), help_text=_("Of an integration “Events API v2”.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["region"] = self.initial.get("region") or "us"


class WebhookForm(EndpointForm):
    """Any address that takes signed JSON."""

    kind = Endpoint.Kind.WEBHOOK
    plain = ("url",)
    hidden = ("key", "authorization")
    needed = ("key",)

    url = forms.URLField(label=_("Address"), max_length=500, assume_scheme="https")
    key = SecretField(
        label=_("Signing key"),
        help_text=_(
            "At least 16 characters. Requests are signed with it. A new key does not end the one"
            " before it: both sign until you drop the old one."
        ),
    )
    authorization = SecretField(
        label=_("Authorization"),
        help_text=_("The header of this name, such as “Bearer …”, where the other side wants it."),
    )

    def clean_url(self) -> str:
        return _https(self.cleaned_data["url"], also_plain=True)

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key and len(key) < MIN_KEY:
            raise ValidationError(
                gettext("Use at least %(least)d characters.") % {"least": MIN_KEY}
            )
        return key

    def clean_authorization(self) -> str:
        text: str = self.cleaned_data["authorization"]
        if not text.isascii() or not text.isprintable():
            raise ValidationError(gettext("Use plain letters, digits and signs."))
        return text


class HabitsForm(forms.ModelForm):
    """When somebody reads."""

    class Meta:
        model = Habits
        fields = ["digest", "keeps_quiet"]
        widgets = {"digest": forms.RadioSelect}


def _https(address: str, *, also_plain: bool = False) -> str:
    schemes = ("https", "http") if also_plain else ("https",)
    if not address:
        return ""
    parts = urlsplit(address)
    if parts.scheme not in schemes or not parts.hostname or parts.username:
        raise ValidationError(gettext("Enter an address that begins with https://."))
    return address
