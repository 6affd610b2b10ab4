"""The demo company comes to life through real mails and real actions (N6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from accounts.models import Team, User
from accounts.people import manager_chain
from core.memo import forget_all
from core.models import Option
from customers.models import Customer
from helpdesk.demo import company, founding, letters, play, timeline
from helpdesk.demo.stories import stories
from mailpipe.models import InboundMail, OutgoingMail
from mailpipe.parsing.reader import parse
from sla import recomputing
from sla.models import Coverage, Firing, PolicySetVersion, SlaClock
from tickets import verify
from tickets.models import Message, Priority, Service, Ticket

SINCE = datetime(2026, 8, 1, tzinfo=UTC)
UNTIL = datetime(2026, 10, 30, tzinfo=UTC)


@pytest.fixture
def demo(db, settings, monkeypatch):
    """A small company: forty tickets would take a minute."""
    settings.DEMO, settings.SMTP = True, None
    monkeypatch.setattr(founding, "CUSTOMER_COUNT", 12)
    monkeypatch.setattr(play, "RECENT", 4)
    return play


def finish(progress) -> int:
    return sum(1 for _ in progress)


def test_stories_speak_of_rows_that_exist(db):
    departments = {plan.slug for plan in company.DEPARTMENTS}
    services = set(Service.objects.values_list("slug", flat=True))
    priorities = set(Priority.objects.values_list("slug", flat=True))
    for story in stories():
        assert story.department in departments
        assert story.service in services
        assert story.priority in priorities


def test_company_has_managers_teams_and_skills(demo):
    for _time in range(2):
        founding.found_company(now=UNTIL)
    named = {user.name: user for user in User.objects.staff()}
    lisa, sarah, priya = (named[n] for n in ("Lisa Rodriguez", "Sarah Johnson", "Priya Singh"))
    assert manager_chain(priya, None) == [named["Deepak Patel"], sarah, lisa]
    assert [skill.name for skill in priya.skills.all()] == ["API & Integrations"]
    tiers = {team.tier: team.lead.name for team in Team.objects.active()}
    assert (tiers["tier2"], tiers["engineering"]) == ("Deepak Patel", "Raj Kumar")
    assert all(user.takes_sms for user in named.values() if user != lisa)


def test_tickets_come_in_office_hours_mostly():
    moments = timeline.starts(400, since=SINCE, until=UNTIL, chance=Random(1))
    assert moments == sorted(moments)
    in_office = [m for m in moments if 8 <= m.hour < 18 and m.weekday() < 5]
    assert len(in_office) > 250


def test_steps_of_a_story_go_forward():
    for seed in range(40):
        script = timeline.script_for(SINCE, customer=0, chance=Random(seed))
        times = [step.at for step in script.steps]
        assert times == sorted(times)
        assert script.steps[0].kind == "open"


@pytest.mark.parametrize("style", [letters.PLAIN, letters.HTML, letters.LATIN, letters.PICTURE])
def test_letters_are_mails_of_several_programs(style):
    writer = company.CustomerPlan("Zoë Ünal", "zoe@x.example")
    letter = letters.Letter(writer, "support@company.com", "Schöne Tasse", "Grüße", SINCE)
    mail = parse(letters.raw(letter, style=style))
    assert (mail.from_name, mail.subject) == ("Zoë Ünal", "Schöne Tasse")
    assert "Grüße" in mail.text


def test_demo_plays_through_mail_and_actions_under_a_moved_clock(demo):
    plan = demo.prepare(now=timezone.now(), tickets=10)
    assert finish(demo.play_recent(plan)) == 4
    assert demo.history_left() == demo.Progress(done=0, total=6)
    assert finish(demo.play_history(plan)) == 6
    assert demo.history_left() is None
    assert Ticket.objects.count() == 10
    assert InboundMail.objects.filter(outcome="ticket").count() == 10
    oldest = Ticket.objects.order_by("number").first()
    assert timezone.now() - oldest.created_at > timedelta(days=2)
    assert not OutgoingMail.objects.exclude(state="kept").exists()
    kept = Message.objects.filter(kind="reply")
    assert all(m.created_at <= timezone.now() and m.delivery_state == "kept" for m in kept)
    assert [c(repair=False) for c in (verify.check_columns, verify.check_counts)] == [[], []]


def test_history_has_older_numbers_than_what_is_recent(demo):
    plan = demo.prepare(now=timezone.now(), tickets=7)
    finish(demo.play_recent(plan))
    recent = set(Ticket.objects.values_list("number", flat=True))
    finish(demo.play_history(plan))
    older = set(Ticket.objects.values_list("number", flat=True)) - recent
    assert max(older) < min(recent)


def test_every_ticket_was_opened_under_the_standard_promises(demo):
    now = timezone.now()
    plan = demo.prepare(now=now, tickets=7)
    finish(demo.play_recent(plan))
    finish(demo.play_history(plan))
    version = PolicySetVersion.objects.latest("pk")
    assert now - version.valid_from > timedelta(days=play.DAYS)
    covered = Coverage.objects.filter(rules=version, began_under=version)
    assert covered.count() == Ticket.objects.count() == 7
    assert set(SlaClock.objects.values_list("policy__name", flat=True)) == {"Standard"}
    assert not Ticket.objects.filter(sla_state="").exists()
    assert recomputing.check_clocks(repair=False) == []


def test_second_run_changes_nothing(demo):
    for _ in range(2):
        plan = demo.prepare(now=timezone.now(), tickets=6)
        finish(demo.play_recent(plan))
        finish(demo.play_history(plan))
    assert Ticket.objects.count() == 6
    assert Customer.objects.count() == 12


def test_interrupted_history_goes_on_where_it_stopped(demo):
    plan = demo.prepare(now=timezone.now(), tickets=8)
    history = demo.play_history(plan)
    next(history)
    history.close()
    assert Option.objects.get(pk=demo.STATE).value["history"] == 1
    assert finish(demo.play_history(plan)) == 3


def test_production_is_refused(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo")


def test_queue_says_how_far_the_history_is(demo, client, settings):
    settings.DEMO = True
    plan = demo.prepare(now=timezone.now(), tickets=6)
    finish(demo.play_recent(plan))
    client.force_login(User.objects.filter(role__slug="owner").first())
    words = "still being written: 0 of 2 tickets"
    assert words in client.get("/admin/tickets").content.decode()
    finish(demo.play_history(plan))
    forget_all()
    assert words not in client.get("/admin/tickets").content.decode()


def test_deadlines_of_the_past_were_missed_at_their_time(demo):
    finish(demo.play_history(demo.prepare(now=timezone.now(), tickets=24)))
    firings = Firing.objects.all()
    assert firings.filter(outcome="announced").exists()
    assert not firings.exclude(fired_at=F("scheduled_for")).exists()
    assert not SlaClock.objects.filter(next_fire_at__lt=timezone.now()).exists()
