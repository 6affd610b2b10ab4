"""The gate before every endpoint: X-18, X-19, X-25, X-26."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from freezegun import freeze_time

from accounts.models import Role
from api import gate
from api.actions import revoke_key
from api.models import ApiKey
from core import options
from customers.models import CrmRecord
from tests.api.conftest import MADE, RECORDS, Machine, invoice

pytestmark = pytest.mark.django_db


def is_problem(answer, status: int) -> bool:
    assert answer.status_code == status, answer.content
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    return told["status"] == status and bool(told["title"]) and bool(told["detail"])


def test_without_a_key_nothing_opens(cleo) -> None:
    for answer in (Machine().get(), Machine().put(invoice())):
        assert is_problem(answer, 401)
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert not CrmRecord.objects.exists()


def test_a_session_is_no_key(sign_in, max_, cleo) -> None:
    """X-25: no page elsewhere can make a signed-in browser act here."""
    browser = Machine(client=sign_in(max_))
    assert is_problem(browser.get(), 401)
    assert is_problem(browser.put(invoice()), 401)


@pytest.mark.parametrize(
    "token", ["x", "hd_", "hd__", "hd_a\u00e9_b", "hd_abc_def", "Bearer", "hd_%00_x"]
)
def test_a_wrong_key_is_refused(max_, make_key, token) -> None:
    assert is_problem(Machine(token).get(), 401)


def test_the_secret_decides_not_the_prefix(max_, make_key) -> None:
    token = make_key(max_).token
    assert Machine(token).get().status_code == 200
    for other in (token[:-1], token + "A", token.rpartition("_")[0] + "_", token.upper()):
        assert is_problem(Machine(other).get(), 401)
    basic = Machine(token)
    basic.headers = {"Authorization": f"Basic {token}"}
    assert is_problem(basic.get(), 401)


@pytest.mark.parametrize("query", ["?api_key={}", "?access_token={}", "?after={}", "?KEY=x"])
def test_a_key_in_the_address_is_refused(max_, make_key, query) -> None:
    """X-26: even beside one in the header."""
    token = make_key(max_).token
    answer = Machine(token).get(query.format(token))
    assert is_problem(answer, 400)
    assert "Authorization" in answer.json()["detail"]


def test_a_revoked_key_is_refused_at_once(max_, make_key) -> None:
    new = make_key(max_)
    assert Machine(new.token).get().status_code == 200
    revoke_key(new.key, actor=max_, now=MADE)
    assert is_problem(Machine(new.token).get(), 401)


def test_a_key_ends_when_it_was_said_to(max_, make_key) -> None:
    machine = Machine(make_key(max_, expires_at=MADE + timedelta(days=30)).token)
    with freeze_time(MADE + timedelta(days=30, seconds=-1)):
        assert machine.get().status_code == 200
    with freeze_time(MADE + timedelta(days=30)):
        assert is_problem(machine.get(), 401)


def test_a_key_to_read_changes_nothing(max_, make_key, cleo) -> None:
    """X-26"""
    reader = Machine(make_key(max_, "records.read").token)
    assert is_problem(reader.put(invoice()), 403)
    assert is_problem(reader.drop("shop/invoice/INV-1"), 403)
    assert is_problem(Machine(make_key(max_, "records.write").token).get(), 403)
    assert not CrmRecord.objects.exists()


def test_a_key_can_do_what_its_owner_can_now(max_, make_key, cleo) -> None:
    """X-19: a right that is lost is lost for the key, and back with its owner's."""
    machine = Machine(make_key(max_).token)
    max_.role = Role.objects.get(slug="agent")
    max_.save()
    assert is_problem(machine.put(invoice()), 403)
    assert machine.get().status_code == 200
    max_.role = Role.objects.get(slug="customer")
    max_.save()
    assert is_problem(machine.get(), 401)
    max_.role, max_.is_active = Role.objects.get(slug="manager"), False
    max_.save()
    assert is_problem(machine.put(invoice()), 401)


def test_a_key_asks_so_often_a_minute(max_, make_key) -> None:
    machine, other = Machine(make_key(max_).token), Machine(make_key(max_).token)
    options.set_value("api.requests_per_minute", 10, actor=max_, now=MADE)
    with freeze_time(MADE):
        assert [machine.get().status_code for _each in range(11)] == [200] * 10 + [429]
        assert int(machine.get()["Retry-After"]) == 60
        assert other.get().status_code == 200
    with freeze_time(MADE + timedelta(minutes=2)):
        assert machine.get().status_code == 200


def test_wrong_keys_are_counted_by_network_address(max_, make_key) -> None:
    right = Machine(make_key(max_).token)
    with freeze_time(MADE):
        codes = [Machine("hd_wrong_key").get().status_code for _each in range(gate.WRONG_KEYS + 1)]
        assert codes == [401] * gate.WRONG_KEYS + [429]
        # A neighbour's mistake does not lock out the right key.
        assert right.get().status_code == 200


def test_use_is_noted_once_a_minute(max_, make_key) -> None:
    new = make_key(max_)
    for seconds, noted in ((0, 0), (59, 0), (61, 61)):
        with freeze_time(MADE + timedelta(seconds=seconds)):
            Machine(new.token).get()
        assert ApiKey.objects.get().last_used_at == MADE + timedelta(seconds=noted)


def test_only_json_of_a_decent_size_is_read(machine) -> None:
    assert is_problem(machine.send("kind=invoice", content_type="text/plain"), 415)
    assert is_problem(machine.send("x" * (gate.MAX_BYTES + 1)), 413)
    assert is_problem(machine.send({}, CONTENT_LENGTH=""), 411)
    for nonsense in ("{", "NaN", "[" * 100_000, b"\xff\xfe\xfa", '{"source": Infinity}'):
        assert is_problem(machine.send(nonsense), 400)


def test_nothing_below_api_is_a_page(machine) -> None:
    assert is_problem(machine.get(path="/api/v1/tickets"), 404)
    assert is_problem(machine.get(path=f"{RECORDS}/"), 404)
    for method in ("post", "patch", "delete"):
        answer = getattr(machine.client, method)(RECORDS)
        assert is_problem(answer, 405)
        assert answer["Allow"] == "GET, PUT"
    assert is_problem(machine.client.get(RECORDS, headers={"Host": "evil.example"}), 400)


@pytest.mark.parametrize(("failure", "status"), [(OperationalError, 503), (RuntimeError, 500)])
def test_our_failures_are_problems_too(machine, monkeypatch, failure, status) -> None:
    def fail(*_args, **_options) -> None:
        raise failure("canary-of-the-inside")

    monkeypatch.setattr(gate, "note_use", fail)
    answer = machine.get()
    assert is_problem(answer, status)
    assert "canary" not in answer.content.decode()
