"""The composer beyond a plain reply: tabs, previews, files that come back, drafts, later, mentions."""

from __future__ import annotations

import html
import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from freezegun import freeze_time

from accounts.models import Membership
from notifications.models import Notification
from tests.factories import make_calendar, make_inbound, make_note, make_ticket, make_user
from tickets.actions import Typed, add_followers, merge_tickets, save_draft, share_draft
from tickets.actions.followers import NewFollower
from tickets.actors import Actor
from tickets.models import Draft, Mention, Message, ScheduledReply, Status, Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "composer"}


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


def url(ticket, part: str = "/messages") -> str:
    return f"/admin/tickets/ticket/{ticket.number}{part}"


def form(ticket, **fields) -> dict[str, object]:
    ticket.refresh_from_db()
    return {
        "kind": "reply",
        "text": "On our **way**.",
        "to": "cleo@harbour.example",
        "last_seen_message_id": ticket.last_message_id,
        "idempotency_key": str(uuid.uuid4()),
        **fields,
    }


def drafted(ticket, user, kind: str, text: str, **fields) -> Draft:
    typed = Typed(kind=kind, text=text, **fields)
    save_draft(ticket, user=user, typed=typed, revision=1, now=timezone.now())
    return Draft.objects.get(ticket=ticket, user=user, kind=kind)


def in_an_hour() -> str:
    return (timezone.now() + timedelta(hours=1)).isoformat()


def test_each_kind_keeps_a_draft_of_its_own(sign_in, ada, ticket):
    client = sign_in(ada)
    for kind, text in (("reply", "Dear Cleo"), ("note", "Half a thought")):
        client.post(url(ticket, "/draft"), {"kind": kind, "text": text})
    page = client.get(url(ticket, "")).content.decode()
    assert "Dear Cleo" in page
    assert "Half a thought" in page
    client.post(url(ticket), form(ticket, kind="note", text="Half a thought, ended"))
    assert Draft.objects.get(kind="note").text == ""
    assert Draft.objects.get(kind="reply").text == "Dear Cleo"


def test_addresses_are_kept_with_the_draft_and_never_with_a_note(sign_in, ada, ticket):
    client = sign_in(ada)
    lines = {
        "to": "cleo@harbour.example",
        "cc": "boss@harbour.example",
        "forward_to": "x@y.example",
    }
    for kind in ("reply", "note", "forward"):
        client.post(url(ticket, "/draft"), {"kind": kind, "text": "Hm", **lines})
    kept = dict(Draft.objects.values_list("kind", "recipients"))
    assert kept["reply"] == {"to": lines["to"], "cc": lines["cc"]}
    assert kept["forward"] == {"to": "x@y.example"}
    assert kept["note"] == {}
    assert "boss@harbour.example" in client.get(url(ticket, "?kind=reply")).content.decode()


def test_blind_copies_go_out_with_the_reply(sign_in, ada, ticket):
    sign_in(ada).post(url(ticket), form(ticket, bcc="boss@company.example"))
    assert ticket.messages.get(kind="reply").recipients_bcc == ["boss@company.example"]


def test_forward_reaches_a_third_party_with_its_source(sign_in, ada, ticket):
    source = ticket.messages.get()
    fields = {"kind": "forward", "text": "", "forward_to": "maker@parts.example"}
    response = sign_in(ada).post(url(ticket), form(ticket, source=source.pk, **fields))
    message = ticket.messages.get(kind="forward")
    assert response.status_code == 303
    assert message.recipients_to == ["maker@parts.example"]
    assert message.source == source
    ticket.refresh_from_db()
    assert ticket.status.slug == "new"


def test_forward_needs_an_address_and_never_takes_a_note(sign_in, ada, ticket):
    note = make_note(ticket, ada)
    client = sign_in(ada)
    fields = {"kind": "forward", "text": "See below", "forward_to": ""}
    assert (
        "Say to whom this goes."
        in client.post(url(ticket), form(ticket, **fields)).content.decode()
    )
    fields |= {"forward_to": "maker@parts.example", "source": note.pk}
    response = client.post(url(ticket), form(ticket, **fields))
    assert response.status_code == 422
    assert "See below" in response.content.decode()
    assert not ticket.messages.filter(kind="forward").exists()


def test_preview_shows_what_will_be_read_and_nothing_dangerous(sign_in, ada, ticket):
    client, text = sign_in(ada), "**bold** <script>alert(1)</script> [x](javascript:alert(1))"
    fields = {"kind": "reply", "text": text}
    page = client.post(url(ticket, "/preview"), fields, headers=HTMX).content.decode()
    assert "<strong>bold</strong>" in page
    assert "<script>" not in page
    assert 'href="javascript' not in page
    whole = client.post(url(ticket, "/preview"), fields).content.decode()
    assert "<strong>bold</strong>" in whole
    assert "**bold**" in whole


def test_preview_ends_with_the_signature_that_leaves(sign_in, ada, ticket, technical):
    technical.signature = "Harbour Coffee\nhttps://harbour.example"
    technical.save()
    client, address = sign_in(ada), url(ticket, "/preview")
    shown = client.post(address, {"text": "Dear Cleo", "kind": "reply"}, headers=HTMX)
    assert "<hr><p>Harbour Coffee" in shown.content.decode()
    note = client.post(address, {"text": "Hm", "kind": "note"}, headers=HTMX).content.decode()
    assert "Harbour Coffee" not in note


def test_colleagues_hear_of_a_shared_draft_with_the_next_pulse(sign_in, ada, max_, ticket):
    draft = drafted(ticket, ada, "reply", "Half a thought")
    client = sign_in(max_)
    before = re.search(r"pulse\?([^\"]+)", client.get(url(ticket, "")).content.decode())[1]
    pulse = url(ticket, f"/pulse?{html.unescape(before)}")
    assert client.get(pulse, headers=HTMX).status_code == 204
    share_draft(ticket, user=ada, kind=draft.kind, shared="on", now=timezone.now())
    assert client.get(pulse, headers=HTMX).status_code == 200


def later_choices(page: str) -> list[str]:
    """The times of the menu, as they are posted."""
    return [value[:16] for value in re.findall(r'name="send_at"\s+value="(\d[^"]+)"', page)]


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ("2026-03-25T05:00Z", ["2026-03-25T09:00", "2026-03-30T09:00"]),  # before it opens
        ("2026-03-27T12:00Z", ["2026-03-30T09:00"]),  # on a Friday
        ("2026-04-02T12:00Z", ["2026-04-07T09:00"]),  # before Easter: Monday is a holiday
    ],
)
def test_later_means_when_the_department_opens(sign_in, ada, ticket, technical, now, offered):
    technical.calendar = make_calendar(holidays=["2026-04-03", "2026-04-06"])
    technical.save()
    with freeze_time(now):
        page = sign_in(ada).get(url(ticket, "?kind=reply")).content.decode()
    assert later_choices(page) == offered


def to_line(page: str) -> str:
    """What stands in the line of addressees."""
    return re.search(r'id="id_to"\s+name="to"\s+value="([^"]*)"', page)[1]


def test_reply_is_addressed_to_the_customer_who_spoke_last(sign_in, ada, otto, ticket):
    other, client = make_ticket(otto), sign_in(ada)
    now, actor = timezone.now(), Actor.of_user(ada)
    add_followers(ticket, followers=[NewFollower(email="x@y.example")], actor=actor, now=now)
    merge_tickets(ticket, others=[other], actor=actor, now=now)
    asked = ticket.messages.order_by("pk").first()
    page = client.get(url(ticket, "?kind=reply")).content.decode()
    assert to_line(page) == otto.email
    assert f"To {otto.display_name}" in page
    page = client.get(url(ticket, f"?kind=reply&answers={asked.pk}")).content.decode()
    assert to_line(page) == ticket.customer.email
    make_inbound(ticket, "And me?")
    assert to_line(client.get(url(ticket, "?kind=reply")).content.decode()) == ticket.customer.email


def test_menu_of_a_message_answers_its_author(sign_in, ada, ticket):
    asked = ticket.messages.get()
    page = sign_in(ada).get(url(ticket, "")).content.decode()
    assert f"?kind=reply&amp;answers={asked.pk}#composer" in page
    assert "Reply to Cleo" in page


def test_reply_to_two_customers_at_once_comes_back_with_its_text(sign_in, ada, otto, ticket):
    now, actor = timezone.now(), Actor.of_user(ada)
    merge_tickets(ticket, others=[make_ticket(otto)], actor=actor, now=now)
    both = f"{ticket.customer.email}, {otto.email}"
    answer = sign_in(ada).post(url(ticket), form(ticket, to=both, text="To you both."))
    assert answer.status_code == 422
    assert "Write to each of them by itself." in answer.content.decode()
    assert "To you both." in answer.content.decode()


def test_files_of_a_withdrawn_reply_come_back_and_are_sent_again(sign_in, ada, ticket):
    client = sign_in(ada)
    files = [SimpleUploadedFile("plan.txt", b"one"), SimpleUploadedFile("old.txt", b"two")]
    client.post(url(ticket), form(ticket, attachments=files))
    message = ticket.messages.get(kind="reply")
    client.post(url(ticket, f"/messages/{message.pk}/withdrawal"))
    facts = {fact["name"]: fact["sha256"] for fact in Draft.objects.get(kind="reply").files}
    assert "plan.txt" in client.get(url(ticket, "")).content.decode()
    client.post(url(ticket), form(ticket, kept_files=[f"reply:{facts['plan.txt']}"]))
    again = ticket.messages.filter(kind="reply").latest("pk")
    assert [row.filename for row in again.attachments.all()] == ["plan.txt"]
    assert Draft.objects.get(kind="reply").files == []


def test_digest_of_somebody_elses_file_attaches_nothing(sign_in, ada, ticket):
    drafted(ticket, ada, "reply", "Hello")
    sign_in(ada).post(url(ticket), form(ticket, kept_files=[f"reply:{'0' * 64}"]))
    assert not ticket.messages.get(kind="reply").attachments.exists()


def test_draft_saved_while_the_message_is_on_its_way_stays_away(sign_in, ada, ticket):
    client, fields = sign_in(ada), form(ticket)
    client.post(url(ticket), fields)
    client.post(url(ticket, "/draft"), fields)
    assert Draft.objects.get(ticket=ticket, user=ada).text == ""


def test_shared_draft_is_seen_and_taken_over(sign_in, ada, max_, ticket):
    ada_client, max_client = sign_in(ada), sign_in(max_)
    fields = {"kind": "reply", "text": "Dear Cleo, the valve", "shared": "on"}
    ada_client.post(url(ticket, "/draft/sharing"), fields)
    page = max_client.get(url(ticket, "")).content.decode()
    assert "Draft by Ada" in page
    draft = Draft.objects.get(user=ada)
    max_client.post(url(ticket, f"/drafts/{draft.pk}/takeover"))
    assert Draft.objects.get(user=max_).text == "Dear Cleo, the valve"
    draft.refresh_from_db()
    assert (draft.text, draft.is_shared) == ("", False)
    assert max_client.post(url(ticket, f"/drafts/{draft.pk}/takeover")).status_code == 404


def test_draft_that_is_not_shared_is_nobodys_business(sign_in, ada, max_, ticket):
    draft = drafted(ticket, ada, "reply", "Between us")
    client = sign_in(max_)
    assert "Between us" not in client.get(url(ticket, "")).content.decode()
    assert client.post(url(ticket, f"/drafts/{draft.pk}/takeover")).status_code == 404
    share_draft(ticket, user=ada, kind="reply", shared="on", now=timezone.now())
    share_draft(ticket, user=ada, kind="reply", shared="off", now=timezone.now())
    assert "Between us" not in client.get(url(ticket, "")).content.decode()


def test_reply_sent_later_waits_beside_the_thread(sign_in, ada, ticket):
    client = sign_in(ada)
    response = client.post(url(ticket), form(ticket, send_at=in_an_hour()))
    assert response.headers["Location"].endswith("#waiting")
    page = client.get(url(ticket, "")).content.decode()
    assert "Reply by Ada, to be sent" in page
    assert "Send now" in page
    assert not ticket.messages.filter(kind="reply").exists()
    row = ScheduledReply.objects.get()
    client.post(url(ticket, f"/scheduled/{row.pk}/dispatch"))
    assert ticket.messages.get(kind="reply").author_user == ada


def test_reply_sent_later_is_edited_or_called_off(sign_in, ada, ticket):
    client = sign_in(ada)
    client.post(url(ticket), form(ticket, send_at=in_an_hour()))
    row = ScheduledReply.objects.get()
    client.post(url(ticket, f"/scheduled/{row.pk}/edition"))
    assert "On our **way**." in client.get(url(ticket, "?kind=reply")).content.decode()
    response = client.post(url(ticket, f"/scheduled/{row.pk}/removal"), headers=HTMX)
    assert response.status_code == 422


@pytest.mark.parametrize("moment", ["2020-01-01T09:00", "picked", "nonsense"])
def test_time_that_has_been_is_refused_with_the_text_kept(sign_in, ada, ticket, moment):
    fields = {"send_at": moment, "send_at_picked": "2020-01-01T09:00"}
    response = sign_in(ada).post(url(ticket), form(ticket, **fields))
    assert response.status_code == 422
    assert "still to come" in response.content.decode()
    assert "On our **way**." in response.content.decode()


def test_holding_asks_until_when_and_why(sign_in, ada, ticket):
    client = sign_in(ada)
    client.post(url(ticket), form(ticket, hold="24", hold_reason="Part is ordered"))
    ticket.refresh_from_db()
    assert ticket.status.slug == "hold"
    assert ticket.snoozed_until > timezone.now() + timedelta(hours=23)
    assert "Part is ordered" in client.get(url(ticket, "")).content.decode()


def test_note_calls_a_colleague_who_watches_from_then_on(sign_in, ada, max_, ticket):
    sign_in(ada).post(
        url(ticket), form(ticket, kind="note", text="@Max have a look, mail x@max.example")
    )
    note = ticket.messages.get(kind="note")
    assert [row.user for row in Mention.objects.filter(message=note)] == [max_]
    assert ticket.watchers.filter(user=max_).exists()
    notice = Notification.objects.get(user=max_, kind="ticket.mention")
    assert "Ada mentioned you" in notice.title
    assert "have a look" not in notice.title + notice.body


def test_colleague_who_may_not_see_the_ticket_is_not_called(sign_in, ada, ben, ticket):
    text = "@Ben please check"
    response = sign_in(ada).post(url(ticket), form(ticket, kind="note", text=text))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Ben can" in page
    assert text in page
    assert not Mention.objects.exists()


def test_longest_name_is_meant(sign_in, ada, ticket, technical):
    king = make_user("Ada King", "agent", technical, email="king@company.example")
    sign_in(ada).post(url(ticket), form(ticket, kind="note", text="Ask @ada king, she knows."))
    assert list(Mention.objects.values_list("user", flat=True)) == [king.pk]
    Membership.objects.filter(user=king).delete()


def test_stale_reply_offers_to_send_anyway_or_to_edit(sign_in, ada, ticket):
    fields = form(ticket, status_after=Status.objects.get(slug="closed").pk)
    make_inbound(ticket, text="It works again!")
    page = sign_in(ada).post(url(ticket), fields, headers=HTMX).content.decode()
    assert "Send anyway" in page
    assert f'name="status_after" value="{fields["status_after"]}">Send anyway' in page
    assert "data-edit" in page


def test_toast_elsewhere_carries_undo(sign_in, ada, ticket):
    ada.after_send = "list"
    ada.save(update_fields=["after_send"])
    client = sign_in(ada)
    response = client.post(url(ticket), form(ticket))
    page = client.get(response.headers["Location"]).content.decode()
    message = Message.objects.get(kind="reply")
    assert f"/messages/{message.pk}/withdrawal" in page
    assert "Reply sent." in page
