"""Records of customers as JSON: what is taken, what is told."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from api.fields import Amount, Batch, Choice, Day, Shape, Text, WebAddress, wrong
from customers.models import CrmRecord
from customers.models.records import STATUSES
from customers.records import RecordFacts

MOST = 500
# What machines write has a name of its own beside files (csv) and connections (crm-1).
SOURCE_MARK = "api:"
SOURCE = re.compile(r"[a-z0-9][a-z0-9._-]{0,35}")
DAYS = ("issued_on", "due_on", "starts_on", "ends_on")


def stored_source(name: str) -> str:
    """The source as its records carry it: no machine writes under a connection's name."""
    return f"{SOURCE_MARK}{name}"


def check_record(record: dict[str, Any]) -> None:
    """Raise Wrong for a status that its kind does not know, and for nobody's record."""
    words = STATUSES[record["kind"]]
    if record["status"] not in words:
        detail = _("Use one of: %(words)s.") % {"words": ", ".join(words)}
        raise wrong(detail, at="status")
    if record["customer"] is None and record["organisation"] is None:
        raise wrong(_("Name the customer or the organisation."), at="customer")


def check_organisation(organisation: dict[str, Any]) -> None:
    """Raise Wrong for an organisation that is called nothing."""
    if not any(organisation.values()):
        raise wrong(_("Write its name or its domain."))


def _most(name: str) -> int:
    return int(getattr(CrmRecord._meta.get_field(name), "max_length", None) or 0)


def _text(name: str, about: str, **more: Any) -> Text:
    return Text(most=_most(name), about=about, **more)


def _status_of(kind: str) -> dict[str, Any]:
    told = {"properties": {"kind": {"const": kind}}}
    return {"if": told, "then": {"properties": {"status": {"enum": list(STATUSES[kind])}}}}


_named = [{"required": [name], "properties": {name: {"type": "object"}}} for name in
          ("customer", "organisation")]  # fmt: skip
_source_field = Text(
    most=36,
    is_needed=True,
    pattern=SOURCE,
    hint=gettext_lazy("Write small letters, digits, dots, dashes and underscores."),
    about="The name of your system. It and nobody else writes and drops its records.",
)
KIND = Choice(words=tuple(STATUSES), is_needed=True, about="What the record is.")
EXTERNAL_ID = _text("external_id", "Its id in your system.", is_needed=True)
RECORD = Shape(
    fields={
        "kind": KIND,
        "external_id": EXTERNAL_ID,
        "status": Choice(
            words=tuple(str(word) for word in CrmRecord.Status.values),
            is_needed=True,
            about="Where it stands; each kind knows some of these words.",
        ),
        "customer": Shape(
            fields={"email": Text(most=254, is_needed=True, about="One of their addresses.")},
            about="The person whose record it is.",
        ),
        "organisation": Shape(
            fields={
                "name": Text(most=200, about="As it is called here."),
                "domain": Text(most=253, about="A domain of its mail addresses."),
            },
            check=check_organisation,
            rules={"minProperties": 1},
            about="Whose record it is where no such person is known.",
        ),
        "number": _text("number", "The number people know it by."),
        "title": _text("title", "What it is about."),
        "amount": Amount(about="What it is worth."),
        "currency": Text(
            most=3,
            pattern=re.compile(r"[A-Z]{3}"),
            hint=gettext_lazy("Write three capitals, such as EUR."),
            about="ISO 4217.",
        ),
        "issued_on": Day(about="When it was written."),
        "due_on": Day(about="Until when it is to be paid."),
        "starts_on": Day(about="When it begins."),
        "ends_on": Day(about="When it ends."),
        "url": WebAddress(about="Where it stands in your system."),
        "delivery_note": _text("delivery_note", "The number of the delivery note."),
        "tracking_number": _text("tracking_number", "The number of the parcel."),
        "tracking_url": WebAddress(about="Where the parcel can be followed."),
    },
    is_needed=True,
    check=check_record,
    rules={"anyOf": _named, "allOf": [_status_of(kind) for kind in STATUSES]},
)
BATCH = Shape(
    fields={
        "source": _source_field,
        "records": Batch(of=RECORD, name="Record", most=MOST, is_needed=True),
    },
    is_needed=True,
)
PLACE = Shape(fields={"source": _source_field, "kind": KIND, "external_id": EXTERNAL_ID})
_PLAIN = [name for name in RECORD.fields if name not in ("customer", "organisation")]


def owner_of(record: dict[str, Any]) -> dict[str, str]:
    """Whose the record is said to be, in the words of `Owners`."""
    organisation = record["organisation"] or {"name": "", "domain": ""}
    email = record["customer"]["email"] if record["customer"] else ""
    return {
        "email": email,
        "organisation": organisation["name"],
        "domain": organisation["domain"],
    }


def facts_of(record: dict[str, Any], owner: dict[str, Any]) -> RecordFacts:
    """A record that was read, with the owner that was found."""
    return RecordFacts(**{name: record[name] for name in _PLAIN}, **owner)


def told(record: CrmRecord) -> dict[str, Any]:
    """A record as it may be put again, and what we know beside."""
    customer, organisation = record.customer, record.organisation
    plain = {name: getattr(record, name) for name in _PLAIN}
    days = {name: plain[name].isoformat() if plain[name] else None for name in DAYS}
    return {
        **plain,
        **days,
        "amount": None if record.amount is None else str(record.amount),
        "customer": {"email": customer.email} if customer else None,
        "organisation": {"name": organisation.name} if organisation else None,
        "source": record.source.removeprefix(SOURCE_MARK),
        "put_at": record.fetched_at.isoformat(),
    }
