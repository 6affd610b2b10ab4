"""One mail or one ticket tried to the end: rules, effects, and the agent it would get (N3)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.departments import default_department
from accounts.models import Skill
from automation.assigning.asking import ASKS
from automation.assigning.pool import look_at_pool
from automation.assigning.wishes import Wishes
from automation.assigning.words import method_words, skill_names, verdict_words
from automation.choosing import Candidate, Choice, Reason, Verdict, choose
from automation.dry_run.drafts import OPENING_KINDS, RulesDraft
from automation.dry_run.openings import opening_of
from automation.dry_run.play import Play, play
from automation.engine import RuleSet
from automation.models import RoutingPlan, RuleKind, RuleRun, WaitingTicket
from automation.run_pages import RuleView, rule_view
from automation.running import kept_facts
from automation.tracing import traced_with
from automation.versions import rules_replaced
from core.text import clean_line
from mailpipe.actions.intake import settle_mail
from mailpipe.models import InboundMail
from mailpipe.reading import read_mail
from mailpipe.storage import measure
from tickets.models import Ticket

FIELDS: Final = {
    "department": _l("Department"),
    "priority": _l("Priority"),
    "service": _l("Service"),
    "status": _l("Status"),
    "assignee": _l("Assignee"),
}


@dataclass(frozen=True)
class FieldWord:
    """One field of the ticket: before the rules and after them."""

    label: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Seat:
    """One candidate and why they would, or would not, get the ticket."""

    name: str
    words: str
    load: str
    is_chosen: bool


@dataclass(frozen=True)
class Trial:
    """Everything the test page shows; `refusal` says why a mail makes no new ticket."""

    title: str = ""
    refusal: str = ""
    fields: list[FieldWord] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    runs: list[tuple[str, list[RuleView]]] = field(default_factory=list)
    asked: str = ""
    seats: list[Seat] = field(default_factory=list)


def try_ticket(ticket: Ticket, *, draft: RulesDraft) -> Trial:
    """The rules on one ticket as it was opened. Reads only."""
    opened = opening_of(ticket)
    if opened is None:
        return Trial(refusal=_("Nothing is known about how this ticket began."))
    began = ticket.created_at
    return _trial(str(ticket), opened.ticket, opened.message, draft=draft, now=began)


def try_mail(facts: Mapping[str, Any], *, draft: RulesDraft, now: datetime) -> Trial:
    """The rules on the ticket a mail would open; the mail is settled for real and taken back."""
    raw = raw_mail(facts)
    recipient = facts.get("recipient") or _default_address()
    with transaction.atomic():
        # Without rules: the ticket is the one they are tried on.
        with rules_replaced({}):
            row = _settled(raw, recipient=recipient, sender=facts.get("sender") or "", now=now)
        trial = _of_mail(row, draft, now)
        transaction.set_rollback(True)
    return trial


def raw_mail(facts: Mapping[str, Any]) -> bytes:
    """The mail as it was pasted, or one made of the fields."""
    text: str = facts["text"].replace("\r\n", "\n").lstrip()
    if _has_headers(text):
        return text.replace("\n", "\r\n").encode("utf-8", "surrogateescape")
    mail = EmailMessage()
    mail["From"] = facts.get("sender") or "somebody@customer.example"
    mail["To"] = facts.get("recipient") or _default_address() or "support@localhost"
    mail["Subject"] = clean_line(facts.get("subject") or "", 500)
    mail.set_content(text)
    return mail.as_bytes()


def _has_headers(text: str) -> bool:
    """Whether the text begins like a whole mail: lines of headers, one of them From."""
    head = text.partition("\n\n")[0].splitlines()
    named = [line for line in head if not line[:1].isspace()]
    are_headers = bool(named) and all(
        ":" in line and " " not in line.partition(":")[0] for line in named
    )
    return are_headers and any(line.lower().startswith("from:") for line in named)


def _default_address() -> str:
    department = default_department()
    return department.address if department else ""


def _settled(raw: bytes, *, recipient: str, sender: str, now: datetime) -> InboundMail:
    row = InboundMail.objects.create(
        source="trial",
        recipient=recipient[:254],
        envelope_sender=sender[:254],
        sha256=hashlib.sha256(raw).hexdigest(),
        stored_as="",
        size=len(raw),
        received_at=now,
        next_attempt_at=now,
    )
    settle_mail(row, mail=read_mail(raw, envelope_sender=sender), now=now, store=measure)
    row.refresh_from_db()
    return row


def _of_mail(row: InboundMail, draft: RulesDraft, now: datetime) -> Trial:
    if row.outcome != InboundMail.Outcome.TICKET or row.ticket is None:
        words = {"outcome": row.get_outcome_display(), "reason": row.reason}
        return Trial(refusal=_("This mail opens no ticket: %(outcome)s, %(reason)s.") % words)
    ticket = Ticket.objects.select_related("customer__organisation").get(pk=row.ticket.pk)
    return _trial(ticket.subject, ticket, row.message, draft=draft, now=now)


def _trial(title: str, ticket: Ticket, message: Any, *, draft: RulesDraft, now: datetime) -> Trial:
    before = _words_of(ticket)
    rule_sets = draft.rule_sets()
    played = play(ticket, message, rule_sets=rule_sets, now=now)
    after = _words_of(ticket)
    choice, people, asked = _agent(played, now=now)
    return Trial(
        title=title,
        fields=[FieldWord(str(label), before[name], after[name]) for name, label in FIELDS.items()],
        told=played.told,
        failed=played.failed,
        runs=[_run(kind, played, rule_sets[kind]) for kind in OPENING_KINDS if kind in rule_sets],
        asked=asked,
        seats=_seats(choice, people),
    )


def _words_of(ticket: Ticket) -> dict[str, str]:
    return {name: str(getattr(ticket, name) or _("none")) for name in FIELDS}


def _run(kind: str, played: Play, rules: RuleSet) -> tuple[str, list[RuleView]]:
    decision = played.decisions[kind]
    run = RuleRun(
        kind=kind,
        trigger="created",
        matched=[rule.id for rule in decision.matched],
        facts=kept_facts(played.seen[kind]),
        found=decision.case.found(),
    )
    views = [rule_view(trace, run) for trace in traced_with(rules, run)]
    return str(RuleKind(kind).label), views


def _agent(played: Play, *, now: datetime) -> tuple[Choice | None, dict[int, Candidate], str]:
    """Whom the department would give it to, on a copy of its seats."""
    ticket = played.ticket
    plan = RoutingPlan.objects.filter(department_id=ticket.department_id).first()
    if ticket.assignee_id is not None or plan is None:
        return None, {}, ""
    wish = _wish(played)
    if wish is None and not plan.is_enabled:
        return None, {}, _("Nobody: this department gives out no tickets by itself.")
    row = WaitingTicket(
        ticket=ticket,
        department=ticket.department,
        method=(wish or {}).get("method", ""),
        wanted={name: (wish or {}).get(name, []) for name in ("skills", "people")},
        since=now,
    )
    pool = look_at_pool(plan, now=now)
    asked = Wishes(plan, [row], now=now).of(row)
    choice = choose(list(pool.people.values()), asked)
    return choice, pool.people, method_words(asked.method)


def _wish(played: Play) -> Mapping[str, Any] | None:
    """What the last rule that asks for an agent asks for."""
    asks = [
        effect
        for kind in OPENING_KINDS
        for rule in played.matched(kind)
        for effect in rule.effects
        if effect["effect"] == ASKS
    ]
    return asks[-1] if asks else None


def _seats(choice: Choice | None, people: Mapping[int, Candidate]) -> list[Seat]:
    if choice is None:
        return []
    skills = dict(Skill.objects.values_list("pk", "name"))
    return [_seat(verdict, people[verdict.user], skills) for verdict in choice.verdicts]


def _seat(verdict: Verdict, person: Candidate, skills: Mapping[int, str]) -> Seat:
    detail = verdict.detail
    if not isinstance(detail, str):
        detail = skill_names(detail, skills)
    return Seat(
        name=person.name,
        words=verdict_words({"reason": verdict.reason, "detail": detail}),
        load=_("%(load)d of %(limit)d open tickets")
        % {"load": person.load, "limit": person.push_below},
        is_chosen=verdict.reason is Reason.CHOSEN,
    )
