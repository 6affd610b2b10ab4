"""Who wants to be told what, and where: the matrix of the profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.views.me import me
from core.access import staff_required
from core.rendering import render_page, see_other
from notifications.actions import save_preferences
from notifications.forms import HabitsForm
from notifications.kinds import CHANNELS, NoticeKind, notice_kinds
from notifications.models import Habits, Preference
from notifications.reach import Reach, current_reach


@dataclass(frozen=True)
class Cell:
    """One kind over one channel; `label` is for the ear."""

    name: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Line:
    """One kind with its cells; `group` is the heading above it, empty when it goes on."""

    label: Any
    group: Any
    cells: list[Cell]


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponseBase:
    """Kinds by channels, the mail of the day, quiet hours."""
    user = me(request)
    form = HabitsForm(request.POST or None, instance=Habits.of(user))
    if form.is_bound and form.is_valid():
        channels = _chosen(request.POST.getlist("chosen"))
        save_preferences(user, channels=channels, habits=form.cleaned_data)
        messages.success(request, _("Your choice was saved."))
        return see_other(request, request.path)
    reach = current_reach()
    context = {
        "form": form,
        "headings": list(CHANNELS.values()),
        "lines": _lines(user),
        "obstacles": _obstacles(user, reach),
        "shift": user.shift_calendar,
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "notifications/preferences.html", context, status=status)


def _chosen(names: list[str]) -> dict[str, tuple[str, ...]]:
    """Every kind with what was ticked, which may be nothing."""
    ticked = set(names)
    return {
        kind.key: tuple(channel for channel in CHANNELS if f"{kind.key}:{channel}" in ticked)
        for kind in notice_kinds.entries()
    }


def _lines(user: User) -> list[Line]:
    own = dict(Preference.objects.filter(user=user).values_list("kind", "channels"))
    lines: list[Line] = []
    group: Any = ""
    for kind in sorted(notice_kinds.entries(), key=lambda entry: str(entry.group)):
        heading = kind.group if str(kind.group) != str(group) else ""
        lines.append(Line(kind.label, heading, _cells(kind, own.get(kind.key, kind.channels))))
        group = kind.group
    return lines


def _cells(kind: NoticeKind, chosen: Any) -> list[Cell]:
    return [
        Cell(f"{kind.key}:{channel}", f"{kind.label}: {label}", channel in chosen)
        for channel, label in CHANNELS.items()
    ]


def _obstacles(user: User, reach: Reach) -> list[tuple[Any, str]]:
    """Channels that don't reach this person, and why."""
    found = [(label, reach.obstacle(user, channel)) for channel, label in CHANNELS.items()]
    return [(label, obstacle) for label, obstacle in found if obstacle]
