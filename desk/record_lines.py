"""Records of other systems as the desk prints them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import ui
from customers.models import CrmRecord
from customers.records import web_address
from desk.asset_lines import day_words

ICONS = {"invoice": "receipt", "order": "package", "contract": "file-text", "opportunity": "flag"}
_Kind, _Status = CrmRecord.Kind, CrmRecord.Status
_TONES = {
    _Status.OVERDUE: ("danger", "up"),
    _Status.PAID: ("ok", "check"),
    _Status.DELIVERED: ("ok", "check"),
    _Status.ACTIVE: ("ok", "disc"),
    _Status.WON: ("ok", "check"),
}


@dataclass(frozen=True, kw_only=True)
class RecordLine:
    """One record, with the way to its parcel where there is one (R163)."""

    icon: str
    name: str
    title: str
    url: str
    status: SafeString
    amount: str
    day: str
    delivery_note: str
    tracking_number: str
    tracking_url: str


def record_line(record: CrmRecord, *, on: date) -> RecordLine:
    """One record as it stands on the day `on`."""
    status = _Status.OVERDUE if record.is_overdue(on) else _Status(record.status)
    tone, glyph = _TONES.get(status, ("", "half"))
    return RecordLine(
        icon=ICONS[record.kind],
        name=str(record),
        title=record.title if record.title != str(record) else "",
        url=web_address(record.url),
        status=ui.badge(str(status.label), tone=tone, glyph=glyph),
        amount=_money(record),
        day=_day(record),
        delivery_note=record.delivery_note,
        tracking_number=record.tracking_number or (_("Track it") if record.tracking_url else ""),
        tracking_url=web_address(record.tracking_url),
    )


def overdue_badge() -> SafeString:
    """An invoice should have been paid (R162)."""
    return ui.badge(_("Overdue invoice"), tone="danger", glyph="up")


def opportunity_badge() -> SafeString:
    """Somebody hopes to sell them something (R162)."""
    return ui.badge(_("Open opportunity"), tone="ok", glyph="half")


def _money(record: CrmRecord) -> str:
    if record.amount is None:
        return ""
    return f"{number_format(record.amount, 2, force_grouping=True)} {record.currency}".strip()


def _day(record: CrmRecord) -> str:
    """The day that matters most about it."""
    is_unpaid = record.kind == _Kind.INVOICE and record.due_on is not None
    if is_unpaid and record.status in (_Status.OPEN, _Status.OVERDUE):
        return _("due %(day)s") % {"day": day_words(record.due_on)}
    if record.kind == _Kind.CONTRACT and record.ends_on is not None:
        return _("until %(day)s") % {"day": day_words(record.ends_on)}
    return day_words(record.issued_on or record.starts_on)
