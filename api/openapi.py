"""The description of the API, printed from the declarations that check what comes in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from api.fields import Field
from api.problems import MEDIA_TYPE
from api.record_fields import BATCH, PLACE, RECORD
from api.records import QUERY
from api.scopes import READ_RECORDS, WRITE_RECORDS, Scope

VERSION = "1"
RECORDS = "/api/v1/customers/records"
ONE_RECORD = f"{RECORDS}/{{source}}/{{kind}}/{{external_id}}"
_REFUSALS = {
    "400": "The request makes no sense, or the key stood in the address.",
    "401": "No key, or one that is unknown, revoked or expired.",
    "403": "The key lacks the scope, or its owner the right.",
    "429": "Too often; Retry-After says how many seconds to wait.",
}
_OF_BODIES = {
    "411": "No Content-Length.",
    "413": "Too many bytes.",
    "415": "No JSON.",
    "422": "“errors” names what is wrong.",
}
_ABOUT = {
    "source": "Records of this system only.",
    "kind": "Records of this kind only.",
    "email": "Records of the customer with this address only.",
    "after": "The `next` of the page before.",
}


# The same for everybody, and nothing of this installation: read without a key.
@require_safe
def description(_request: HttpRequest) -> HttpResponse:
    """The document."""
    return JsonResponse(document(), headers={"Cache-Control": "no-store"})


def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    key = {"type": "http", "scheme": "bearer", "description": "A key of the settings, API keys."}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Helpdesk", "version": VERSION},
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": _paths(),
        "components": {"securitySchemes": {"key": key}, "schemas": _schemas()},
    }


def _paths() -> dict[str, Any]:
    put = _operation("putRecords", "Put up to 500 records", WRITE_RECORDS, {"200": "Taken"})
    put["requestBody"] = {"required": True, "content": _json("Batch")}
    put["responses"] |= _problems(_OF_BODIES)
    get = _operation("listRecords", "Read records", READ_RECORDS, {"200": "RecordPage"})
    get["parameters"] = [_parameter(name, "query", {"type": "string"}) for name in QUERY]
    drop = _operation("dropRecord", "Drop a record", WRITE_RECORDS, {"204": ""})
    drop["parameters"] = [
        _parameter(name, "path", each.schema()) for name, each in PLACE.fields.items()
    ]
    drop["responses"] |= _problems({"404": "There is no such record."})
    return {RECORDS: {"get": get, "put": put}, ONE_RECORD: {"delete": drop}}


def _schemas() -> dict[str, Any]:
    counts = {
        name: {"type": "integer", "minimum": 0} for name in ("created", "changed", "unchanged")
    }
    page = {
        "records": {"type": "array", "items": {"$ref": "#/components/schemas/ToldRecord"}},
        "next": {"type": ["string", "null"]},
    }
    trouble = {"pointer": {"type": "string"}, "detail": {"type": "string"}}
    problem = {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": _object(trouble)},
    }
    return {
        "Batch": BATCH.schema(),
        "Record": RECORD.schema(),
        "ToldRecord": _told_record(),
        "RecordPage": _object(page),
        "Taken": _object(counts),
        "Problem": {**_object(problem), "required": ["title", "status", "detail"]},
    }


def _told_record() -> dict[str, Any]:
    """What is told is what was put, its source, and when it was put last."""
    fields: dict[str, Field] = {**RECORD.fields, "source": BATCH.fields["source"]}
    put_at = {"type": "string", "format": "date-time"}
    return _object({**{name: each.schema() for name, each in fields.items()}, "put_at": put_at})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    closed = {"additionalProperties": False, "required": list(properties)}
    return {"type": "object", "properties": properties, **closed}


def _operation(name: str, about: str, scope: Scope, good: dict[str, str]) -> dict[str, Any]:
    answers = {
        status: {"description": "Done", **({"content": _json(schema)} if schema else {})}
        for status, schema in good.items()
    }
    return {
        "operationId": name,
        "summary": about,
        "description": f"Needs the scope {scope.name}.",
        "responses": {**answers, **_problems(_REFUSALS)},
    }


def _problems(told: dict[str, str]) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {MEDIA_TYPE: {"schema": schema}}
    return {status: {"description": words, "content": content} for status, words in told.items()}


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _parameter(name: str, place: str, schema: dict[str, Any]) -> dict[str, Any]:
    about = {"description": _ABOUT[name]} if place == "query" else {}
    return {"name": name, "in": place, "required": place == "path", **about, "schema": schema}
