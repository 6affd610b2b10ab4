"""Keys in the settings: made, shown once, listed, revoked; the secret is kept nowhere (X-26)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from freezegun import freeze_time

from accounts.models import Role
from accounts.permissions import RefusedByRole
from api.actions import revoke_key
from api.models import ApiKey
from core.models import AuditEntry
from tests.api.conftest import MADE, Machine
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PAGE = "/admin/api_keys"
ASKED = {"name": "Shop", "scopes": ["records.read", "records.write"], "lifetime": "30"}


def token_in(answer) -> str:
    return re.findall(r'value="(hd_[^"]+)"', answer.content.decode())[0]


def everything_kept() -> str:
    """All rows of all tables as text."""
    with connection.cursor() as cursor:
        found = []
        for table in sorted({model._meta.db_table for model in apps.get_models()}):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 -- our own tables
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_a_key_is_made_and_works(max_, sign_in) -> None:
    with freeze_time(MADE):
        answer = sign_in(max_).post(PAGE, ASKED)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
        assert Machine(token_in(answer)).get().status_code == 200
    key = ApiKey.objects.get()
    assert (key.owner, key.expires_at) == (max_, MADE + timedelta(days=30))


def test_its_secret_is_shown_once_and_kept_nowhere(max_, sign_in) -> None:
    client = sign_in(max_)
    secret = token_in(client.post(PAGE, ASKED)).split("_", 2)[2]
    key = ApiKey.objects.get()
    for path in (PAGE, f"{PAGE}/add", f"{PAGE}/{key.pk}/revocation", "/admin/audit_log"):
        page = client.get(path).content.decode()
        assert secret not in page
        assert key.secret_hash not in page
    assert secret not in everything_kept()
    assert key.prefix in client.get(PAGE).content.decode()


def test_one_form_makes_one_key(max_, sign_in) -> None:
    client = sign_in(max_)
    page = client.get(f"{PAGE}/add").content.decode()
    [form_key] = re.findall(r'name="idempotency_key" value="([^"]+)"', page)
    answers = [client.post(PAGE, {**ASKED, "idempotency_key": form_key}) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [200, 303]
    assert answers[1].url == PAGE
    assert ApiKey.objects.count() == 1


def test_what_was_typed_is_kept_on_refusal(max_, sign_in) -> None:
    answer = sign_in(max_).post(PAGE, {"name": "Night run", "lifetime": "90"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Night run"' in page
    assert re.search(r'value="90"\s+selected', page)


@pytest.mark.parametrize(
    "more", [{"scopes": ["settings.all"]}, {"lifetime": "9999"}, {"name": "x" * 81}]
)
def test_only_what_is_offered_is_taken(max_, sign_in, more) -> None:
    assert sign_in(max_).post(PAGE, {**ASKED, **more}).status_code == 422
    assert not ApiKey.objects.exists()


def test_a_key_is_ones_own(max_, owner, sign_in) -> None:
    """X-18: nobody makes a key in another's name, or one that is older or never ends."""
    extras = {"owner": owner.pk, "owner_id": owner.pk, "prefix": "x", "expires_at": ""}
    sign_in(max_).post(PAGE, {**ASKED, **extras})
    key = ApiKey.objects.get()
    assert (key.owner, key.prefix == "x") == (max_, False)
    assert key.expires_at is not None


def test_a_scope_is_never_wider_than_its_owner(ada, make_key) -> None:
    """X-19"""
    with pytest.raises(RefusedByRole):
        make_key(ada, "records.write")
    with pytest.raises(RefusedByRole):
        make_key(ada, "everything")
    assert make_key(ada, "records.read").key.scopes == ["records.read"]


def test_agents_make_no_keys(ada, sign_in) -> None:
    assert sign_in(ada).post(PAGE, ASKED).status_code == 403
    assert Client().get(PAGE).status_code == 302


def test_revoking_is_asked_once_more_and_final(max_, owner, make_key, sign_in) -> None:
    new, client = make_key(owner), sign_in(max_)
    place = f"{PAGE}/{new.key.pk}/revocation"
    assert new.key.prefix in client.get(place).content.decode()
    assert Machine(new.token).get().status_code == 200
    assert client.post(place).status_code == 303
    assert Machine(new.token).get().status_code == 401
    revoked_at = ApiKey.objects.get().revoked_at
    client.post(place)
    assert ApiKey.objects.get().revoked_at == revoked_at


def test_the_log_tells_of_keys_without_their_secrets(max_, make_key) -> None:
    new = make_key(max_)
    revoke_key(new.key, actor=max_, now=MADE)
    told = AuditEntry.objects.filter(verb__startswith="api_key").order_by("pk")
    assert [row.verb for row in told] == ["api_key_created", "api_key_revoked"]
    assert told[0].after == {
        "prefix": new.key.prefix, "scopes": ["records.read", "records.write"], "expires_at": None
    }  # fmt: skip


def test_the_list_says_how_each_key_stands(max_, owner, make_key, sign_in) -> None:
    gone, fallen = make_user("Gone", "manager"), make_user("Fallen", "manager")
    make_key(max_)
    make_key(max_, expires_at=MADE)
    revoke_key(make_key(max_).key, actor=max_, now=MADE)
    make_key(gone), make_key(fallen)
    gone.is_active = False
    gone.save()
    fallen.role = Role.objects.get(slug="agent")
    fallen.save()
    page = sign_in(max_).get(PAGE).content.decode()
    for words in (
        "Not used yet",
        "Expired",
        "Revoked",
        "The owner has left",
        "The owner lost a right",
    ):
        assert words in page


def test_without_keys_the_page_says_what_for(max_, sign_in) -> None:
    assert "No keys yet" in sign_in(max_).get(PAGE).content.decode()
