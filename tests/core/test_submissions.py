"""One rendered form, one effect (D-20)."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from core import submissions
from core.models import Option, Submission
from core.sealing import seal
from core.submissions import Replay, claim_submission

pytestmark = pytest.mark.usefixtures("core_urls")
KEY = "0e5c3f9e-6f0c-4c2b-9a83-1d3d6c1c9f10"


def post(client: Client, mode: str = "", key: str = KEY, **headers: str):
    data = {"mode": mode, "idempotency_key": key}
    return client.post("/test/order", data, headers=headers)


@pytest.mark.django_db
def test_a_repeated_form_is_led_to_the_first_result(client: Client) -> None:
    first, second = post(client), post(client)
    assert (first.status_code, second.status_code) == (302, 303)
    assert first["Location"] == second["Location"] == "/orders/0"
    assert Option.objects.count() == 1


@pytest.mark.django_db
def test_htmx_is_led_there_by_its_header(client: Client) -> None:
    post(client)
    again = post(client, **{"HX-Request": "true"})
    assert (again.status_code, again["HX-Redirect"]) == (200, "/orders/0")


@pytest.mark.django_db
def test_after_a_fragment_the_repeater_goes_to_the_page_it_was_on(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://x.example/orders?q=1"}
    post(client, "fragment", **headers)
    assert post(client, "fragment", **headers)["HX-Redirect"] == "/orders"


@pytest.mark.django_db
def test_a_refused_form_may_come_again(client: Client) -> None:
    assert post(client, "bad").status_code == 422
    assert not Submission.objects.exists()
    assert post(client).status_code == 302


@pytest.mark.django_db
def test_a_broken_view_leaves_no_key_behind(client: Client) -> None:
    client.raise_request_exception = False
    assert post(client, "broken").status_code == 500
    assert not Submission.objects.exists()
    assert not Option.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "odd", "0" * 500])
def test_without_a_sound_key_the_form_is_taken_as_it_is(client: Client, key: str) -> None:
    post(client, key=key)
    post(client, key=key)
    assert Option.objects.count() == 2


@pytest.mark.django_db
def test_two_people_may_have_the_same_key(client: Client, sign_in, ada, max_) -> None:
    post(sign_in(ada))
    post(sign_in(max_))
    assert Option.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_have_one_effect() -> None:
    def submit(_number: int) -> str:
        try:
            return post(Client())["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        locations = list(pool.map(submit, range(10)))
    assert set(locations) == {"/orders/0"}
    assert Option.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_second_waits_longer_than_for_other_locks() -> None:
    def second() -> tuple[Replay | None, str]:
        try:
            with connection.cursor() as cursor, transaction.atomic():
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
                answer = claim_submission("user:1", uuid.UUID(KEY), now=timezone.now())
                cursor.execute("SHOW lock_timeout")
                return answer, cursor.fetchone()[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            claim_submission("user:1", uuid.UUID(KEY), now=timezone.now())
            waiting = pool.submit(second)
            time.sleep(0.5)
        assert waiting.result() == (Replay(""), "50ms")


@pytest.mark.django_db
def test_a_stored_address_of_another_house_is_not_followed(client: Client) -> None:
    post(client)
    Submission.objects.update(location=seal("//evil.example/").decode())
    assert post(client)["Location"] == "/"


def test_each_rendering_has_a_key_of_its_own() -> None:
    template = Template("{% load submissions %}{% idempotency_key %}")
    first, second = template.render(Context()), template.render(Context())
    assert first != second
    assert 'type="hidden" name="idempotency_key"' in first
    uuid.UUID(first.split('value="')[1].split('"')[0])


@pytest.mark.django_db
def test_old_keys_go(client: Client) -> None:
    post(client)
    assert submissions.forget_old(timezone.now()) == 0
    assert submissions.forget_old(timezone.now() + timedelta(days=8)) == 1
