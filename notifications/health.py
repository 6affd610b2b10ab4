"""How the post office is doing: lines of the system page, checks of `verify`."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.models.delivery import UNSENT, Delivery
from core.registries import Finding, HealthLine
from core.times import span_text
from notifications.models import NoticeDelivery

RECENT = timedelta(days=1)
ALARM = timedelta(minutes=10)
STUCK = timedelta(hours=1)
SHOWN = 20
GIVEN_UP = (Delivery.State.FAILED, Delivery.State.DEAD)


def failing_notices() -> HealthLine:
    """Notices of the last day that were given up, and those that are being tried again."""
    recent = NoticeDelivery.objects.filter(created_at__gte=clock.now() - RECENT)
    failed = recent.filter(state__in=GIVEN_UP).count()
    trying = NoticeDelivery.objects.filter(state__in=UNSENT).exclude(last_error="").count()
    words = ngettext(
        "%(count)d failed in a day, %(trying)d tried again",
        "%(count)d failed in a day, %(trying)d tried again",
        failed,
    )
    text = words % {"count": failed, "trying": trying}
    return HealthLine(_("Notices"), text, is_well=failed == 0, value=failed)


def oldest_due_notice() -> HealthLine:
    """How late the post office is."""
    now = clock.now()
    due = NoticeDelivery.objects.filter(NoticeDelivery.due_condition(now))
    oldest = due.aggregate(at=Min("due_at"))["at"]
    late = max(now - oldest, timedelta(0)) if oldest else timedelta(0)
    age = span_text(late) if late else _("none")
    text = _("Oldest notice waiting to be sent: %(age)s") % {"age": age}
    return HealthLine(_("Post office"), text, is_well=late < ALARM, value=late.total_seconds())


def check_deliveries(*, repair: bool) -> list[Finding]:
    """Nothing is due for long; the sweep is what repairs this."""
    late = NoticeDelivery.objects.filter(NoticeDelivery.due_condition(clock.now() - STUCK))
    return [Finding(f"notice {row.pk} is due since {row.due_at:%F %R}") for row in late[:SHOWN]]
