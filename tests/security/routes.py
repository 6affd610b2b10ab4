"""Every address of the house and what each actor gets there; a route missing here fails.

A row of answers is read as: anonymous, cleo, otto, ben (another department), ada, max.
"""

from __future__ import annotations

from tests.security.route_api import machines
from tests.security.route_assignment import assignment
from tests.security.route_bulk import bulk_steps
from tests.security.route_custom_fields import custom_fields
from tests.security.route_customer_file import customer_file
from tests.security.route_macros import macros_and_escalations
from tests.security.route_merging import merging
from tests.security.route_on_call import emergencies
from tests.security.route_post_office import post_office
from tests.security.route_predefined import predefined_replies
from tests.security.route_rows import (
    ACCEPTED_BY_MANAGERS,
    ACTORS,
    CONFIRMED,
    CUSTOMERS,
    DEPARTMENT,
    DONE_BY_DEPARTMENT,
    DONE_BY_MANAGERS,
    DONE_BY_REQUESTER,
    DONE_BY_STAFF,
    MANAGERS,
    MEMBERS,
    NO_FACTOR,
    NOT_BEGUN,
    NOWHERE,
    PUBLIC,
    REFUSED_TO_MANAGERS,
    REQUESTER,
    STAFF,
    STRANGERS,
    Route,
    message_post,
    named,
    nothing,
    table,
    ticket_post,
    ticket_step,
)
from tests.security.route_rules import pages_of_rules
from tests.security.route_saved_views import saved_views
from tests.security.route_ticket_page import ticket_page
from tests.security.route_warranty import assets_and_claims
from tests.security.route_work import work_around_tickets
from tests.security.route_writing import writing
from tickets.models.vocabulary import Kind
from tickets.vocabulary import default_status

__all__ = ["ACTORS", "ROUTES", "Route"]


def calendar_pages() -> dict[str, Route]:
    """A settings table whose rows are kept for ever, and one of them is the default."""
    fields = named(tz="UTC", mon="9-17")
    pages = table("calendars", "calendar", fields, "position", "archive", "restore", "default")
    return {name: route for name, route in pages.items() if name != "calendars_removal"}


def sla_tables() -> dict[str, Route]:
    """Policies are kept for ever; targets of departments and exclusions are not."""
    promise = {"promise": "4", "promise-unit": "hours"}
    pages = {
        **table("sla_policies", "policy", named(reopen_mode="continue", **{"conditions-match": "all"}),
                "position", "archive", "restore"),
        **table("sla_queues", "queue_target",
                lambda stage: {"department": stage.spare.pk, **promise}),
        **table("sla_exclusions", "exclusion",
                lambda stage: {"service": stage.service.pk, "reason": "Not covered"}),
    }  # fmt: skip
    return {name: route for name, route in pages.items() if name != "sla_policies_removal"}


CORE = {
    "healthz": Route(get=PUBLIC),
    "readyz": Route(get=PUBLIC),
    "metrics": Route(get=PUBLIC),
    "theme": Route(get=PUBLIC, at=("theme",)),
    "gallery": Route(get=STAFF),
    "audit_log": Route(get=MANAGERS),
    "audit_log_export": Route(get=MANAGERS),
    "system": Route(get=MANAGERS),
    "job": Route(get="302 404 404 404 404 200", at=("job.pk",)),
    "job_cancellation": Route(post="302 404 404 404 404 303", at=("job.pk",)),
}
DOORS = {
    "account_login": Route(get=STRANGERS, post=STRANGERS),
    "account_logout": Route(get=MEMBERS, post=NOT_BEGUN),
    "account_inactive": Route(get=PUBLIC),
    "account_signup": Route(get=STRANGERS, post=STRANGERS),
    "account_reauthenticate": Route(get=MEMBERS, post=MEMBERS),
    "account_email": Route(get=MEMBERS, post=CONFIRMED),
    "account_email_verification_sent": Route(get=NOT_BEGUN, post=NOT_BEGUN),
    "account_change_password": Route(get=MEMBERS, post=MEMBERS),
    "account_set_password": Route(get=CONFIRMED, post=CONFIRMED),
    "account_reset_password": Route(get=PUBLIC, post=PUBLIC),
    "account_reset_password_done": Route(get=PUBLIC),
    "account_reset_password_from_key_done": Route(get=PUBLIC),
    # The key moves into the session, off the address; cleo's sign-in has made hers worthless.
    "account_reset_password_from_key": Route(
        get="302 200 302 302 302 302", post="302 200 302 302 302 302", at=("uid", "key")
    ),
    "account_request_login_code": Route(get=STRANGERS, post=STRANGERS),
    "account_confirm_login_code": Route(get=NOT_BEGUN, post=NOT_BEGUN),
    "mfa_index": Route(get=MEMBERS),
    "mfa_authenticate": Route(get=NOT_BEGUN, post=NOT_BEGUN),
    "mfa_reauthenticate": Route(get=CONFIRMED, post=CONFIRMED),
    "mfa_activate_totp": Route(get=CONFIRMED, post=CONFIRMED),
    "mfa_deactivate_totp": Route(get=NO_FACTOR, post=NO_FACTOR),
    "mfa_view_recovery_codes": Route(get=NO_FACTOR),
    "mfa_generate_recovery_codes": Route(get=CONFIRMED, post=CONFIRMED),
    "mfa_download_recovery_codes": Route(get=NO_FACTOR),
    "usersessions_list": Route(get=MEMBERS, post="302 303 303 303 303 303"),
    "accounts:session_removal": Route(post="302 404 404 404 404 404", at=("session_pk",)),
    "accounts:invitation": Route(get=PUBLIC, post=PUBLIC, at=("invitation_token",)),
    "accounts:staff_door": Route(get="302 302 302 302 302 302"),
    "accounts:setup": Route(get=NOWHERE, post=NOWHERE),
}
PEOPLE = {
    "accounts:profile": Route(
        get=STAFF,
        post=DONE_BY_STAFF,
        data=lambda _: {"name": "New", "theme": "dark", "density": "compact", "after_send": "stay"},
    ),
    "accounts:availability": Route(post=DONE_BY_STAFF, data=lambda _: {"availability": "away"}),
    "accounts:staff": Route(get=MANAGERS),
    "accounts:invite": Route(
        get=MANAGERS,
        post=ACCEPTED_BY_MANAGERS,
        data=lambda stage: {"email": "x@company.example", "name": "X", "role": stage.ada.role.pk},
    ),
    "accounts:colleague": Route(
        get=MANAGERS,
        post=ACCEPTED_BY_MANAGERS,
        at=("ada.pk",),
        data=lambda stage: {"name": "Ada", "role": stage.ada.role.pk},
    ),
    "accounts:text_messages": Route(post=DONE_BY_STAFF),
    "accounts:colleague_availability": Route(
        post=ACCEPTED_BY_MANAGERS, at=("ada.pk",), data=lambda _: {"availability": "away"}
    ),
    "accounts:activity": Route(post=ACCEPTED_BY_MANAGERS, at=("ada.pk",)),
    "accounts:unlock": Route(post=ACCEPTED_BY_MANAGERS, at=("ada.pk",)),
    "accounts:invitation_removal": Route(post=ACCEPTED_BY_MANAGERS, at=("invitation.pk",)),
    "company": Route(get=MANAGERS, post=REFUSED_TO_MANAGERS),
    "portal_settings": Route(get=MANAGERS, post=REFUSED_TO_MANAGERS),
}
TABLES = {
    **table(
        "departments",
        "spare",
        named(addresses="fresh@company.example"),
        "position",
        "archive",
        "restore",
    ),
    **calendar_pages(),
    **sla_tables(),
    "sla_presets": Route(get=MANAGERS),
    "sla_preset": Route(get=MANAGERS, post=DONE_BY_MANAGERS, at=("preset",)),
    "sla_simulator": Route(get=MANAGERS),
    "sla_what_if": Route(
        get=MANAGERS,
        post=DONE_BY_MANAGERS,
        data=lambda stage: {"other": f"calendar:{stage.calendar.pk}", "days": "30"},
    ),
    "sla_what_if_run": Route(get=MANAGERS, at=("what_if.pk",)),
    "sla_what_if_again": Route(post=DONE_BY_MANAGERS, at=("what_if.pk",)),
    "sla_try_policy": Route(post=REFUSED_TO_MANAGERS, at=("policy.pk",)),
    "sla_try_new_policy": Route(post=REFUSED_TO_MANAGERS),
    "sla_try_calendar": Route(post=REFUSED_TO_MANAGERS, at=("calendar.pk",)),
    "sla_versions": Route(get=MANAGERS),
    "sla_restoration": Route(get=MANAGERS, post=DONE_BY_MANAGERS, at=("clock_rules.pk",)),
    **table("roles", "role", named(), "position"),
    **table("teams", "team", named(tier="tier2"), "position", "archive", "restore"),
    **table("skills", "skill", named(), "position", "archive", "restore"),
    **table("organisations", "organisation", named()),
    **table("tiers", "tier", named(rank=50)),
    **table(
        "statuses", "status", named(kind="open", color="#112233"), "position", "archive", "restore"
    ),
    **table("priorities", "priority", named(rank=50, color="#112233"), "archive", "restore"),
    **table("services", "service", named(), "position", "archive", "restore"),
    **table(
        "spam_filters",
        "rule",
        lambda _: {"field": "domain", "value": "bad.example", "verdict": "block"},
    ),
    "roles": Route(get=MANAGERS, post=DONE_BY_MANAGERS),
}
MAIL = {
    "mailpipe:ledger": Route(get=MANAGERS),
    "mailpipe:inbound_mail": Route(get=MANAGERS, at=("mail.pk",)),
    "mailpipe:inbound_raw": Route(get=MANAGERS, at=("mail.pk",)),
    "mailpipe:inbound_decision": Route(
        post=ACCEPTED_BY_MANAGERS, at=("mail.pk",), data=lambda _: {"act": "block"}
    ),
    "mailpipe:outbox": Route(get=MANAGERS),
    "mailpipe:retry_all": Route(post=ACCEPTED_BY_MANAGERS),
    "mailpipe:outgoing_mail": Route(get=MANAGERS, at=("outgoing.pk",)),
    "mailpipe:outgoing_frame": Route(get=MANAGERS, at=("outgoing.pk",)),
    "mailpipe:outgoing_decision": Route(
        post=ACCEPTED_BY_MANAGERS, at=("outgoing.pk",), data=lambda _: {"act": "discard"}
    ),
}
DESK = {
    "desk:home": Route(get=STAFF),
    "desk:checklist": Route(get=MANAGERS),
    "desk:checklist_removal": Route(post=DONE_BY_MANAGERS),
    "desk:queue": Route(get=STAFF),
    "desk:counters": Route(get=STAFF),
    "desk:rail": Route(get=STAFF),
    "desk:ticket_add": Route(
        get=STAFF,
        post=DONE_BY_STAFF,
        data=lambda stage: {
            "email": "new@harbour.example",
            "channel": "phone",
            "department": stage.technical.pk,
            "subject": "Grinder",
            "kind": "inbound",
            "text": "It is stuck.",
        },
    ),
    "desk:tasks": Route(get=STAFF),
    "desk:search": Route(get=STAFF),
    "desk:palette": Route(get=STAFF),
    "desk:clients": Route(get=STAFF),
    "desk:client": Route(get=STAFF, at=("cleo.pk",)),
    "desk:client_add": Route(
        get=MANAGERS,
        post=DONE_BY_MANAGERS,
        data=lambda _: {"name": "Fresh", "email": "fresh@elsewhere.example"},
    ),
    "desk:client_profile": Route(
        get=MANAGERS, post=DONE_BY_MANAGERS, at=("cleo.pk",), data=lambda _: {"name": "Cleo"}
    ),
    "desk:client_addresses": Route(
        post=DONE_BY_MANAGERS,
        at=("cleo.pk",),
        data=lambda _: {"kind": "email", "value": "second@harbour.example"},
    ),
    "desk:address_removal": Route(post=DONE_BY_MANAGERS, at=("cleo.pk", "address.pk")),
    "desk:client_merge": Route(
        get=MANAGERS,
        post=DONE_BY_MANAGERS,
        at=("cleo.pk",),
        data=lambda stage: {"other": stage.otto.email},
    ),
    "desk:ticket": Route(get=DEPARTMENT, at=("ticket.number",)),
    "desk:pulse": Route(get=DEPARTMENT, at=("ticket.number",)),
    "desk:next": Route(get="302 404 404 404 302 302", at=("ticket.number",)),
    "desk:previous": Route(get="302 404 404 404 302 302", at=("ticket.number",)),
    "desk:context": Route(get=DEPARTMENT, at=("ticket.number",)),
    "desk:time": Route(get=DEPARTMENT, at=("ticket.number",)),
    **ticket_post("time_exclusion", lambda _: {"reason": "Wish"}, DONE_BY_MANAGERS),
    **ticket_post("time_return", nothing, REFUSED_TO_MANAGERS),
    **ticket_post("time_policy", lambda _: {"policy": ""}, DONE_BY_MANAGERS),
    "desk:clock_excuse": Route(post=REFUSED_TO_MANAGERS, at=("ticket.number", "clock.pk")),
    "desk:clock_correction": Route(post=REFUSED_TO_MANAGERS, at=("ticket.number", "clock.pk")),
    "desk:message_frame": Route(get=DEPARTMENT, at=("ticket.number", "inbound.pk")),
    "desk:message_raw": Route(get=DEPARTMENT, at=("ticket.number", "inbound.pk")),
    "desk:message_download": Route(
        get="302 404 404 404 403 200", at=("ticket.number", "inbound.pk")
    ),
    "desk:subject": Route(
        get=DEPARTMENT,
        post=DONE_BY_DEPARTMENT,
        at=("ticket.number",),
        data=lambda _: {"subject": "Other"},
    ),
    "desk:requester": Route(
        get=DEPARTMENT,
        post=DONE_BY_DEPARTMENT,
        at=("ticket.number",),
        data=lambda stage: {"email": stage.otto.email},
    ),
    "desk:follower_removal": Route(post=DONE_BY_DEPARTMENT, at=("ticket.number", "follower_pk")),
    **message_post("message_delivery", "reply.pk", "302 404 404 404 422 422"),
    **message_post("message_withdrawal", "reply.pk", DONE_BY_DEPARTMENT),
    **message_post("message_approval", "held.pk", DONE_BY_DEPARTMENT),
    **ticket_post("status", lambda stage: {"status": stage.status.pk}),
    **ticket_post("priority", lambda stage: {"priority": stage.priority.pk}),
    **ticket_post("service", lambda stage: {"service": stage.service.pk}),
    **ticket_step(
        "department", lambda stage: {"department": stage.billing.pk, "note": "About an invoice."}
    ),
    **ticket_step(
        "escalation",
        lambda stage: {
            "target": f"department:{stage.billing.pk}",
            "reason": "Security",
            "investigated": "The logs.",
            "why": "It needs access.",
            "status": default_status(Kind.OPEN).pk,
        },
    ),
    **ticket_step("deescalation", lambda _: {"reason": "Solved by phone"}),
    **ticket_step("snooze", lambda _: {"hours": "3"}),
    **ticket_step("reminder", lambda _: {"at": "2099-01-01T10:00", "text": "Call"}),
    **ticket_post("waking"),
    **ticket_post("handover_removal"),
    **ticket_post("watching"),
    **ticket_post("watching_removal"),
    "desk:task_done": Route(post=DONE_BY_DEPARTMENT, at=("ticket.number", "task.pk")),
    "desk:task_open": Route(post=DONE_BY_DEPARTMENT, at=("ticket.number", "task.pk")),
    "desk:reminder_removal": Route(
        post="302 404 404 404 303 404", at=("ticket.number", "reminder.pk")
    ),
    **ticket_post("closure"),
    **ticket_post("reopening"),
    **ticket_post("spam"),
    **ticket_post("spam_removal"),
    **ticket_post("deletion", post="302 404 404 404 422 303"),
    **ticket_post("tags", lambda _: {"tags": "vip, urgent"}),
    **ticket_post("followers", lambda _: {"email": "eve@harbour.example"}),
    **ticket_post("links", lambda stage: {"number": stage.other.number}),
}
PORTAL = {
    "portal:home": Route(get=PUBLIC),
    "portal:open_request": Route(
        get=CUSTOMERS,
        post="302 303 303 404 404 404",
        data=lambda stage: {
            "department": stage.technical.pk,
            "subject": "Grinder",
            "message": "It is stuck.",
        },
    ),
    "portal:requests": Route(get=CUSTOMERS),
    "portal:request": Route(
        get=REQUESTER,
        post=DONE_BY_REQUESTER,
        at=("ticket.public_id",),
        data=lambda _: {"message": "Any news?"},
    ),
    "portal:pulse": Route(get="302 303 404 404 404 404", at=("ticket.public_id",)),
    "portal:closure": Route(post=DONE_BY_REQUESTER, at=("ticket.public_id",)),
    "portal:reopening": Route(post=DONE_BY_REQUESTER, at=("ticket.public_id",)),
    "portal:profile": Route(
        get=CUSTOMERS,
        post="302 303 303 404 404 404",
        data=lambda _: {"name": "Cleo", "theme": "dark"},
    ),
    "portal:company": Route(get=CUSTOMERS),
    "portal:contact": Route(get="200 302 302 200 200 200", post="422 422 422 422 422 422"),
    "portal:receipt": Route(get=PUBLIC, at=("sealed_number",)),
    "portal:guest": Route(
        get=PUBLIC,
        post="303 303 303 303 303 303",
        at=("guest_token",),
        data=lambda _: {"message": "Any news?"},
    ),
    "portal:guest_renewal": Route(post="303 303 303 303 303 303", at=("guest_token",)),
    "tickets:attachment": Route(get="404 200 404 404 200 200", at=("file.pk", "file.filename")),
}
ROUTES: dict[str, Route] = {
    **CORE,
    **DOORS,
    **PEOPLE,
    **machines(),
    **post_office(),
    **emergencies(),
    **macros_and_escalations(),
    **merging(),
    **predefined_replies(),
    **bulk_steps(),
    **custom_fields(),
    **customer_file(),
    **saved_views(),
    **assignment(),
    **pages_of_rules(),
    **ticket_page(),
    **assets_and_claims(),
    **work_around_tickets(),
    **writing(),
    **TABLES,
    **MAIL,
    **DESK,
    **PORTAL,
}
