"""Every page people see is looked at: axe, width, targets, console, and a picture for people.

The table of routes (tests/security/routes.py) is complete by a test of its own; what it says is
answered with 200 is a page here, unless it is named below as something that is not one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from customers.models import Customer
from tests.browser.conftest import Visit
from tests.browser.looking import complaints
from tests.security import routes
from tests.security.route_api import machines
from tests.security.route_assignment import assignment
from tests.security.route_bulk import bulk_steps
from tests.security.route_custom_fields import custom_fields
from tests.security.route_macros import macros_and_escalations
from tests.security.route_merging import merging
from tests.security.route_on_call import emergencies
from tests.security.route_post_office import post_office
from tests.security.route_predefined import predefined_replies
from tests.security.route_rules import pages_of_rules
from tests.security.route_saved_views import saved_views
from tests.security.route_ticket_page import ticket_page
from tests.security.route_work import work_around_tickets
from tests.security.route_writing import writing
from tests.security.routes import ACTORS, ROUTES, Route
from tests.security.stage import Stage, set_the_stage

NO_PAGES = {
    "healthz", "readyz", "metrics", "theme", "audit_log_export",
    "desk:counters", "desk:rail", "desk:pulse", "desk:message_frame", "desk:message_download", "desk:message_repetition",
    "desk:assignment", "mailpipe:inbound_raw", "mailpipe:outgoing_frame", "notifications:bell",
    "portal:pulse", "tickets:attachment", "predefined_export", "desk:ticket_reply",
    "desk:ticket_add_reply",
    "crm_import_template", "desk:ticket_records",
    "api_openapi", "api_records", "api_record", "api_nowhere",
}  # fmt: skip
# Reached on the way only: tests/browser/test_doors.py looks at them.
ON_THE_WAY = {
    "account_confirm_login_code", "account_email_verification_sent", "account_set_password",
    "mfa_activate_totp", "mfa_authenticate", "mfa_deactivate_totp", "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes", "mfa_reauthenticate", "mfa_view_recovery_codes",
    "accounts:setup",
}  # fmt: skip
# Looked at with richer rows in test_desk.py and test_portal.py.
WITH_A_STORY = {
    "desk:home", "desk:queue", "desk:ticket", "desk:subject", "desk:context", "desk:message_raw",
    "desk:ticket_add", "desk:search", "desk:clients", "desk:client", "desk:client_profile",
    "portal:home", "portal:requests", "portal:request", "portal:open_request", "portal:contact",
    "portal:profile", "portal:company", "portal:guest",
}  # fmt: skip
# Doors that only lead elsewhere.
LEAD_ON = {"accounts:staff_door", "desk:next", "desk:previous", "desk:appointment_check"}
# The manager sees most; customers' pages are the customer's, and some are everybody's.
READERS = ("max", "cleo", "anonymous")
PARTS = {
    "core": routes.CORE,
    "doors": routes.DOORS,
    "people": routes.PEOPLE,
    "tables": {name: route for name, route in routes.TABLES.items() if not route.at},
    "rows": {name: route for name, route in routes.TABLES.items() if route.at},
    "mail": routes.MAIL,
    "rules": pages_of_rules(),
    "work": {**assignment(), **macros_and_escalations(), **bulk_steps()},
    "emergencies": emergencies(),
    "post office": post_office(),
    "surfaces": {**routes.DESK, **routes.PORTAL},
    "replies and fields": {**predefined_replies(), **custom_fields(), **saved_views()},
    "around a ticket": {**merging(), **ticket_page(), **writing()},
    "appointments and tasks": work_around_tickets(),
    "api keys": machines(),
}
# Whatever has no part of its own yet is looked at all the same.
_NAMED = set().union(*PARTS.values())
PARTS["others"] = {name: route for name, route in ROUTES.items() if name not in _NAMED}


@dataclass(frozen=True, kw_only=True)
class Look:
    """One page, and who opens it."""

    name: str
    path: str
    reader: str


def readers_of(name: str, route: Route) -> list[str]:
    """Who opens this page: the one who sees most, and the customer on pages both share."""
    if name in NO_PAGES | WITH_A_STORY or not route.get:
        return []
    answers = dict(zip(ACTORS, route.get.split(), strict=True))
    allowed = [reader for reader in READERS if answers[reader] == "200"]
    if not allowed and answers["ada"] == "200":
        return ["ada"]  # her own, which not even the manager sees
    return allowed if name in routes.DOORS else allowed[:1]


def looks(part: str, stage: Stage) -> Iterable[Look]:
    for name, route in PARTS[part].items():
        path = reverse(name, args=[attrgetter(place)(stage) for place in route.at])
        for reader in readers_of(name, route):
            label = f"{name.replace(':', '-')}-{reader}"
            yield Look(name=label, path=path, reader=reader)


def person(stage: Stage, reader: str) -> User | None:
    found = stage.people()[reader]
    return found.user if isinstance(found, Customer) else found


def test_every_route_is_a_page_or_known_not_to_be_one() -> None:
    pages = {name for name, route in ROUTES.items() if readers_of(name, route)}
    read = {name for name, route in ROUTES.items() if route.get}
    named = NO_PAGES | ON_THE_WAY | LEAD_ON | WITH_A_STORY
    assert read - pages == named


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.usefixtures("untroubled")
def test_pages_are_sound(visit: Visit, part: str) -> None:
    stage = set_the_stage()
    said: dict[str, list[str]] = {}
    pages: dict[str, Page] = {}
    for look in looks(part, stage):
        page = pages.get(look.reader)
        if page is None:
            page = visit(look.path, user=person(stage, look.reader))
            pages[look.reader] = page
        else:
            page.goto(look.path)
        if found := complaints(page, look.name):
            said[look.name] = found
    assert not said, "\n".join(f"{name} {line}" for name, lines in said.items() for line in lines)
