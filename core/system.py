"""How the installation is: lines for the system page and numbers for /metrics (trust.md 9)."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from core import clock, health
from core.access import permission_required
from core.models import Job, SweepRun, TimedAction
from core.registries import HealthLine, health_checks
from core.rendering import render_page

MAX_LAG = timedelta(seconds=60)
MAX_SKEW = timedelta(seconds=2)
LOW_DISK_BYTES = 2 * 1024**3

logger = logging.getLogger(__name__)


@require_safe
@permission_required("system.read")
def system(request: HttpRequest) -> HttpResponse:
    """Everything that is measured, the troubles first."""
    lines = sorted((line for _key, line in measured()), key=lambda line: line.is_well)
    context = {
        "lines": lines,
        "is_well": all(line.is_well for line in lines),
        "version": product_version(),
        "sweeps": SweepRun.objects.exclude(key__endswith=".seldom").order_by("key"),
    }
    return render_page(request, "core/system.html", context, fragment="lines")


def measured() -> Iterator[tuple[str, HealthLine]]:
    """Every registered check; one that raises is a trouble itself."""
    for key, check in health_checks:
        try:
            yield key, check()
        except Exception as failure:
            # What can't be measured is a finding; it must not hide the other lines.
            logger.exception("health check %s failed", key)
            text = _("This could not be measured: %(reason)s") % {"reason": type(failure).__name__}
            yield key, HealthLine(key, text, is_well=False)


def product_version() -> str:
    """The version as installed; a checkout names the one of its project file."""
    try:
        return version("helpdesk")
    except PackageNotFoundError:
        return "0.1.0"


class HealthCollector(Collector):
    """Health lines as gauges: 1 is well, 0 is not, and the value where one is measured."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        well = GaugeMetricFamily("helpdesk_health", "1 when a check is well", labels=["check"])
        values = GaugeMetricFamily("helpdesk_health_value", "What was measured", labels=["check"])
        for key, line in measured():
            well.add_metric([key], float(line.is_well))
            if line.value is not None:
                values.add_metric([key], line.value)
        yield well
        yield values

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing to say beforehand: registering must not ask the database."""
        return []


def register() -> None:
    """Offer core's own checks, and all checks to /metrics."""
    health_checks.register("core.database", database_line)
    health_checks.register("core.migrations", migrations_line)
    health_checks.register("core.redis", redis_line)
    health_checks.register("core.sweeps", sweeps_line)
    health_checks.register("core.jobs", jobs_line)
    health_checks.register("core.timers", timers_line)
    health_checks.register("core.disk", disk_line)
    REGISTRY.register(HealthCollector())


def database_line() -> HealthLine:
    """PostgreSQL answers, and its clock is ours."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), clock_timestamp()")
        server, moment = cursor.fetchone()
    skew = abs(clock.now() - moment)
    text = _("PostgreSQL %(version)s, clocks %(seconds).1f s apart") % {
        "version": server.split()[0],
        "seconds": skew.total_seconds(),
    }
    return HealthLine(_("Database"), text, skew <= MAX_SKEW, skew.total_seconds())


def migrations_line() -> HealthLine:
    """The schema is the one this code was written for."""
    state = health.database_state()
    text = _("The schema is up to date") if state == "ok" else _("Run manage.py migrate")
    return HealthLine(_("Schema"), text, state == "ok")


def redis_line() -> HealthLine:
    """Redis answers; without it everything works, a little later."""
    resting = bool(getattr(cache, "is_resting", bool)())
    is_well = health.redis_state() == "ok" and not resting
    text = _("Answers") if is_well else _("Away: work waits for the next sweep")
    return HealthLine(_("Redis"), text, is_well)


def sweeps_line() -> HealthLine:
    """Beat and a worker are at work: some sweep began a moment ago."""
    last = SweepRun.objects.order_by("-began_at").exclude(began_at=None).first()
    if last is None or last.began_at is None:
        return HealthLine(_("Sweeps"), _("None has run yet: is a worker running?"), is_well=False)
    lag = clock.now() - last.began_at
    failing = list(SweepRun.objects.exclude(last_error="").values_list("key", flat=True))
    text = _("The last one began %(seconds)d s ago") % {"seconds": lag.total_seconds()}
    if failing:
        text = _("Failing: %(keys)s") % {"keys": ", ".join(failing)}
    return HealthLine(_("Sweeps"), text, lag <= MAX_LAG and not failing, lag.total_seconds())


def jobs_line() -> HealthLine:
    """Jobs that failed in the last week, and how many wait."""
    recent = Job.objects.filter(created_at__gte=clock.now() - timedelta(days=7))
    failed = recent.filter(state=Job.State.FAILED).count()
    text = ngettext("%(count)d failed this week", "%(count)d failed this week", failed)
    return HealthLine(_("Jobs"), text % {"count": failed}, failed == 0, float(failed))


def timers_line() -> HealthLine:
    """Nothing that waits for a time is late, and nothing was given up."""
    failed = TimedAction.objects.filter(state=TimedAction.State.FAILED).count()
    pending = TimedAction.objects.filter(state=TimedAction.State.PENDING)
    first = pending.order_by("due_at").values_list("due_at", flat=True).first()
    lag = max(clock.now() - first, timedelta(0)) if first else timedelta(0)
    if failed:
        words = ngettext("%(count)d timed action failed", "%(count)d timed actions failed", failed)
        text = words % {"count": failed}
        return HealthLine(_("Timers"), text, is_well=False, value=float(failed))
    text = _("The oldest one due waits %(seconds)d s") % {"seconds": lag.total_seconds()}
    return HealthLine(_("Timers"), text, lag <= MAX_LAG, lag.total_seconds())


def disk_line() -> HealthLine:
    """Room for mail and files."""
    folder = settings.VAR_DIR if settings.VAR_DIR.exists() else settings.BASE_DIR
    free = shutil.disk_usage(folder).free
    text = _("%(size).1f GB free") % {"size": free / 1024**3}
    return HealthLine(_("Disk"), text, free >= LOW_DISK_BYTES, float(free))
