"""Other people's numbers, keys and fields lead nowhere (X-13 to X-15, X-18, X-19, X-28, X-37)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.errors import MAX_MISSES
from customers.models import Customer, Organisation
from tests.factories import make_customer, make_user
from tests.security.stage import CANARIES, Stage
from tests.security.visits import body_of, browser_of
from tickets.models import Attachment, Draft, Message, Ticket
from tickets.search import write_stale_documents
from tickets.signing import sign_attachment

pytestmark = pytest.mark.django_db
EXTRAS = {
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "",
    "email": "evil@elsewhere.example",
    "customer": "1",
    "customer_id": "1",
    "user": "1",
    "is_internal": "",
    "is_held": "",
    "kind": "reply",
    "created_at": "2001-01-01",
    "status_id": "1",
    "assignee": "1",
    "is_spam": "on",
    "permissions": "tickets.all",
}


def colleague_of_cleo(stage: Stage) -> Client:
    user = make_user("Carl", "customer", email="carl@harbour.example")
    make_customer("Carl", "carl@harbour.example", stage.cleo.organisation, user=user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def share(stage: Stage) -> None:
    Organisation.objects.filter(pk=stage.cleo.organisation_id).update(shares_tickets=True)


def test_x13_otto_finds_nothing_of_cleos_by_list_or_search(stage):
    otto = browser_of(stage, "otto")
    for query in (
        "",
        "?scope=company",
        "?q=Espresso",
        f"?q={stage.ticket.number}",
        "?state=solved",
    ):
        page = body_of(otto.get(f"/clients/tickets{query}"))
        assert str(stage.ticket.public_id) not in page
        assert "Espresso line" not in page


def test_x13_edge_of_a_foreign_list_shows_nothing(stage):
    page = body_of(
        browser_of(stage, "otto").get(f"/clients/tickets?before={stage.ticket.public_id}")
    )
    assert "canary-foreign" not in page


def test_x14_colleague_reads_files_only_while_the_organisation_shares(stage):
    carl, path = colleague_of_cleo(stage), f"/attachments/{stage.file.pk}/log.txt"
    page = f"/clients/ticket/{stage.ticket.public_id}"
    assert [carl.get(path).status_code, carl.get(page).status_code] == [404, 404]
    assert "Espresso line" not in body_of(carl.get("/clients/tickets?scope=company&q=Espresso"))
    share(stage)
    assert [carl.get(path).status_code, carl.get(page).status_code] == [200, 200]


def test_x14_sharing_never_opens_notes_and_held_messages(stage):
    share(stage)
    carl = colleague_of_cleo(stage)
    for row in (stage.file_of_note, stage.file_of_held):
        assert carl.get(f"/attachments/{row.pk}/x").status_code == 404


def test_x15_moved_ticket_is_gone_from_search_counters_and_drafts_at_once(stage):
    write_stale_documents(timezone.now())
    ada = browser_of(stage, "ada")
    base = f"/admin/tickets/ticket/{stage.ticket.number}"
    assert "Espresso line" in body_of(ada.get("/admin/search?q=espresso"))
    ada.post(f"{base}/department", {"department": stage.billing.pk, "note": "Yours."})
    assert "Espresso line" not in body_of(ada.get("/admin/search?q=espresso"))
    assert "Espresso line" not in body_of(ada.get("/admin/tickets"))
    assert ada.get(f"/admin/clients/client/{stage.cleo.pk}").status_code == 200
    assert "Espresso line" not in body_of(ada.get(f"/admin/clients/client/{stage.cleo.pk}"))
    for part in ("/pulse", "/context"):
        assert ada.get(base + part).status_code == 404
    late = ada.post(f"{base}/draft", {"kind": "reply", "text": "late"})
    assert late.status_code == 404
    assert not Draft.objects.filter(text="late").exists()


def test_x15_agent_sees_no_subject_of_another_department_through_a_link(stage):
    ada = browser_of(stage, "ada")
    base = f"/admin/tickets/ticket/{stage.ticket.number}"
    assert CANARIES["foreign"] not in body_of(ada.get(base)) + body_of(ada.get(f"{base}/context"))
    manager = browser_of(stage, "max")
    assert CANARIES["foreign"] in body_of(manager.get(f"{base}/context"))


def test_x15_agent_gives_no_ticket_to_another_department_agent(stage):
    ada = browser_of(stage, "ada")
    url = f"/admin/tickets/ticket/{stage.ticket.number}/assignment"
    assert ada.post(url, {"assignee": stage.ben.pk}).status_code == 422
    assert Ticket.objects.get(pk=stage.ticket.pk).assignee == stage.ticket.assignee


def test_message_of_one_ticket_is_not_reached_through_another(stage):
    """The number in the address and the message must belong together."""
    ben = browser_of(stage, "ben")
    base = f"/admin/tickets/ticket/{stage.foreign.number}/messages/{stage.held.pk}"
    for part in ("frame", "raw", "download"):
        assert ben.get(f"{base}/{part}").status_code == 404
    for part in ("delivery", "withdrawal", "approval"):
        assert ben.post(f"{base}/{part}").status_code == 404
    assert Message.objects.get(pk=stage.held.pk).is_held


def test_follower_and_address_of_others_are_not_removed_sideways(stage):
    ben, manager = browser_of(stage, "ben"), browser_of(stage, "max")
    url = f"/admin/tickets/ticket/{stage.foreign.number}/followers/{stage.follower_pk}/removal"
    assert ben.post(url).status_code == 404
    url = f"/admin/clients/client/{stage.otto.pk}/addresses/{stage.address.pk}/removal"
    assert manager.post(url).status_code == 404
    assert stage.ticket.followers.filter(pk=stage.follower_pk).exists()
    assert stage.cleo.addresses.filter(pk=stage.address.pk).exists()


@pytest.mark.parametrize("row", ["file_of_note", "file_of_held"])
def test_x37_internal_files_open_for_no_customer_by_any_way(stage, row):
    file = getattr(stage, row)
    signed = f"/attachments/{file.pk}/x?s={sign_attachment(file, 'guest')}"
    path = f"/attachments/{file.pk}/x"
    answers = [browser_of(stage, who).get(path) for who in ("anonymous", "cleo", "otto", "ben")]
    answers += [browser_of(stage, who).get(signed) for who in ("anonymous", "cleo", "otto")]
    assert {answer.status_code for answer in answers} == {404}


def test_signature_of_one_file_opens_no_other(stage):
    token = sign_attachment(stage.file, "guest")
    other = Attachment.objects.create(
        ticket=stage.ticket,
        message=stage.inbound,
        sha256=stage.file.sha256,
        size=1,
        filename="b",
        content_type="text/plain",
        created_at=timezone.now(),
    )
    assert Client().get(f"/attachments/{stage.file.pk}/x?s={token}").status_code == 200
    assert Client().get(f"/attachments/{other.pk}/x?s={token}").status_code == 404
    forged = token[:-1] + ("A" if token[-1] != "A" else "E")
    assert Client().get(f"/attachments/{stage.file.pk}/x?s={forged}").status_code == 404


def test_x18_customers_extra_fields_do_nothing(stage):
    cleo = browser_of(stage, "cleo")
    extras = EXTRAS | {"role": str(stage.owner.role.pk), "organisation": stage.otto.organisation_id}
    profile = {"name": "Cleo", "theme": "dark"}
    assert cleo.post("/clients/profile", extras | profile).status_code == 303
    user, customer = User.objects.get(pk=stage.cleo.user_id), Customer.objects.get(pk=stage.cleo.pk)
    assert (user.role.slug, user.email, user.is_active) == (
        "customer",
        "cleo@harbour.example",
        True,
    )
    assert (customer.organisation_id, customer.email) == (
        stage.cleo.organisation_id,
        stage.cleo.email,
    )


def test_x18_customers_answer_is_an_inbound_message_of_their_own(stage):
    cleo = browser_of(stage, "cleo")
    cleo.post(f"/clients/ticket/{stage.ticket.public_id}", EXTRAS | {"message": "Mine."})
    said = Message.objects.get(text="Mine.")
    assert (said.kind, said.author_customer_id, said.author_user_id) == (
        "inbound",
        stage.cleo.pk,
        None,
    )
    assert said.created_at.year != 2001
    assert not Ticket.objects.get(pk=stage.ticket.pk).is_spam


def test_x18_new_request_belongs_to_who_asks(stage):
    otto = browser_of(stage, "otto")
    fields = {"department": stage.technical.pk, "subject": "Mine", "message": "Hello"}
    otto.post("/clients/open_ticket", EXTRAS | {"customer": stage.cleo.pk} | fields)
    ticket = Ticket.objects.get(subject="Mine")
    assert (ticket.customer, ticket.assignee, ticket.is_spam) == (stage.otto, None, False)


@pytest.mark.parametrize("part", ["status", "priority", "tags"])
def test_x18_agents_form_changes_its_own_property_only(stage, part):
    ada = browser_of(stage, "ada")
    before = Ticket.objects.get(pk=stage.ticket.pk)
    fields = {"customer": stage.otto.pk, "is_spam": "on", "subject": "Hijacked", "tags": "x"}
    fields |= {"status": stage.status.pk, "department": stage.spare.pk}
    fields |= {"priority": stage.priority.pk, "assignee": stage.ada.pk}
    ada.post(f"/admin/tickets/ticket/{before.number}/{part}", fields)
    after = Ticket.objects.get(pk=before.pk)
    for name in {"status", "department", "priority", "customer", "assignee"} - {part}:
        assert getattr(after, f"{name}_id") == getattr(before, f"{name}_id"), name
    assert (after.subject, after.is_spam) == (before.subject, False)


def test_x19_nobody_raises_themselves_by_the_profile(stage):
    fields = {"name": "Ada", "theme": "dark", "density": "compact", "after_send": "stay"}
    more = {"role": stage.owner.role.pk, "departments": [stage.billing.pk], "email": "x@y.example"}
    browser_of(stage, "ada").post("/admin/profile", EXTRAS | more | fields)
    ada = User.objects.get(pk=stage.ada.pk)
    assert (ada.role.slug, ada.email) == ("agent", stage.ada.email)
    assert set(ada.department_ids()) == {stage.technical.pk}


def test_x19_manager_makes_no_owner(stage):
    manager, role = browser_of(stage, "max"), stage.owner.role.pk
    invite = {"email": "new@company.example", "name": "N", "role": role}
    assert manager.post("/admin/staff/invite", invite).status_code == 422
    own = {"name": "Max", "role": role}
    assert manager.post(f"/admin/staff/{stage.manager.pk}", own).status_code == 422
    assert manager.post(f"/admin/staff/{stage.ada.pk}", own).status_code == 422
    demotion = {"name": "Olga", "role": stage.ada.role.pk}
    assert manager.post(f"/admin/staff/{stage.owner.pk}", demotion).status_code == 422
    manager.post(f"/admin/staff/{stage.owner.pk}/activity")
    assert list(User.objects.filter(role__is_owner=True, is_active=True)) == [stage.owner]


def test_x19_last_owner_is_not_demoted_by_themselves(stage):
    client = Client()
    client.force_login(stage.owner, backend="django.contrib.auth.backends.ModelBackend")
    fields = {"name": "Olga", "role": stage.ada.role.pk}
    assert client.post(f"/admin/staff/{stage.owner.pk}", fields).status_code == 422
    client.post(f"/admin/staff/{stage.owner.pk}/activity")
    assert User.objects.get(pk=stage.owner.pk).is_active


def test_x28_who_tries_many_numbers_has_to_wait(stage):
    otto = browser_of(stage, "otto")
    statuses = [otto.get(f"/clients/ticket/{uuid4()}").status_code for _ in range(MAX_MISSES + 1)]
    assert statuses == [404] * MAX_MISSES + [429]


def test_x28_sequential_numbers_open_nothing_for_customers(stage):
    cleo = browser_of(stage, "cleo")
    for path in (
        f"/clients/ticket/{stage.ticket.number}",
        f"/clients/ticket/{stage.ticket.pk}",
        "/attachments/1/log.txt",
        f"/t/{stage.ticket.number}",
    ):
        assert cleo.get(path).status_code == 404
