"""Putting rules in force: a version, and a job that brings open tickets under it (sla.md 10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core import clock
from core.jobs import JobKind, Work, kinds, start_job
from sla.following import catch_up
from sla.models import PolicySetVersion
from sla.versions import publish
from tickets.models import Ticket

KIND = "sla.apply_rules"
BATCH = 100


@transaction.atomic
def put_in_force(*, actor: Any, now: datetime) -> PolicySetVersion:
    """Make a version of what the tables say; open tickets follow in the background."""
    newest = PolicySetVersion.objects.order_by("-pk").values_list("pk", flat=True).first()
    version = publish(actor=actor, now=now)
    if version.pk != newest and _behind(version.pk).exists():
        start_job(KIND, {"version": version.pk}, actor=actor, now=now)
    return version


def run(work: Work) -> dict[str, Any]:
    """Move open tickets under the newest rules, a hundred in a transaction; safe to repeat."""
    done, last = 0, 0
    version = work.arguments["version"]
    while ids := list(_behind(version).filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            tickets = Ticket.objects.select_for_update(of=("self",)).filter(pk__in=ids)
            for ticket in tickets.order_by("pk").select_related("status", "priority"):
                catch_up(ticket, now=clock.now())
        last = ids[-1]
        done += len(ids)
        work.advance(done)
    return {"tickets": done}


def _behind(version: int) -> QuerySet[Ticket]:
    """Open tickets whose clocks run under older rules, and those nobody covers yet."""
    is_behind = Q(sla_coverage__rules__lt=version) | Q(sla_coverage=None)
    return Ticket.objects.open().filter(is_behind).order_by("pk")


WORDS = {"tickets": _("Tickets under the new rules")}
kinds.register(KIND, JobKind(_("Deadlines follow changed rules"), run, words=WORDS))
