"""Settings tables of the outside services, one for each kind; `/admin/integrations` lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, reverse
from django.utils.translation import gettext_lazy as _

from core.crud import ManagedTable
from core.option_pages import OptionPage
from notifications.actions import save_endpoint
from notifications.forms import EndpointForm, PagerDutyForm, SlackForm, SmsForm, WebhookForm
from notifications.models import Endpoint


@dataclass(frozen=True, kw_only=True)
class EndpointTable(ManagedTable):
    """One kind of service; its list is the page of all kinds."""

    def url(self, page: str = "", *, pk: Any = None) -> str:
        return super().url(page, pk=pk) if page else reverse("integrations")

    def urls(self) -> list[URLPattern]:
        return [pattern for pattern in super().urls() if pattern.name != self.url_name]


def _of_kind(kind: str) -> QuerySet[Endpoint]:
    return Endpoint.objects.filter(kind=kind)


def _save(form: EndpointForm, *, actor: Any, now: datetime) -> Endpoint:
    endpoint = form.instance if form.instance.pk else None
    return save_endpoint(endpoint, facts=form.facts, actor=actor, now=now)


def _table(form_class: type[EndpointForm], title: Any, purpose: Any, add: Any) -> EndpointTable:
    kind = str(form_class.kind)
    return EndpointTable(
        model=Endpoint,
        form_class=form_class,
        url_prefix=f"admin/integrations/{kind}",
        url_name=f"integrations_{kind}",
        title=title,
        purpose=purpose,
        add_label=add,
        columns=[],
        rows=partial(_of_kind, kind),
        save=_save,
    )


tables: dict[str, EndpointTable] = {
    "slack": _table(SlackForm, _("Slack"), _("News in channels and to people."), _("Add Slack")),
    "sms": _table(
        SmsForm,
        _("SMS (Twilio)"),
        _("Text messages to the numbers in people's profiles."),
        _("Add an SMS account"),
    ),
    "pagerduty": _table(
        PagerDutyForm,
        _("PagerDuty"),
        _("Incidents that are opened, acknowledged and resolved."),
        _("Add a PagerDuty service"),
    ),
    "webhook": _table(
        WebhookForm,
        _("Webhooks"),
        _("Signed JSON for any other service."),
        _("Add a webhook"),
    ),
}
settings_page = OptionPage(
    url_prefix="admin/integrations/settings",
    url_name="notification_settings",
    title=_("Notifications"),
    purpose=_("How long they are kept."),
    keys=["notifications.kept_days"],
)
