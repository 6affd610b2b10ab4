"""One rendered form makes one effect: keys in forms, UNIQUE in the database (D-20)."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from core import clock
from core.condition_drafts import is_step
from core.models import Submission
from core.sealing import CannotUnseal, seal, unseal

FIELD = "idempotency_key"
KEPT = timedelta(days=7)
SEE_OTHER = 303
BAD_REQUEST = 400
MAX_LOCATION = 300  # sealed, it fits the 500 characters of its column

# The first one may take longer than the two seconds that locks are waited for elsewhere. What
# waits is the insert; the outer SELECT runs when it is through, and puts the patience back.
_CLAIM = """
WITH patience AS MATERIALIZED (
    SELECT current_setting('lock_timeout') AS usual, set_config('lock_timeout', '10s', true)
), taken AS (
    INSERT INTO core_submission (actor_key, key, location, created_at)
    SELECT %s, %s, '', %s FROM patience
    ON CONFLICT (actor_key, key) DO NOTHING
    RETURNING 1
), counted AS MATERIALIZED (
    SELECT count(*) AS mine FROM taken
)
SELECT mine, set_config('lock_timeout', usual, true) FROM counted, patience
"""
_LEAD = "UPDATE core_submission SET location = %s WHERE actor_key = %s AND key = %s"

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@dataclass(frozen=True)
class Replay:
    """The form was accepted before; `location` is where that led."""

    location: str


def claim_submission(actor_key: str, key: uuid.UUID, *, now: datetime) -> Replay | None:
    """Take the key in this transaction; a Replay when somebody did before.

    A second submission waits here until the first one is committed or undone.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [actor_key, key, now])
        if cursor.fetchone()[0]:
            return None
    return Replay(_opened(Submission.objects.get(actor_key=actor_key, key=key).location))


def record_location(actor_key: str, key: uuid.UUID, *, location: str) -> None:
    """Keep where the first submission led, for those that repeat it.

    Sealed, for the address may carry a guest's token, which stands nowhere in clear (X-20).
    """
    known = seal(location).decode() if len(location.encode()) <= MAX_LOCATION else ""
    with connection.cursor() as cursor:
        cursor.execute(_LEAD, [known, actor_key, key])


def release_submission(actor_key: str, key: uuid.UUID) -> None:
    """Give the key back: the form was refused and may be sent again, mended."""
    Submission.objects.filter(actor_key=actor_key, key=key).delete()


def idempotent(view: View[P]) -> View[P]:
    """Answer repeated POSTs of one rendered form with what the first one led to.

    The view runs in one transaction with the key, so that neither exists without the other.
    A missing or odd key lets the request through as it is.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        key = _posted_key(request)
        if key is None:
            return view(request, *args, **kwargs)
        actor = actor_key_of(request)
        with transaction.atomic():
            replay = claim_submission(actor, key, now=clock.now())
            if replay is not None:
                return _replayed(request, replay)
            response = view(request, *args, **kwargs)
            if response.status_code >= BAD_REQUEST:
                if not connection.needs_rollback:
                    release_submission(actor, key)
            else:
                record_location(actor, key, location=_location_of(request, response))
        return response

    return guarded


def actor_key_of(request: HttpRequest) -> str:
    """Who submits: the user, else the session, else the address."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    session = getattr(request, "session", None)
    if session is not None and session.session_key:
        return f"session:{session.session_key}"
    return f"address:{getattr(request, 'client_address', '')}"[:80]


def was_used(request: HttpRequest) -> bool:
    """Whether the posted key was accepted before: a late draft must not outlive its message."""
    key = _posted_key(request)
    if key is None:
        return False
    return Submission.objects.filter(actor_key=actor_key_of(request), key=key).exists()


def forget_old(now: datetime) -> int:
    """Drop keys of forms nobody has open any more; returns how many."""
    return Submission.objects.filter(created_at__lt=now - KEPT).delete()[0]


def _posted_key(request: HttpRequest) -> uuid.UUID | None:
    # A step of a form saves nothing: the key is for what follows.
    if request.method != "POST" or is_step(request.POST):
        return None
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def _opened(sealed: str) -> str:
    """The kept address; empty, which means the page itself, when no key of ours fits."""
    try:
        return unseal(sealed.encode())
    except CannotUnseal:
        return ""


def _location_of(request: HttpRequest, response: HttpResponseBase) -> str:
    for header in ("Location", "HX-Redirect", "HX-Location"):
        if header in response.headers:
            return str(response.headers[header])
    return urlsplit(request.headers.get("HX-Current-URL") or request.path).path


def _replayed(request: HttpRequest, replay: Replay) -> HttpResponseBase:
    location = replay.location or request.path
    if not url_has_allowed_host_and_scheme(location, allowed_hosts={request.get_host()}):
        location = "/"
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": location})
    response = HttpResponseRedirect(location)
    response.status_code = SEE_OTHER
    return response
