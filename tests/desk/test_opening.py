"""New tickets by hand (A-6), the start page, files."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from freezegun import freeze_time

from customers.models import Customer
from mailpipe.models import OutgoingMail
from tests.factories import make_ticket
from tickets.models import Attachment, Ticket
from tickets.signing import sign_attachment, signed_path

pytestmark = pytest.mark.django_db
ADD = "/admin/tickets/add"


def form(to, **fields) -> dict[str, object]:
    return {
        "email": "mira@private.example",
        "name": "Mira",
        "channel": "phone",
        "department": to.pk,
        "subject": "Grinder arrived cracked",
        "kind": "inbound",
        "text": "She called: the hopper is broken.",
        "idempotency_key": str(uuid.uuid4()),
        **fields,
    }


def test_phone_ticket_needs_few_fields_and_makes_the_customer(sign_in, ada, technical):
    response = sign_in(ada).post(ADD, form(technical))
    ticket = Ticket.objects.get()
    assert response.headers["Location"] == f"/admin/tickets/ticket/{ticket.number}"
    assert ticket.customer.email == "mira@private.example"
    assert (ticket.channel, ticket.status.slug) == ("phone", "new")
    assert ticket.waiting_since is not None
    assert not OutgoingMail.objects.exists()


def test_confirmation_goes_to_the_customer_when_wished(sign_in, ada, technical):
    sign_in(ada).post(ADD, form(technical, confirms="on"))
    assert OutgoingMail.objects.get().to == ["mira@private.example"]


def test_message_to_a_customer_leaves_by_mail_and_a_note_does_not(sign_in, ada, technical):
    client = sign_in(ada)
    client.post(ADD, form(technical, kind="note", subject="Watch this one", confirms="on"))
    assert not OutgoingMail.objects.exists()
    client.post(ADD, form(technical, kind="reply", subject="Your training date"))
    assert OutgoingMail.objects.get().to == ["mira@private.example"]


def test_known_customer_is_chosen_by_row(sign_in, ada, technical, cleo):
    client = sign_in(ada)
    found = client.get(
        "/admin/clients",
        {"q": "cle"},
        headers={"HX-Request": "true", "HX-Target": "customer-choices"},
    )
    assert f'value="{cleo.pk}"' in found.content.decode()
    client.post(ADD, form(technical, email="", name="", customer_id=cleo.pk))
    assert Ticket.objects.get().customer == cleo


def test_caller_without_mailbox_is_known_by_phone(sign_in, ada, technical):
    sign_in(ada).post(ADD, form(technical, email="", phone="+49 30 555 0142"))
    assert Customer.objects.get(name="Mira").addresses.get().value == "+49 30 555 0142"


def test_duplicate_is_asked_about_once(sign_in, ada, technical, cleo):
    make_ticket(cleo, technical, subject="Grinder arrived cracked!")
    client = sign_in(ada)
    fields = form(technical, email="cleo@harbour.example")
    asked = client.post(ADD, fields)
    assert asked.status_code == 422
    assert "much like this one" in asked.content.decode()
    assert client.post(ADD, {**fields, "anyway": "1"}).status_code == 303


@pytest.mark.parametrize(
    "fields", [{"email": ""}, {"email": "x"}, {"subject": " "}, {"text": ""}, {"department": "999"}, {"kind": ""},
               {"channel": "pigeon"}],
)  # fmt: skip
def test_bad_ticket_is_refused_with_the_fields_marked(sign_in, ada, technical, fields):
    response = sign_in(ada).post(ADD, form(technical, **fields))
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert not Ticket.objects.exists()


def test_assignee_must_work_in_the_department(sign_in, ada, ben, technical):
    assert sign_in(ada).post(ADD, form(technical, assignee=ben.pk)).status_code == 422


def test_double_submit_opens_one_ticket(sign_in, ada, technical):
    client, fields = sign_in(ada), form(technical)
    client.post(ADD, fields)
    client.post(ADD, fields)
    assert Ticket.objects.count() == 1


def test_home_shows_what_is_next(sign_in, ada, ben, cleo, technical, statements):
    make_ticket(cleo, technical)
    client = sign_in(ada)
    client.get("/admin")
    with statements(6):
        response = client.get("/admin")
    assert "Espresso line down" in response.content.decode()
    assert "Espresso line down" not in sign_in(ben).get("/admin").content.decode()


@pytest.fixture
def file(sign_in, ada, cleo, technical) -> Attachment:
    ticket = make_ticket(cleo, technical)
    upload = SimpleUploadedFile("page.html", b"<script>alert(1)</script>")
    fields = {"kind": "reply", "text": "See the file.", "to": cleo.email, "attachments": [upload]}
    sign_in(ada).post(f"/admin/tickets/ticket/{ticket.number}/messages", fields)
    return Attachment.objects.get()


def path(file: Attachment) -> str:
    return f"/attachments/{file.pk}/{file.filename}"


def test_file_opens_for_the_department_and_nobody_else_of_the_staff(sign_in, ada, ben, file):
    assert sign_in(ada).get(path(file)).status_code == 200
    assert sign_in(ben).get(path(file)).status_code == 404


def test_file_opens_for_its_customer_only(sign_in, client, cleo, otto, file):
    assert sign_in(cleo).get(path(file)).status_code == 200
    assert sign_in(otto).get(path(file)).status_code == 404
    assert client.get(path(file)).status_code == 404


def test_dangerous_file_is_only_ever_downloaded(sign_in, ada, file):
    response = sign_in(ada).get(path(file))
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_signed_link_opens_one_file_for_a_day(client, file):
    assert client.get(signed_path(file, "guest")).status_code == 200
    assert client.get(f"{path(file)}?s={sign_attachment(file, 'guest')}x").status_code == 404
    other = Attachment(pk=uuid.uuid4(), filename="x")
    assert client.get(f"{path(file)}?s={sign_attachment(other, 'guest')}").status_code == 404
    with freeze_time(timezone.now() - timedelta(days=2)):
        old = sign_attachment(file, "guest")
    assert client.get(f"{path(file)}?s={old}").status_code == 404


def test_file_of_a_note_never_opens_by_link_or_for_the_customer(sign_in, client, ada, cleo, file):
    file.message.kind = "note"
    file.message.save(update_fields=["kind"])
    assert sign_in(ada).get(path(file)).status_code == 200
    assert sign_in(cleo).get(path(file)).status_code == 404
    assert client.get(signed_path(file, "guest")).status_code == 404
