"""Is the process up, is it ready, and what does it count."""

from __future__ import annotations

import hmac
import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

PING_KEY = "health-ping"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up; asks neither database nor Redis."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when requests can be answered; Redis away is only a remark."""
    database, draining = database_state(), is_draining()
    is_ready = database == "ok" and not draining
    facts = {"ready": is_ready, "database": database, "redis": redis_state(), "draining": draining}
    return JsonResponse(facts, status=200 if is_ready else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus, with the token or from this machine; 404 for all others."""
    if not _may_read_metrics(request):
        raise Http404
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def is_draining() -> bool:
    """Whether this machine is about to stop: `touch var/draining` sends the balancer elsewhere."""
    return bool((settings.VAR_DIR / "draining").exists())


def database_state() -> str:
    """ "ok", or what is wrong with the database."""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "migrations are missing"
    except DatabaseError:
        return "away"
    return "ok"


def redis_state() -> str:
    """ "ok" or "degraded"."""
    cache.set(PING_KEY, 1, 10)
    return "ok" if cache.get(PING_KEY) else "degraded"


def _may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    try:
        return ipaddress.ip_address(getattr(request, "client_address", "")).is_loopback
    except ValueError:
        return False
