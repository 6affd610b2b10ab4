"""Why somebody got a ticket, was passed over, or nobody could take it: in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from automation.choosing import Candidate, Method, Reason, Verdict
from automation.models import AssignmentMethod


def verdict_words(row: Mapping[str, Any]) -> str:
    """One candidate of the log: "5 of 5 tickets", "lacks Performance"."""
    reason, detail = row.get("reason", ""), row.get("detail", "")
    words = {
        Reason.CHOSEN: _("was chosen"),
        Reason.FITS: _("could have taken it"),
        Reason.INACTIVE: _("is not active"),
        Reason.AWAY: _away(detail),
        Reason.OFF_SHIFT: _("is not on shift"),
        Reason.FULL: _("has the most tickets allowed"),
        Reason.BUSY: _("has enough open tickets"),
        Reason.LACKS: _("lacks %(skills)s") % {"skills": detail},
        Reason.NOT_SENIOR: _("is not a senior agent"),
        Reason.NOT_LISTED: _("was not asked for"),
        Reason.BACKUP: _("is a backup and was not needed"),
    }
    return str(words.get(Reason(reason), "")) if reason in set(Reason) else ""


def obstacle_words(
    verdicts: Iterable[Verdict], people: Mapping[int, Candidate], skills: Mapping[int, str]
) -> str:
    """Why nobody could take it: "4 away, 3 at 5 of 5, 1 lacks Performance"."""
    rows = list(verdicts)
    if not rows:
        return _("Nobody has a seat in this department.")
    counts = Counter(_group(row, people[row.user], skills) for row in rows)
    return ", ".join(_counted(group, count) for group, count in counts.most_common())[:300]


def by_hand() -> str:
    return _("Waits to be given out by hand.")


def switched_off() -> str:
    return _("Giving tickets to agents is switched off.")


def failed() -> str:
    return _("Giving it out failed; it is tried again.")


def method_words(method: str) -> str:
    return str(AssignmentMethod(method).label) if method in set(Method) else ""


def skill_names(ids: Sequence[int], skills: Mapping[int, str]) -> str:
    return ", ".join(skills.get(pk, _("(deleted)")) for pk in ids)


def _away(availability: str) -> str:
    """Which kind of absence: "do not disturb" is one of the causes people look for (S4)."""
    if availability == User.Availability.DO_NOT_DISTURB:
        return _("asked not to be disturbed")
    if availability == User.Availability.UNAVAILABLE:
        return _("is unavailable")
    return _("is away")


def _group(row: Verdict, person: Candidate, skills: Mapping[int, str]) -> tuple[str, str]:
    if row.reason is Reason.LACKS and not isinstance(row.detail, str):
        return row.reason, skill_names(row.detail, skills)
    if row.reason is Reason.BUSY:
        return Reason.BUSY, f"{person.load}/{person.push_below}"
    if row.reason is Reason.FULL:
        return Reason.FULL, f"{person.load}/{person.cap}"
    return row.reason, ""


def _counted(group: tuple[str, str], count: int) -> str:
    reason, detail = group
    words = {
        Reason.INACTIVE: ngettext("%(count)d not active", "%(count)d not active", count),
        Reason.AWAY: ngettext("%(count)d away", "%(count)d away", count),
        Reason.OFF_SHIFT: ngettext("%(count)d not on shift", "%(count)d not on shift", count),
        Reason.FULL: ngettext("%(count)d at %(detail)s", "%(count)d at %(detail)s", count),
        Reason.BUSY: ngettext("%(count)d at %(detail)s", "%(count)d at %(detail)s", count),
        Reason.LACKS: ngettext("%(count)d lacks %(detail)s", "%(count)d lack %(detail)s", count),
        Reason.NOT_SENIOR: ngettext("%(count)d not senior", "%(count)d not senior", count),
        Reason.NOT_LISTED: ngettext("%(count)d not asked for", "%(count)d not asked for", count),
    }
    text = words.get(Reason(reason)) or ngettext("%(count)d other", "%(count)d others", count)
    return text % {"count": count, "detail": detail}
