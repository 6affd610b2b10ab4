"""Records of customers, put, told and dropped by machines (R162, X-18)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext as _

from api.fields import Wrong, read_each, wrong
from api.gate import Caller, Endpoint, endpoint, read_json
from api.problems import Problem
from api.record_fields import BATCH, PLACE, SOURCE_MARK, facts_of, owner_of, stored_source, told
from api.scopes import READ_RECORDS, WRITE_RECORDS
from core.keyset import Order, page_of
from customers import actions
from customers.models import CrmRecord
from customers.models.records import CrmRecordQuerySet
from customers.record_owners import Owners
from customers.records import RecordFacts

QUERY = ("source", "kind", "email", "after")
ORDER = Order(("id",))


def put_records(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Take in a batch, all of it or nothing; the same batch again changes nothing."""
    try:
        batch = BATCH.read(read_json(request))
        facts = _owned(batch["records"])
    except Wrong as found:
        raise _unprocessable(found) from None
    taken = actions.upsert_records(
        facts, source=stored_source(batch["source"]), actor=caller, now=caller.now
    )
    return JsonResponse(
        {"created": taken.created, "changed": taken.changed, "unchanged": taken.unchanged}
    )


def list_records(request: HttpRequest, caller: Caller) -> HttpResponse:
    """A page of what machines have put, the first ones first."""
    rows = CrmRecord.objects.visible_to(caller.user).filter(source__startswith=SOURCE_MARK)
    asked = _asked(rows, request.GET).select_related("customer", "organisation")
    page = page_of(asked, ORDER, request.GET)
    return JsonResponse(
        {"records": [told(record) for record in page.rows], "next": page.next or None}
    )


def drop_record(_request: HttpRequest, caller: Caller, **place: str) -> HttpResponse:
    """Forget one record that vanished at its source."""
    missing = Problem(HTTPStatus.NOT_FOUND, _("There is no such record."))
    try:
        key = PLACE.read(place)
    except Wrong:
        raise missing from None
    source = stored_source(key["source"])
    named = [(key["kind"], key["external_id"])]
    if not actions.drop_records(named, source=source, actor=caller, now=caller.now):
        raise missing
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


records = endpoint(
    get=Endpoint(READ_RECORDS, list_records), put=Endpoint(WRITE_RECORDS, put_records)
)
record = endpoint(delete=Endpoint(WRITE_RECORDS, drop_record))


def _owned(batch: list[dict[str, Any]]) -> list[RecordFacts]:
    """The records with their owners. Raises Wrong that names each record of nobody."""
    owners = Owners(owner_of(each) for each in batch)

    def owned(each: dict[str, Any]) -> RecordFacts:
        try:
            return facts_of(each, owners.of(owner_of(each)))
        except ValidationError as unknown:
            place = "customer" if each["customer"] else "organisation"
            raise wrong(" ".join(unknown.messages), at=place) from None

    try:
        return read_each(batch, owned)
    except Wrong as found:
        raise Wrong(*(trouble.below("records") for trouble in found.troubles)) from None


def _asked(rows: CrmRecordQuerySet, query: QueryDict) -> CrmRecordQuerySet:
    """What the query string narrows to; unknown words are refused, never looked up (X-46)."""
    if unknown := [name for name in query if name not in QUERY]:
        detail = _("“%(name)s” can't be asked for. Use: %(names)s.")
        named = {"name": unknown[0][:80], "names": ", ".join(QUERY)}
        raise Problem(HTTPStatus.BAD_REQUEST, detail % named)
    if any("\x00" in value for value in query.values()):
        raise Problem(HTTPStatus.BAD_REQUEST, _("Write one line, without control characters."))
    if source := query.get("source"):
        rows = rows.filter(source=stored_source(source))
    if kind := query.get("kind"):
        rows = rows.filter(kind=kind)
    if email := query.get("email"):
        address = {"kind": "email", "value": email.lower()}
        rows = rows.filter(
            **{f"customer__addresses__{name}": text for name, text in address.items()}
        )
    return rows


def _unprocessable(found: Wrong) -> Problem:
    errors = [{"pointer": each.pointer, "detail": each.detail} for each in found.troubles]
    detail = _("Nothing was taken. Mend what “errors” names and send all of it again.")
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)
