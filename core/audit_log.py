"""The page of the audit log: filters, keyset paging, export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core import audit, clock
from core.access import permission_required
from core.exports import csv_response
from core.models import AuditEntry
from core.registries import audit_labels
from core.rendering import render_page

PAGE = 50
MAX_EXPORT = 100_000


@dataclass(frozen=True)
class AuditLine:
    """One entry as the page shows it."""

    at: datetime
    who: str
    what: str
    subject: str
    kind: str
    changes: list[tuple[str, str, str]]
    address: str


class AuditFilter(forms.Form):
    """What of the log is wanted; anything unknown is ignored."""

    q = forms.CharField(label=gettext_lazy("Person or thing"), required=False, max_length=100)
    verb = forms.ChoiceField(required=False)
    kind = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    subject = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    since = forms.DateField(
        label=gettext_lazy("Since"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput({"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(verb, str(label)) for verb, label in audit_labels]
        self.fields["verb"] = forms.ChoiceField(
            label=_("What happened"), required=False, choices=[("", _("Everything")), *known]
        )

    def entries(self) -> QuerySet[AuditEntry]:
        """The entries asked for, newest first."""
        entries = AuditEntry.objects.order_by("-at", "-id")
        wanted = self.cleaned_data if self.is_valid() else {}
        if wanted.get("q"):
            text = wanted["q"]
            entries = entries.filter(
                Q(actor_name__icontains=text) | Q(subject_name__icontains=text)
            )
        for name, column in (("verb", "verb"), ("kind", "subject_kind"), ("subject", "subject_id")):
            if wanted.get(name):
                entries = entries.filter(**{column: wanted[name]})
        if wanted.get("since"):
            entries = entries.filter(at__gte=_midnight(wanted["since"]))
        if wanted.get("until"):
            entries = entries.filter(at__lt=_midnight(wanted["until"] + timedelta(days=1)))
        return entries


@require_safe
@permission_required("audit.read")
def audit_log(request: HttpRequest) -> HttpResponse:
    """Who changed what, newest first, 50 a page."""
    form = AuditFilter(request.GET)
    rows = list(_before(form.entries(), request.GET.get("before", ""))[: PAGE + 1])
    context = {
        "form": form,
        "lines": [_line(row) for row in rows[:PAGE]],
        "next_url": _older_url(request, rows[PAGE - 1]) if len(rows) > PAGE else "",
        "export_url": f"{request.path}/export?{_query(request)}",
    }
    return render_page(request, "core/audit_log.html", context)


@require_safe
@permission_required("audit.read")
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered log as CSV; the export is itself an entry (X-55)."""
    entries = AuditFilter(request.GET).entries()[:MAX_EXPORT]
    audit.record("exported", "audit_log", actor=request.user, after=request.GET.dict())
    headings = [_("Time"), _("Who"), _("What"), _("Subject"), _("Before"), _("After"), _("Address")]
    return csv_response(
        f"audit-log-{clock.now():%Y-%m-%d}", headings=headings, rows=_exported(entries)
    )


def _line(entry: AuditEntry) -> AuditLine:
    names = list({**(entry.before or {}), **(entry.after or {})})
    return AuditLine(
        at=entry.at,
        who=entry.actor_name,
        what=_verb(entry.verb),
        subject=entry.subject_name or entry.subject_id,
        kind=entry.subject_kind,
        changes=[(name, _shown(entry.before, name), _shown(entry.after, name)) for name in names],
        address=entry.address or "",
    )


def _exported(entries: QuerySet[AuditEntry]) -> Iterator[list[str]]:
    for entry in entries.iterator(chunk_size=1000):
        line = _line(entry)
        before = "; ".join(f"{name}: {old}" for name, old, _new in line.changes if old)
        after = "; ".join(f"{name}: {new}" for name, _old, new in line.changes if new)
        yield [
            line.at.isoformat(),
            line.who,
            line.what,
            line.subject,
            before,
            after,
            line.address,
        ]


def _before(entries: QuerySet[AuditEntry], cursor: str) -> QuerySet[AuditEntry]:
    """Entries older than the one named by the cursor; an odd cursor means the first page."""
    if not cursor.isdecimal() or len(cursor) > 18:  # noqa: PLR2004 - digits of a bigint
        return entries
    last = AuditEntry.objects.filter(pk=int(cursor)).values("at", "pk").first()
    if last is None:
        return entries
    return entries.filter(Q(at__lt=last["at"]) | Q(at=last["at"], pk__lt=last["pk"]))


def _older_url(request: HttpRequest, last: AuditEntry) -> str:
    return f"{request.path}?{_query(request, before=str(last.pk))}"


def _query(request: HttpRequest, **extra: str) -> str:
    known = {name: request.GET[name] for name in AuditFilter.base_fields if request.GET.get(name)}
    return urlencode({**known, **extra})


def _verb(verb: str) -> str:
    return str(audit_labels[verb]) if verb in audit_labels else verb.replace("_", " ")


def _shown(values: dict[str, Any] | None, name: str) -> str:
    value = (values or {}).get(name)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return "" if value is None else str(value)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
