"""Metrics and lengths of working time as desk and portal say them."""

from __future__ import annotations

import math

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sla.models import Metric, Unit

HOUR = 3600
_MINUTE = 60


def metric_name(metric: str) -> str:
    """First response, Resolution; a clock that a rule armed keeps the name it got there."""
    return str(Metric(metric).label) if metric in Metric.values else metric


def short_target(amount: int, unit: str) -> str:
    """4 h, 30 m, 5 business days: what was promised."""
    if unit == Unit.BUSINESS_DAYS:
        words = ngettext("%(count)d business day", "%(count)d business days", amount)
        return words % {"count": amount}
    short = _("%(hours)d h") if unit == Unit.HOURS else _("%(minutes)d m")
    return short % {"hours": amount, "minutes": amount}


def spent_text(seconds: int) -> str:
    """45 m, 9 h 15 m, 30 h: working time is told in hours, for its days have no fixed length."""
    hours, minutes = divmod(seconds // _MINUTE, _MINUTE)
    if not hours:
        return _("%(minutes)d m") % {"minutes": minutes}
    if not minutes:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)02d m") % {"hours": hours, "minutes": minutes}


def exact_text(seconds: int) -> str:
    """The same to the second where there are any, so that lines of an account add up."""
    words, rest = spent_text(seconds), seconds % _MINUTE
    if not rest:
        return words
    if seconds < _MINUTE:
        return _("%(seconds)d s") % {"seconds": rest}
    return _("%(time)s %(seconds)02d s") % {"time": words, "seconds": rest}


def working_target(amount: int, unit: str, *, is_always: bool) -> str:
    """4 working hours, for customers; around the clock they are plain hours (R104)."""
    if unit == Unit.BUSINESS_DAYS:
        words = ngettext("%(count)d working day", "%(count)d working days", amount)
    elif unit == Unit.MINUTES:
        words = ngettext("%(count)d minute", "%(count)d minutes", amount)
    elif is_always:
        words = ngettext("%(count)d hour", "%(count)d hours", amount)
    else:
        words = ngettext("%(count)d working hour", "%(count)d working hours", amount)
    return words % {"count": amount}


def working_hours(seconds: int, *, is_always: bool) -> str:
    """Rounded up: what is kept four times out of five (N17)."""
    hours = max(1, math.ceil(seconds / HOUR))
    return working_target(hours, Unit.HOURS, is_always=is_always)
