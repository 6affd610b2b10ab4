"""The bell and its list, the matrix, what was sent, and the services of managers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.models import AuditEntry
from notifications.actions import forget_old, mark_all_read, notify, tell_endpoint
from notifications.models import Endpoint, Habits, NoticeDelivery, Notification
from tests.notifications.conftest import ACCOUNT, NOON, TOKEN

pytestmark = pytest.mark.django_db
INBOX = "/admin/notifications"
MATRIX = "/admin/profile/notifications"
SERVICES = "/admin/integrations"


def told(user, lunch, count: int = 1) -> list[Notification]:
    return [notify([user], lunch, key=f"soup:{n}", now=NOON)[0] for n in range(count)]


def test_an_empty_list_says_so(ada, sign_in) -> None:
    assert "Nothing to read" in sign_in(ada).get(INBOX).content.decode()


def test_unread_notifications_stand_first(ada, sign_in, lunch) -> None:
    old = notify([ada], lunch, key="old", now=NOON)[0]
    Notification.objects.filter(pk=old.pk).update(title="Old but unread")
    read = notify([ada], lunch, key="new", now=NOON + timedelta(hours=1))[0]
    Notification.objects.filter(pk=read.pk).update(title="New", is_unread=False, read_at=NOON)
    page = sign_in(ada).get(INBOX).content.decode()
    assert page.index("Old but unread") < page.index(">New<")
    only = sign_in(ada).get(f"{INBOX}?show=unread").content.decode()
    assert ">New<" not in only


def test_the_list_has_pages_and_few_statements(ada, sign_in, lunch, statements) -> None:
    told(ada, lunch, 60)
    mark_all_read(ada, now=NOON, about="none")
    Notification.objects.filter(key__lte="soup:25").update(is_unread=False, read_at=NOON)
    client = sign_in(ada)
    client.get(INBOX)
    with statements(4):
        page = client.get(INBOX)
    first = {row.pk for row in page.context["rows"]}
    second = client.get(INBOX + page.context["urls"].next)
    assert len(first) == 50
    assert len(first | {row.pk for row in second.context["rows"]}) == 60


def test_opening_one_marks_it_and_leads_on(ada, sign_in, lunch) -> None:
    (row,) = told(ada, lunch)
    response = sign_in(ada).post(f"{INBOX}/{row.pk}/reading", {"open": "yes"})
    assert (response.status_code, response["Location"]) == (303, "/admin/soup")
    row.refresh_from_db()
    assert not row.is_unread
    assert row.read_at is not None


def test_a_notification_never_leads_out_of_the_house(ada, sign_in, lunch) -> None:
    (row,) = told(ada, lunch)
    Notification.objects.update(url="https://evil.example/")
    response = sign_in(ada).post(f"{INBOX}/{row.pk}/reading", {"open": "yes"})
    assert response["Location"] == INBOX


def test_nobody_reads_for_somebody_else(ada, ben, sign_in, lunch) -> None:
    (row,) = told(ada, lunch)
    assert sign_in(ben).post(f"{INBOX}/{row.pk}/reading").status_code == 404
    sign_in(ben).post(f"{INBOX}/reading")
    row.refresh_from_db()
    assert row.is_unread


def test_all_are_read_at_once(ada, sign_in, lunch) -> None:
    told(ada, lunch, 3)
    assert sign_in(ada).post(f"{INBOX}/reading").status_code == 303
    assert not ada.notifications.unread().exists()


def test_the_bell_stands_on_every_page_and_costs_one_statement(
    ada, sign_in, lunch, statements
) -> None:
    told(ada, lunch, 2)
    client = sign_in(ada)
    assert 'aria-label="Notifications, 2 unread"' in client.get("/admin/profile").content.decode()
    with statements(3):  # the session, the person, nothing for the bell
        assert client.get(f"{INBOX}/bell?shown=2").status_code == 204
    assert "2 unread" in client.get(f"{INBOX}/bell?shown=1").content.decode()


def test_the_matrix_is_kept(ada, sign_in) -> None:
    client = sign_in(ada)
    assert 'value="lunch:mail"' in client.get(MATRIX).content.decode()
    chosen = {"chosen": ["lunch:sms", "lunch:slack", "dinner:mail"], "digest": "daily"}
    assert client.post(MATRIX, chosen).status_code == 303
    assert sorted(ada.notice_preferences.get(kind="lunch").channels) == ["slack", "sms"]
    habits = Habits.of(ada)
    assert (habits.digest, habits.keeps_quiet) == ("daily", False)
    assert client.post(MATRIX, {"digest": "never"}).status_code == 422


def test_the_matrix_says_what_reaches_nobody(ada, sign_in, texting) -> None:
    page = sign_in(ada).get(MATRIX).content.decode()
    assert "There is no phone number in the profile." in page
    assert "Slack is not set up." in page


def test_managers_see_what_was_sent_and_narrow_it_down(max_, ada, sign_in, lunch, webhook) -> None:
    told(ada, lunch)
    tell_endpoint(webhook, lunch, key="x", now=NOON)
    client = sign_in(max_)
    page = client.get("/admin/notifications/deliveries").content.decode()
    assert "Our webhook" in page
    assert ">Ada<" in page
    narrow = client.get("/admin/notifications/deliveries?channel=mail&service=").content.decode()
    assert ">Ada<" in narrow
    assert client.get("/admin/notifications/deliveries?service=webhook").context["lines"][0].row


def test_the_list_of_deliveries_costs_the_same_for_many(
    max_, ada, sign_in, lunch, statements
) -> None:
    told(ada, lunch, 30)
    client = sign_in(max_)
    client.get("/admin/notifications/deliveries")
    with statements(5):
        assert len(client.get("/admin/notifications/deliveries").context["lines"]) == 30


def test_a_folded_notice_is_not_sent_again(max_, ada, sign_in, lunch) -> None:
    told(ada, lunch, 2)
    first, second = NoticeDelivery.objects.order_by("pk")
    NoticeDelivery.objects.filter(pk=first.pk).update(state="cancelled", folded_into=second)
    url = f"/admin/notifications/deliveries/{first.pk}/sending"
    assert sign_in(max_).post(url).status_code == 404


def sms_form(**fields: str) -> dict[str, str]:
    typed = {"name": "Texts", "account": ACCOUNT, "sender": "+1 500 555 0006", "is_enabled": "on"}
    return {**typed, **fields}


def test_a_service_is_set_up_and_its_secret_never_comes_back(max_, sign_in) -> None:
    client = sign_in(max_)
    assert client.post(f"{SERVICES}/sms/add", sms_form(token=TOKEN)).status_code == 303
    row = Endpoint.objects.get()
    assert (row.settings["sender"], row.secrets) == ("+15005550006", {"token": TOKEN})
    assert TOKEN.encode() not in bytes(row.sealed_secret)
    form = client.get(f"{SERVICES}/sms/{row.pk}").content.decode()
    assert TOKEN not in form
    assert f"ends with {TOKEN[-4:]}" in form
    assert "/hooks/sms/texts" in client.get(SERVICES).content.decode()
    assert TOKEN not in str(list(AuditEntry.objects.values_list("before", "after")))


def test_an_empty_secret_keeps_the_one_there_is(max_, sign_in, texting) -> None:
    client = sign_in(max_)
    page = client.get(f"{SERVICES}/sms/{texting.pk}")
    version = page.context["submitted"].version
    client.post(f"{SERVICES}/sms/{texting.pk}", sms_form(version=version, name="Renamed"))
    texting.refresh_from_db()
    assert (texting.name, texting.secrets["token"]) == ("Renamed", TOKEN)


def test_a_refused_or_late_form_does_not_repeat_the_secret(max_, sign_in, texting) -> None:
    client = sign_in(max_)
    wrong = client.post(f"{SERVICES}/sms/add", sms_form(account="AC1", token="typed-secret"))
    assert wrong.status_code == 422
    late = client.post(f"{SERVICES}/sms/{texting.pk}", sms_form(token="typed-secret"))
    assert late.status_code == 409
    assert "typed-secret" not in wrong.content.decode() + late.content.decode()


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("sms", sms_form()),
        ("slack", {"name": "Slack"}),
        ("slack", {"name": "Slack", "webhook_url": "http://hooks.slack.com/x"}),
        ("pagerduty", {"name": "Pager", "region": "us"}),
        ("webhook", {"name": "Hook", "url": "https://example.org/", "key": "too short"}),
        ("webhook", {"name": "Hook", "url": "ftp://example.org/", "key": "k" * 20}),
        ("webhook", {"name": "Hook", "url": "https://u:p@example.org/", "key": "k" * 20}),
    ],
)
def test_half_a_service_is_refused(max_, sign_in, kind: str, typed: dict[str, str]) -> None:
    assert sign_in(max_).post(f"{SERVICES}/{kind}/add", typed).status_code == 422
    assert not Endpoint.objects.exists()


def test_a_test_shows_what_came_of_it(max_, sign_in, webhook, service) -> None:
    client = sign_in(max_)
    service.answers += [200, 404]
    good = client.post(f"{SERVICES}/{webhook.pk}/test", follow=True).content.decode()
    assert "Our webhook took the test." in good
    bad = client.post(f"{SERVICES}/{webhook.pk}/test", follow=True).content.decode()
    assert "The service answered 404." in bad
    assert "1 failed in a day" in bad
    assert AuditEntry.objects.filter(verb="endpoint_tested").count() == 2


def test_a_test_of_pagerduty_ends_by_itself(max_, sign_in, make_endpoint, service) -> None:
    endpoint = make_endpoint("pagerduty", secrets={"routing_key": "r" * 20})
    sign_in(max_).post(f"{SERVICES}/{endpoint.pk}/test")
    later, now = endpoint.deliveries.order_by("-due_at")
    assert (now.state, later.state) == ("sent", "pending")
    assert later.payload == {"action": "resolve", "dedup_key": now.payload["dedup_key"]}


def test_read_ones_are_forgotten_in_time_and_unread_ones_stay(ada, lunch) -> None:
    first, second = told(ada, lunch, 2)
    Notification.objects.filter(pk=first.pk).update(is_unread=False, read_at=NOON)
    NoticeDelivery.objects.filter(notification=first).update(state="sent")
    assert forget_old(NOON + timedelta(days=89)) == 0
    forget_old(NOON + timedelta(days=91))
    assert list(Notification.objects.all()) == [second]
    assert NoticeDelivery.objects.get().notification == second
