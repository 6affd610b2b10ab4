"""One world for all tests of trust: a ticket of cleo in Technical with everything a ticket can have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.core import signing
from django.utils import timezone

from accounts.actions import invite_user
from accounts.actions.invitations import Guest
from accounts.models import Department, Invitation, Role, Skill, Team, User
from accounts.tokens import digest, new_token
from api.actions import create_key
from calendars.models import BusinessCalendar
from core import files, theme
from core.models import Job
from customers.models import Customer, CustomerAddress, Organisation, Tier
from mailpipe.composition import compose
from mailpipe.models import InboundMail, OutgoingMail, SenderRule
from notifications.models import Announcement, Endpoint, NoticeDelivery, Notification
from sla.actions.rules import put_in_force
from sla.drafts import with_default
from sla.models import (
    PolicySetVersion,
    QueueTarget,
    ServiceExclusion,
    SlaClock,
    SlaPolicy,
    SlaTarget,
)
from sla.what_if import try_draft
from tests.factories import (
    make_calendar,
    make_customer,
    make_department,
    make_inbound,
    make_reply,
    make_ticket,
    make_user,
)
from tests.mailpipe.letters import receive
from tests.security.canaries import CANARIES
from tests.security.stage_areas import Areas
from tests.security.stage_bulk import bulk_run
from tests.security.stage_custom_fields import custom_fields
from tests.security.stage_customer_file import customer_file
from tests.security.stage_macros import macros
from tests.security.stage_merging import merging
from tests.security.stage_on_call import on_call
from tests.security.stage_predefined import predefined
from tests.security.stage_rules import rules
from tests.security.stage_warranty import warranty
from tests.security.stage_work import work
from tests.security.stage_writing import writing
from tickets.actions import (
    add_followers,
    add_note,
    create_task,
    link_tickets,
    remind,
    set_tags,
    watch,
)
from tickets.actions.followers import NewFollower
from tickets.actions.guests import issue_guest_token
from tickets.actors import Actor
from tickets.content import Author, Content, NewFile
from tickets.models import (
    Attachment,
    BulkRun,
    Message,
    Priority,
    Reminder,
    SavedView,
    Service,
    Status,
    Task,
    Ticket,
    TicketLink,
)


@dataclass(frozen=True, kw_only=True)
class Stage(Areas):
    """Who and what there is."""

    ada: User
    ben: User
    manager: User
    owner: User
    cleo: Customer
    otto: Customer
    technical: Department
    billing: Department
    spare: Department
    ticket: Ticket
    foreign: Ticket
    other: Ticket
    inbound: Message
    held: Message
    note: Message
    reply: Message
    file: Attachment
    file_of_note: Attachment
    file_of_held: Attachment
    mail: InboundMail
    outgoing: OutgoingMail
    clock: SlaClock
    guest_token: str
    invitation: Invitation
    job: Job
    rule: SenderRule
    tier: Tier
    organisation: Organisation
    session_pk: int
    role: Role
    team: Team
    skill: Skill
    service: Service
    status: Status
    priority: Priority
    calendar: BusinessCalendar
    policy: SlaPolicy
    queue_target: QueueTarget
    exclusion: ServiceExclusion
    preset: str
    what_if: Job
    clock_rules: PolicySetVersion
    address: CustomerAddress
    follower_pk: int
    invitation_token: str
    uid: str
    key: str
    theme: str
    sealed_number: str
    notification: Notification
    notice: NoticeDelivery
    task: Task
    reminder: Reminder
    bulk: BulkRun
    saved_view: SavedView

    def people(self) -> dict[str, User | Customer | None]:
        """The actors of the matrix, nobody first."""
        return {
            "anonymous": None,
            "cleo": self.cleo,
            "otto": self.otto,
            "ben": self.ben,
            "ada": self.ada,
            "max": self.manager,
        }


def set_the_stage(now: datetime | None = None) -> Stage:
    """Build the world through the real actions."""
    now = now or timezone.now()
    people = _people()
    _promises(now)
    ticket, mail = _ticket_by_mail(people["cleo"])
    foreign = make_ticket(people["otto"], people["billing"], subject=CANARIES["foreign"])
    said = _conversation(ticket, people, now)
    _surroundings(ticket, foreign, people, now)
    outgoing = OutgoingMail.objects.get(message=said["reply"])
    return Stage(
        ticket=Ticket.objects.get(pk=ticket.pk),
        foreign=foreign,
        other=make_ticket(people["cleo"], people["technical"], subject="Grinder loud"),
        mail=mail,
        inbound=mail.message,
        file=mail.message.attachments.get(),
        clock=SlaClock.objects.filter(ticket=ticket)[0],
        outgoing=compose(outgoing, now=now),
        guest_token=issue_guest_token(ticket, email="cleo@harbour.example", now=now),
        session_pk=_session_of(people["owner"]),
        job=Job.objects.create(kind="rehearsal", started_by=people["manager"], created_at=now),
        follower_pk=ticket.followers.get(email="dora@harbour.example").pk,
        address=people["cleo"].addresses.get(kind="phone"),
        **_vocabulary(now),
        **_spare_rules(people, now),
        **_keys(ticket, people, now),
        **_post_office(people["ada"], now),
        **_work(ticket, people["ada"], now),
        macros=macros(ticket, now=now),
        merging=merging(ticket, people["ada"], now=now),
        predefined=predefined(ticket, ada=people["ada"], manager=people["manager"], now=now),
        writing=writing(ticket, author=people["ada"], colleague=people["manager"], now=now),
        bulk=bulk_run(ticket, foreign, manager=people["manager"], now=now),
        rules=rules(ticket, now=now),
        work=work(ticket, people["ada"], now=now),
        on_call=on_call(ticket, first=people["ada"], manager=people["manager"], now=now),
        **said,
        **people,
    )


def _promises(now: datetime) -> None:
    """One policy for everybody, so that tickets have clocks."""
    policy = SlaPolicy.objects.create(name="Everybody")
    SlaTarget.objects.create(policy=policy, metric="first_response", amount=4, unit="hours")
    put_in_force(actor=None, now=now)


def _people() -> dict[str, Any]:
    technical = make_department("Technical", "tech@company.example", is_default=True)
    billing = make_department("Billing", "billing@company.example")
    harbour = Organisation.objects.create(
        name="Harbour Foods", notes=CANARIES["organisation_notes"]
    )
    company = Organisation.objects.create(name="Northlight Studio")
    cleo = make_customer(
        "Cleo",
        "cleo@harbour.example",
        harbour,
        user=make_user("Cleo", "customer", email="cleo@harbour.example"),
        notes=CANARIES["customer_notes"],
    )
    CustomerAddress.objects.create(customer=cleo, kind="phone", value="+4930123456")
    return {
        "technical": technical,
        "billing": billing,
        "spare": make_department("Spare", "spare@company.example"),
        "ada": make_user("Ada", "agent", technical),
        "ben": make_user("Ben", "agent", billing),
        "manager": make_user("Max", "manager"),
        "owner": make_user("Olga", "owner"),
        "cleo": cleo,
        "otto": make_customer(
            "Otto",
            "otto@northlight.example",
            company,
            user=make_user("Otto", "customer", email="otto@northlight.example"),
        ),
    }


def _ticket_by_mail(cleo: Customer) -> tuple[Ticket, InboundMail]:
    letter = EmailMessage()
    letter["From"], letter["To"] = "Cleo <cleo@harbour.example>", "tech@company.example"
    letter["Subject"], letter["Message-ID"] = "Espresso line down", "<first@harbour.example>"
    letter.set_content("Both machines show E-17.")
    letter.add_alternative("<p>Both machines show <b>E-17</b>.</p>", subtype="html")
    letter.add_attachment(
        b"log of the machine", filename="log.txt", maintype="text", subtype="plain"
    )
    mail = receive(letter.as_bytes(), sender=cleo.email)
    assert mail.ticket is not None
    return mail.ticket, mail


def _conversation(ticket: Ticket, people: dict[str, Any], now: datetime) -> dict[str, Any]:
    ada = people["ada"]
    reply = make_reply(ticket, ada, "We bring new seals.", now=now)
    held = make_inbound(
        ticket,
        content=Content(text=CANARIES["held"], files=(a_file(CANARIES["held_file"]),)),
        author=Author(name="Stranger", email="stranger@elsewhere.example", is_held=True),
    )
    note = add_note(
        ticket,
        content=Content(
            text=CANARIES["note"], is_markdown=True, files=(a_file(CANARIES["note_file"]),)
        ),
        actor=Actor.of_user(ada),
        now=now,
    )
    return {
        "reply": reply,
        "held": held,
        "note": note,
        "file_of_note": note.attachments.get(),
        "file_of_held": held.attachments.get(),
    }


def _surroundings(ticket: Ticket, foreign: Ticket, people: dict[str, Any], now: datetime) -> None:
    actor = Actor.of_user(people["ada"])
    set_tags(ticket, names=[CANARIES["tag"]], actor=actor, now=now)
    follower = NewFollower(email="dora@harbour.example")
    add_followers(ticket, followers=[follower], actor=actor, now=now)
    kind = TicketLink.Kind.MENTIONS
    loud = Actor.system(CANARIES["event"])
    link_tickets(ticket, target=foreign, kind=kind, actor=loud, now=now)


def _vocabulary(now: datetime) -> dict[str, Any]:
    """Rows nothing refers to, so that they may be archived and removed."""
    colour = "#1b5fc9"
    return {
        "organisation": Organisation.objects.create(name="Spare"),
        "tier": Tier.objects.create(slug="spare", name="Spare", rank=99),
        "role": Role.objects.create(slug="spare", name="Spare"),
        "team": Team.objects.create(name="Spare"),
        "skill": Skill.objects.create(name="Spare"),
        "service": Service.objects.create(slug="spare", name="Spare"),
        "status": Status.objects.create(slug="spare", name="Spare", kind="open", color=colour),
        "priority": Priority.objects.create(slug="spare", name="Spare", rank=99, color=colour),
        "rule": SenderRule.objects.create(field="domain", value="spam.example"),
        "calendar": make_calendar("Spare", now=now),
    }


def _spare_rules(people: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Rules that the tickets above were opened without."""
    onboarding = Service.objects.get(slug="onboarding")
    return {
        "policy": SlaPolicy.objects.create(name="Spare", is_enabled=False),
        "queue_target": QueueTarget.objects.create(department=people["billing"], amount=8),
        "exclusion": ServiceExclusion.objects.create(service=onboarding, reason="Not covered"),
        "preset": "standard",
        "what_if": try_draft(
            with_default(BusinessCalendar.objects.get(is_default=True)),
            days=30,
            actor=people["manager"],
            now=now,
        ),
        "clock_rules": PolicySetVersion.objects.latest("pk"),
    }


def _post_office(ada: User, now: datetime) -> dict[str, Any]:
    """Services that lead nowhere, a notification of ada, and one that could not be sent."""
    services = SimpleNamespace(
        announcement=Announcement.objects.create(text="Soon", starts_at=now + timedelta(days=1))
    )
    for kind in Endpoint.Kind.values:
        row = Endpoint(kind=kind, name=f"Our {kind}", slug=kind, created_at=now)
        row.settings = {"url": "http://127.0.0.1/", "account": "AC0"}
        row.seal_secrets({"token": "t" * 20, "routing_key": "r" * 20, "key": "k" * 20})
        row.save()
        setattr(services, kind, row)
    news = {"kind": "news", "title": "Soup is ready"}
    notification = Notification.objects.create(user=ada, at=now, key="soup", **news)
    notice = NoticeDelivery.objects.create(
        idempotency_key="soup", channel="mail", user=ada, state="failed",
        due_at=now, created_at=now, notification=notification, **news,
    )  # fmt: skip
    return {"services": services, "notification": notification, "notice": notice}


def _work(ticket: Ticket, ada: User, now: datetime) -> dict[str, Any]:
    """A task, a reminder, a watcher, answers in own fields, and a view ada keeps for herself."""
    actor, later = Actor.of_user(ada), now + timedelta(days=1)
    watch(ticket, users=[ada], actor=actor, now=now)
    title, view = CANARIES["task"], SavedView(owner=ada, name=CANARIES["view"])
    view.base, view.order = "attention", "due"
    view.save()
    return {
        "warranty": warranty(ticket, ada, now=now),
        "saved_view": view,
        "task": create_task(ticket, title=title, owner=ada, due_at=later, actor=actor, now=now),
        "reminder": remind(ticket, user=ada, at=later, text=CANARIES["reminder"], now=now),
        "custom_fields": custom_fields(ticket, secret=CANARIES["custom"], now=now),
        "customer_file": customer_file(ticket.customer, secret=CANARIES["record"], now=now),
    }


def _keys(ticket: Ticket, people: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What opens doors to people without a session."""
    role = people["ada"].role
    guest = Guest(email="nina@company.example", name="Nina", role=role)
    invitation = invite_user(guest, actor=people["manager"], now=now)
    token = new_token()
    Invitation.objects.filter(pk=invitation.pk).update(token_hash=digest(token))
    user = people["cleo"].user
    return {
        "invitation": invitation,
        "invitation_token": token,
        "uid": user_pk_to_url_str(user),
        "key": default_token_generator.make_token(user),
        "api_key": create_key(
            "Shop", scopes=["records.read"], expires_at=None, actor=people["manager"], now=now
        ).key,
        "theme": theme.current().digest,
        "sealed_number": signing.dumps(ticket.number, salt="portal.receipt"),
    }


def _session_of(user: User) -> int:
    """A session on somebody else's device."""
    known = {"ip": "192.0.2.1", "session_key": "k" * 32, "user_agent": "Firefox"}
    return UserSession.objects.create(user=user, **known).pk


def a_file(name: str, content: bytes = b"plain words") -> NewFile:
    """A small file in the store."""
    stored = files.put(BytesIO(content))
    return NewFile(filename=name, content_type=files.sniff(content, name), stored=stored)
