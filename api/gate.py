"""The gate before every endpoint: a key, its scope, its rate, JSON of a decent size (X-26)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from accounts.models import User
from api.actions import note_use
from api.models import MARK, ApiKey
from api.problems import Problem
from api.scopes import SCOPES, Scope
from core import clock, options, rates

MAX_BYTES = 2 * 1024 * 1024
MINUTE = timedelta(minutes=1)
WRONG_KEYS, WRONG_KEYS_PER = 30, timedelta(minutes=5)
_KEY_NAMES = frozenset(["key", "api_key", "apikey", "token", "access_token", "authorization"])

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Caller:
    """Who asks and when: the key, by name in the audit log, and its owner, whose rights count."""

    key: ApiKey
    now: datetime

    @property
    def user(self) -> User:
        return self.key.owner

    @property
    def name(self) -> str:
        return _("API key %(name)s") % {"name": self.key.name}


@dataclass(frozen=True)
class Endpoint:
    """What one method of an address does, and the scope it needs."""

    scope: Scope
    answer: Callable[..., HttpResponseBase]


def endpoint(**methods: Endpoint) -> Callable[..., HttpResponseBase]:
    """The view of an address: each method behind the gate, every refusal a problem."""

    # No cookie opens anything here: a page elsewhere can't make a browser act for us.
    @csrf_exempt
    def view(request: HttpRequest, /, **place: Any) -> HttpResponseBase:
        wanted = methods.get((request.method or "").lower())
        if wanted is None:
            return _not_allowed(methods).response()
        return _guarded(request, wanted, place)

    return view


def read_json(request: HttpRequest) -> Any:
    """The body. Raises Problem for another type, too much of it, or what is no JSON."""
    if request.content_type != "application/json":
        detail = _("Send JSON, with the header Content-Type: application/json.")
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
    length = str(request.META.get("CONTENT_LENGTH", ""))
    if not length.isdecimal():
        # A body without an announced end is read as empty by WSGI; better said than guessed.
        raise Problem(HTTPStatus.LENGTH_REQUIRED, _("Send the header Content-Length."))
    if int(length) > MAX_BYTES:
        detail = _("At most %(limit)s bytes a request; send several.") % {"limit": MAX_BYTES}
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    try:
        return json.loads(request.body, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Problem(HTTPStatus.BAD_REQUEST, _("The body is no JSON in UTF-8.")) from None


def _guarded(request: HttpRequest, wanted: Endpoint, place: Mapping[str, Any]) -> HttpResponseBase:
    try:
        caller = _caller(request, wanted.scope, clock.now())
        response = wanted.answer(request, caller, **place)
    except Problem as problem:
        return problem.response()
    except ValidationError as refusal:
        words = " ".join(refusal.messages)
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, words).response()
    except OperationalError:
        logger.exception("the database did not answer the API")
        busy = _("We are busy. Please try again.")
        return Problem(
            HTTPStatus.SERVICE_UNAVAILABLE, busy, headers={"Retry-After": "5"}
        ).response()
    except Exception:
        logger.exception("an endpoint failed")
        failed = _("Something broke here, not with you. Quote X-Request-ID when you ask us.")
        return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, failed).response()
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _caller(request: HttpRequest, scope: Scope, now: datetime) -> Caller:
    """Who asks. Raises Problem unless a living key with the scope does, within its rate."""
    _refuse_keys_in_address(request)
    key = _living_key(request, now)
    per_minute = options.value("api.requests_per_minute")
    if not rates.hit(f"api:{key.pk}", limit=per_minute, per=MINUTE, now=now):
        raise _too_many(_("This key has asked too often."), MINUTE)
    if scope.name not in key.scopes:
        detail = _("This key lacks the scope %(scope)s.") % {"scope": scope.name}
        raise Problem(HTTPStatus.FORBIDDEN, detail)
    if not SCOPES[scope.name].is_within(key.owner):
        raise Problem(HTTPStatus.FORBIDDEN, _("The owner of this key may not do that any more."))
    note_use(key, now=now)
    return Caller(key, now)


def _refuse_keys_in_address(request: HttpRequest) -> None:
    """Addresses stand in the logs of every computer between us and the machine (X-26)."""
    for name, values in request.GET.lists():
        has_key = any(str(value).startswith(f"{MARK}_") for value in values)
        if has_key or name.lower() in _KEY_NAMES:
            detail = _(
                "Send the key in the header Authorization: Bearer …, never in the address. "
                "Revoke this one: addresses are logged."
            )
            raise Problem(HTTPStatus.BAD_REQUEST, detail)


def _living_key(request: HttpRequest, now: datetime) -> ApiKey:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if not token.strip():
        raise _unknown(_("Send a key in the header Authorization: Bearer …."), "")
    # Looked up for every request: what is revoked is refused at once.
    key = ApiKey.objects.shown(token.strip()) if kind.lower() == "bearer" else None
    if key is not None and key.is_alive(now):
        return key
    # Counted after looking: a colleague's wrong key does not lock out the right one beside it.
    address = getattr(request, "client_address", "")
    if not rates.hit(f"api-wrong:{address}", limit=WRONG_KEYS, per=WRONG_KEYS_PER, now=now):
        raise _too_many(_("Too many wrong keys from this network address."), WRONG_KEYS_PER)
    raise _unknown(_("This key is unknown, revoked or expired."), ', error="invalid_token"')


def _unknown(detail: str, error: str) -> Problem:
    challenge = {"WWW-Authenticate": f'Bearer realm="api"{error}'}
    return Problem(HTTPStatus.UNAUTHORIZED, detail, headers=challenge)


def _too_many(detail: str, wait: timedelta) -> Problem:
    headers = {"Retry-After": str(int(wait.total_seconds()))}
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, detail, headers=headers)


def _not_allowed(methods: Mapping[str, Endpoint]) -> Problem:
    allowed = {"Allow": ", ".join(sorted(name.upper() for name in methods))}
    detail = _("This address does not know that method.")
    return Problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, headers=allowed)


def _no_number(word: str) -> None:
    raise ValueError(word)


@csrf_exempt
def nowhere(_request: HttpRequest, rest: str) -> HttpResponse:
    """No such address below /api/."""
    return Problem(HTTPStatus.NOT_FOUND, _("There is nothing at this address.")).response()
