"""What the agents' desk takes by number, name or twice: only what is theirs, and only once."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from tests.factories import make_inbound, make_ticket
from tickets.actions import add_parts, merge_tickets, transfer_ticket
from tickets.actions.predefined import ReplyFacts, save_predefined
from tickets.actors import Actor
from tickets.models import Draft, PredefinedReply, SavedView, Task, Ticket, TimeEntry
from tickets.predefined_csv import plan_of

pytestmark = pytest.mark.django_db
BULK = "/admin/tickets/bulk"
ENDLESS = "9" * 5000


def url(ticket: Ticket, part: str = "") -> str:
    return f"/admin/tickets/ticket/{ticket.number}{part}"


def moved_away(ticket: Ticket, department, user) -> None:
    transfer_ticket(ticket, department=department, actor=Actor.of_user(user), now=timezone.now())


def test_x15_what_somebody_moved_away_is_not_undone(sign_in, ada, max_, cleo, technical, billing):
    ticket, client = make_ticket(cleo, technical), sign_in(ada)
    run = client.post(BULK, {"step": "close", "ids": [ticket.pk]})
    moved_away(ticket, billing, max_)
    client.post(f"{run.url}/undo")
    ticket.refresh_from_db()
    assert ticket.is_resolved


def test_x15_a_colleagues_view_narrows_nothing_for_others(sign_in, ada, ben, cleo, technical):
    ticket, now = make_ticket(cleo, technical), timezone.now()
    facts = {"base": "attention", "order": "due", "created_at": now, "updated_at": now}
    view = SavedView.objects.create(owner=ada, name="Hers alone", position=1, **facts)
    client = sign_in(ben)
    page = client.get("/admin/tickets", {"view": view.slug})
    assert b"Hers alone" not in page.content
    wish = {"step": "close", "all": "1", "query": f"view={view.slug}", "as_of": ticket.pk}
    assert client.post(BULK, wish).status_code == 422
    ticket.refresh_from_db()
    assert ticket.is_open


def test_x15_incident_counts_only_the_parts_one_sees(sign_in, ada, max_, cleo, technical, billing):
    incident, near, far = (make_ticket(cleo, technical, subject=f"T{n}") for n in range(3))
    actor = Actor.of_user(max_)
    add_parts(incident, children=[near, far], actor=actor, now=timezone.now())
    moved_away(far, billing, max_)
    page = sign_in(ada).get(url(incident, "/incident"))
    assert page.status_code == 200
    assert page.context["page"].open_count == 1


def test_x16_paper_for_the_customer_shows_no_other_customers_words(
    sign_in, ada, cleo, otto, technical
):
    ticket, other = make_ticket(cleo, technical), make_ticket(otto, technical)
    make_inbound(other, "Ottos very own words")
    merge_tickets(ticket, others=[other], actor=Actor.of_user(ada), now=timezone.now())
    client = sign_in(ada)
    assert b"Ottos very own words" in client.get(url(ticket, "/print?internal=1")).content
    assert b"Ottos very own words" not in client.get(url(ticket, "/print")).content


def test_x28_endless_digits_are_no_numbers(sign_in, ada, cleo, technical):
    ticket, client = make_ticket(cleo, technical), sign_in(ada)
    pages = [
        client.get("/admin/tickets", {"view": f"own-{ENDLESS}", "department": ENDLESS}),
        client.get(url(ticket, "/appointments/check"), {"appointment": ENDLESS}),
        client.get(url(ticket, "/split"), {"from": ENDLESS}),
        client.get(url(ticket, "/merge"), {"with": ENDLESS}),
        client.post(url(ticket, "/tasks/1/items"), {"done": ENDLESS}),
        client.post(BULK, {"step": "close", "ids": [ENDLESS]}),
        client.get("/admin/search", {"q": f"#{ENDLESS}"}),
    ]
    assert [page.status_code for page in pages if page.status_code >= 500] == []


@pytest.mark.parametrize(
    "case",
    [
        ("/tasks", {"title": "Send the valve"}, Task),
        ("/time_entries", {"spent": "1:30"}, TimeEntry),
    ],
)
def test_d20_a_form_of_a_card_counts_once(sign_in, ada, cleo, technical, case):
    part, data, model = case
    ticket, client = make_ticket(cleo, technical), sign_in(ada)
    panel = client.get(url(ticket, "/context")).content.decode()
    form = panel.split(f'action="{url(ticket, part)}"')[1].split("</form>")[0]
    assert 'name="idempotency_key"' in form
    posted = data | {"idempotency_key": str(uuid4())}
    for _time in range(2):
        assert client.post(url(ticket, part), posted).status_code == 303
    assert model.objects.filter(ticket=ticket).count() == 1


def test_d20_a_reply_inserted_twice_stands_once(sign_in, ada, cleo, technical):
    ticket, client = make_ticket(cleo, technical), sign_in(ada)
    Draft.objects.create(ticket=ticket, user=ada, text="Dear Cleo,", updated_at=timezone.now())
    reply = kept("bye", owner=ada)
    posted = {"idempotency_key": str(uuid4())}
    for _time in range(2):
        client.post(url(ticket, f"/replies/{reply.pk}"), posted)
    assert Draft.objects.get(user=ada).text.count("Words of") == 1


def kept(shortcut: str, *, owner) -> PredefinedReply:
    fields = {"name": f"Of {owner.name}", "shortcut": shortcut, "owner": owner}
    facts = ReplyFacts(fields=fields, texts=[("en", f"Words of {owner.name}.")])
    return save_predefined(None, facts=facts, actor=owner, now=timezone.now())


def test_x18_a_table_changes_nobody_elses_own_replies(sign_in, ada, max_):
    reply = kept("bye", owner=ada)
    plan = plan_of("shortcut,name,text,scope\nbye,Mine,Taken over.,mine\n", user=max_)
    assert (len(plan.new), plan.changed) == (1, [])
    client = sign_in(max_)
    assert client.get(f"/admin/predefined_replies/{reply.pk}").status_code == 404
    assert b"Words of Ada" not in b"".join(
        client.get("/admin/predefined_replies/export").streaming_content
    )


def test_x36_the_library_as_a_table_runs_nothing(sign_in, ada):
    fields = {"name": "=cmd|' /C calc'!A0", "shortcut": "calc", "owner": ada}
    facts = ReplyFacts(fields=fields, texts=[("en", "\t@SUM(1)")])
    save_predefined(None, facts=facts, actor=ada, now=timezone.now())
    response = sign_in(ada).get("/admin/predefined_replies/export")
    table = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "'=cmd" in table
    assert ",=cmd" not in table
    assert "'\t@SUM" in table
