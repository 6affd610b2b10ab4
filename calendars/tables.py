"""The settings table of calendars: `/admin/calendars`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from calendars.actions import CalendarFacts, save_calendar
from calendars.forms import CalendarForm
from calendars.models import BusinessCalendar
from calendars.words import week_text, zone_text
from core.crud import ManagedTable
from core.table_rows import usage_words


def _name(row: BusinessCalendar) -> SafeString | str:
    if not row.is_default:
        return row.name
    return format_html('{} <span class="tag tag--ok">{}</span>', row.name, _t("Default"))


def _zone(row: BusinessCalendar) -> str:
    return "" if row.spec.get("always") else zone_text(row.spec.get("tz", ""))


def _why_keep(row: BusinessCalendar) -> str:
    if row.is_builtin:
        return _t("It came with the product.")
    if row.is_default:
        return _t("It is the default. Make another calendar the default first.")
    if uses := usage_words(row._meta.label_lower, row.pk):
        return _t("It is in use: %(uses)s.") % {"uses": ", ".join(uses)}
    return ""


def _save(form: CalendarForm, *, actor: Any, now: datetime) -> BusinessCalendar:
    facts = CalendarFacts(
        name=form.cleaned_data["name"],
        description=form.cleaned_data["description"],
        spec=form.spec,
    )
    calendar = form.instance if form.instance.pk else None
    return save_calendar(calendar, facts=facts, actor=actor, now=now)


calendars = ManagedTable(
    model=BusinessCalendar,
    form_class=CalendarForm,
    url_prefix="admin/calendars",
    url_name="calendars",
    title=_("Calendars"),
    purpose=_("When you work: deadlines run in these hours only."),
    add_label=_("Add calendar"),
    columns=[
        (_("Name"), _name),
        (_("Open"), lambda row: week_text(row.spec)),
        (_("Time zone"), _zone),
    ],
    ordering="position",
    archived="archived_at",
    rows=BusinessCalendar.objects.in_force,
    kept_because=_why_keep,
    save=_save,
    changes=CalendarForm.spec_changes,
    is_removable=False,
    form_template="calendars/calendar.html",
)
# Adding and editing take steps in between; the table brings the other pages.
table_pages = [
    page for page in calendars.urls() if page.name not in {"calendars_add", "calendars_edit"}
]
