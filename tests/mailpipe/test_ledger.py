"""What people do with received mails, what is kept, and what `verify` finds (N4)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from core import clock, registries
from core.models import AuditEntry
from mailpipe import health
from mailpipe.actions import (
    NotReplayable,
    allow_sender,
    block_sender,
    discard_mail,
    release_mail,
    replay_mail,
)
from mailpipe.drain import drain
from mailpipe.models import InboundMail, OutgoingMail, SenderRule
from mailpipe.retention import digests_in_use, forget_raw_mails
from tests.factories import make_reply, make_ticket
from tests.mailpipe.letters import receive
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db
SPAM = {"X_Spam_Flag": "YES", "From": "x@y.example"}


def test_every_mail_has_one_outcome_with_its_trace(technical):
    row = receive()
    assert (row.outcome, row.is_settled) == ("ticket", True)
    assert row.trace[0]["step"] == "department"
    assert row.trace[-1] == {"step": "outcome", "text": f"ticket: {row.reason}"}
    assert row.message.inbound_mail == row


def test_released_mail_passes_the_rules(technical, ada):
    row = receive(**SPAM)
    release_mail(row, actor=ada, now=timezone.now())
    drain()
    row.refresh_from_db()
    assert (row.outcome, Ticket.objects.count()) == ("ticket", 1)
    assert AuditEntry.objects.filter(verb="mail_released", actor=ada).exists()


def test_replayed_mail_meets_the_rules_of_now(technical, ada):
    row = receive(**SPAM)
    replay_mail(row, actor=ada, now=timezone.now())
    drain()
    row.refresh_from_db()
    assert row.outcome == "quarantined"
    allow_sender(row, actor=ada, now=timezone.now())
    replay_mail(row, actor=ada, now=timezone.now())
    drain()
    row.refresh_from_db()
    assert row.outcome == "ticket"


def test_mail_with_a_ticket_is_not_settled_again(technical, ada):
    row = receive()
    for again in (replay_mail, release_mail, discard_mail):
        with pytest.raises(NotReplayable):
            again(row, actor=ada, now=timezone.now())


def test_discarded_mail_stays_in_the_ledger(technical, ada):
    row = discard_mail(receive(**SPAM), actor=ada, now=timezone.now())
    assert row.outcome == "ignored"
    assert not InboundMail.objects.quarantined().exists()


def test_blocked_sender_is_held_from_now_on(technical, ada):
    block_sender(receive(), actor=ada, now=timezone.now())
    assert receive().outcome == "quarantined"
    assert SenderRule.objects.get().value == "cleo@harbour.example"


def test_raw_mails_go_after_their_days_but_failed_ones_stay(technical):
    old, failed, fresh = receive(), receive(), receive()
    long_ago = timezone.now() - timedelta(days=91)
    InboundMail.objects.filter(pk__in=[old.pk, failed.pk]).update(received_at=long_ago)
    InboundMail.objects.filter(pk=failed.pk).update(outcome="failed")
    assert forget_raw_mails(timezone.now()) == 1
    assert set(digests_in_use()) == {failed.stored_as, fresh.stored_as}


def test_files_of_the_ledger_are_known_to_the_store(technical):
    row = receive()
    in_use = [digest for entry in registries.referenced_digests.entries() for digest in entry()]
    assert row.stored_as in in_use


def test_verify_finds_nothing_after_the_whole_path(technical, cleo, ada):
    receive()
    make_reply(make_ticket(cleo, technical), ada)
    assert problems() == []


def test_verify_mends_a_reply_without_its_mail(technical, cleo, ada):
    make_reply(make_ticket(cleo, technical), ada)
    OutgoingMail.objects.all().delete()
    assert len(problems()) == 1
    health.check_replies(repair=True)
    assert OutgoingMail.objects.count() == 1
    assert problems() == []


def test_verify_cancels_what_must_not_leave(technical, cleo, ada):
    make_reply(make_ticket(cleo, technical), ada)
    Message.objects.filter(kind="reply").update(is_held=True)
    assert len(problems()) == 1
    health.check_withdrawn(repair=True)
    assert OutgoingMail.objects.get().state == "cancelled"


def test_verify_mends_a_delivery_state(technical, cleo, ada):
    make_reply(make_ticket(cleo, technical), ada)
    OutgoingMail.objects.update(state="sent")
    assert len(problems()) == 1
    health.check_delivery_states(repair=True)
    assert Message.objects.get(kind="reply").delivery_state == "sent"


def test_verify_names_what_stands_still(technical, cleo, ada):
    make_reply(make_ticket(cleo, technical), ada)
    InboundMail.objects.create(
        sha256="a", stored_as="", size=1, received_at=timezone.now() - timedelta(hours=3)
    )
    with clock.moved_to(timezone.now() + timedelta(hours=3)):
        assert len(problems()) == 2


def test_health_tells_what_waits(technical, settings):
    assert all(line().is_well for line in lines())
    folder = Path(settings.MAIL_SPOOL)
    folder.mkdir(parents=True)
    long_ago = int((timezone.now() - timedelta(hours=1)).timestamp() * 1e9)
    (folder / f"{long_ago:020d}-1-{'0' * 16}.mail").write_bytes(b"x")
    assert not health.oldest_spooled().is_well
    receive(**SPAM)
    assert health.quarantined_mails().value == 1
    InboundMail.objects.update(outcome="failed")
    assert not health.failed_mails().is_well


def problems() -> list[str]:
    checks = (entry for key, entry in registries.verify_checks if key.startswith("mailpipe."))
    return [finding.message for check in checks for finding in check(repair=False)]


def lines() -> list:
    return [entry for key, entry in registries.health_checks if key.startswith("mailpipe.")]
