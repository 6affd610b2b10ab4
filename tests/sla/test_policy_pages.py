"""`/admin/sla`: policies as managers write them, and that nothing typed is ever lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from selectolax.lexbor import LexborHTMLParser

from calendars.models import BusinessCalendar
from core.models import AuditEntry
from sla.actions.presets import apply_preset
from sla.models import PolicySetVersion, SlaClock, SlaPolicy, SlaTarget
from sla.special_targets import MOST
from tests.factories import make_calendar, make_ticket
from tests.sla.conftest import at, priority
from tickets.models import Priority

pytestmark = pytest.mark.django_db

LIST = "/admin/sla"
METRICS = ("first_response", "next_response", "update", "resolution", "acknowledge")


@pytest.fixture
def manager(sign_in, max_) -> Client:
    return sign_in(max_)


def typed(**changes: Any) -> dict[str, Any]:
    """The form of a policy for everybody: names of cells as "high_resolution"."""
    fields: dict[str, Any] = {
        "name": "Harbour",
        "conditions-match": "all",
        "reopen_mode": "continue",
        "is_enabled": "on",
        "warnings": "75%",
    }
    for name, value in changes.items():
        slug, _sep, metric = name.partition("_")
        if metric not in METRICS:
            fields[name] = value
            continue
        key = "any" if slug == "any" else Priority.objects.get(slug=slug).pk
        fields[f"target-{key}-{metric}"], fields[f"target-{key}-{metric}-unit"] = value.split()
    return fields


def line(number: int, **facts: Any) -> dict[str, Any]:
    given = {"priority": "any", "metric": "update", "when": "any", "amount": "2",
             "amount-unit": "hours", **facts}  # fmt: skip
    return {f"special-{number}-{name}": value for name, value in given.items()}


def version_in(page: str) -> str:
    found = re.search(r'name="version"\s+value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def edit(client: Client, policy: SlaPolicy, **changes: Any) -> Any:
    url = f"{LIST}/{policy.pk}"
    version = version_in(client.get(url).text)
    return client.post(url, {**typed(name=policy.name), "version": version, **changes})


def promises(policy: SlaPolicy) -> set[tuple[Any, ...]]:
    rows = policy.targets.values_list("priority__slug", "metric", "when", "amount", "unit")
    return set(rows)


def test_list_says_for_whom_what_and_how_many(manager, cleo, technical) -> None:
    apply_preset("p1-p4", actor=None, now=at("2025-01-01 00:00"))
    make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    page = manager.get(LIST).text
    assert "Active preset: <b>P1 to P4</b>" in page
    assert "Service is one of Feature Request" in page
    assert "No deadlines: Not covered by the service agreement" in page
    assert "First response 30 m · Update 30 m" in page
    assert "First response 1 h – 24 h · Update 1 h – 24 h · Resolution 4 h – 72 h" in page
    assert "1 open ticket" in page


def test_policy_is_added_at_the_end_and_in_force(manager, cleo, technical) -> None:
    SlaPolicy.objects.create(name="First", position=10, conditions={"any": []})
    form = typed(urgent_first_response="30 minutes", any_resolution="3 business_days")
    response = manager.post(f"{LIST}/add", form)
    assert (response.status_code, response.headers["Location"]) == (303, LIST)
    policy = SlaPolicy.objects.get(name="Harbour")
    assert policy.position == 20
    assert promises(policy) == {
        ("urgent", "first_response", "any", 30, "minutes"),
        (None, "resolution", "any", 3, "business_days"),
    }
    assert [row.thresholds for row in policy.targets.all()] == [["75%"], ["75%"]]
    assert PolicySetVersion.objects.latest("pk").spec["policies"][-1]["name"] == "Harbour"
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    assert SlaClock.objects.get(ticket=ticket, metric="resolution").due_at == at("2025-02-07 10:00")
    entry = AuditEntry.objects.get(verb="created", subject_kind="slapolicy")
    assert entry.after["targets Urgent"] == "First response 30 m, warning at 75%"


def test_conditions_choose_whom_it_is_for(manager, technical, billing) -> None:
    asked = {
        "conditions-0-field": "department",
        "conditions-0-op": "is",
        "conditions-0-value": str(technical.pk),
    }
    manager.post(f"{LIST}/add", typed(any_resolution="4 hours", **asked))
    assert SlaPolicy.objects.get().conditions == {
        "all": [{"field": "department", "op": "is", "value": technical.pk}]
    }
    assert "Department is Technical" in manager.get(LIST).text


def test_opening_and_saving_a_preset_changes_nothing(manager) -> None:
    apply_preset("p1-p4", actor=None, now=at("2025-01-01 00:00"))
    before = PolicySetVersion.objects.latest("pk").spec["policies"]
    for policy in SlaPolicy.objects.all():
        page = manager.get(f"{LIST}/{policy.pk}")
        assert page.status_code == 200
        assert manager.post(page.request["PATH_INFO"], fields_of(page.text)).status_code == 303
    assert PolicySetVersion.objects.latest("pk").spec["policies"] == before
    assert not AuditEntry.objects.filter(verb="changed", subject_kind="slapolicy").exists()


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send back of the policy's form, untouched."""
    form = next(node for node in LexborHTMLParser(page).css("form.form") if node.css("[name=name]"))
    sent: dict[str, Any] = {}
    for node in form.css("input[name]"):
        if node.attributes.get("type") == "checkbox" and "checked" not in node.attributes:
            continue
        is_box = node.attributes.get("type") == "checkbox"
        sent[node.attributes["name"]] = node.attributes.get("value") or "on" * is_box
    for node in form.css("select[name]"):
        options = node.css("option[selected]") or node.css("option")[:1]
        values = [option.attributes.get("value", "") for option in options]
        sent[node.attributes["name"]] = values if "multiple" in node.attributes else values[0]
    return sent


def test_special_lines_carry_what_a_cell_cannot(manager, office) -> None:
    extra = {
        **line(0, metric="first_response", when="weekend", amount="1", calendar=str(office.pk)),
        **line(1, metric="resolution", warnings="50%, -30m", extra="15"),
        **line(2, amount=""),
    }
    manager.post(f"{LIST}/add", typed(any_first_response="4 hours", **extra))
    policy = SlaPolicy.objects.get()
    weekend = policy.targets.get(when="weekend")
    assert (weekend.amount, weekend.calendar, weekend.thresholds) == (1, office, ["75%"])
    resolution = policy.targets.get(metric="resolution")
    assert (resolution.thresholds, resolution.ooh_extra_s) == (["50%", "-30m"], 900)
    assert policy.targets.count() == 3
    page = manager.get(f"{LIST}/{policy.pk}").text
    assert "50%, -30m" in page


def test_row_without_promise_beats_the_row_for_all(manager, cleo, technical) -> None:
    form = typed(any_resolution="4 hours")
    form[f"target-{priority(3).pk}-resolution-unit"] = "none"
    manager.post(f"{LIST}/add", form)
    assert SlaTarget.objects.get(priority=priority(3)).amount is None
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    assert not SlaClock.objects.filter(ticket=ticket).exists()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("warnings", "soon", "“soon” is not a warning time."),
        ("warnings", "0%", "“0%” is not a warning time."),
        ("target-any-resolution", "four", "Write a whole number, such as 4"),
        ("target-any-resolution", "0", "Write a number from 1 to 2000."),
        ("target-any-resolution", "²", "Write a whole number, such as 4"),
        ("target-any-resolution-unit", "", "Choose a unit."),
        ("calendar-any", "999999", "Select a valid choice."),
        ("reopen_mode", "twice", "Select a valid choice."),
        ("special-0-when", "never", "Line 1: Select a valid choice."),
        ("special-0-warnings", "75", "Line 1: “75” is not a warning time."),
        ("special-0-metric", "", "Line 1: Choose what is promised."),
        ("special-0-extra", "-1", "Line 1: Ensure this value is greater than or equal to 0."),
        ("special-0-metric", "resolution", "Resolution at any time is promised twice."),
        ("excluded_reason", "Training", "A policy without deadlines promises nothing"),
        ("name", "", "This field is required."),
        ("valid_until", "2024-12-31", "The last day lies before the first one."),
        ("conditions-0-value", "nobody", "Condition 1:"),
    ],
)
def test_bad_input_is_refused_and_kept(manager, name: str, value: str, message: str) -> None:
    form = typed(any_resolution="4 hours", valid_from="2025-01-01", **line(0))
    form |= {"conditions-0-field": "tags", "conditions-0-op": "contains_any"}
    form |= {"conditions-0-value": "x"} if name != "conditions-0-value" else {
        "conditions-0-field": "customer", "conditions-0-op": "is"}  # fmt: skip
    response = manager.post(f"{LIST}/add", {**form, name: value})
    page = response.text
    assert response.status_code == 422
    assert message in page
    assert value in page
    assert all(kept in page for kept in ('value="2025-01-01"', 'value="75%"') if "warn" not in name)
    assert not SlaPolicy.objects.exists()


def test_more_lines_lose_nothing_and_save_nothing(manager) -> None:
    typed_line = line(0, amount="7", warnings="later")
    form = typed(any_resolution="four hours", **typed_line, _show_condition="special")
    response = manager.post(f"{LIST}/add", form)
    assert response.status_code == 200
    assert ('value="later"' in response.text, "is not a warning" in response.text) == (True, False)
    assert 'value="four"' in response.text
    assert 'name="special-1-metric"' in response.text
    assert not SlaPolicy.objects.exists()


def test_archived_calendar_is_offered_no_more(manager, office) -> None:
    gone = make_calendar("Gone")
    BusinessCalendar.objects.filter(pk=gone.pk).update(archived_at=at("2025-01-01 00:00"))
    assert "Gone" not in manager.get(f"{LIST}/add").text
    for name in ("calendar", "calendar-any"):
        response = manager.post(f"{LIST}/add", typed(**{name: gone.pk}))
        assert response.status_code == 422


def test_empty_line_does_not_keep_a_browser_from_sending(manager) -> None:
    form = LexborHTMLParser(manager.get(f"{LIST}/add").text)
    assert [node.attributes["name"] for node in form.css("form [required]")] == ["name"]


def test_flood_of_lines_is_refused(manager) -> None:
    lines = {name: value for number in range(MOST + 1) for name, value in line(number).items()}
    response = manager.post(f"{LIST}/add", {**typed(), **lines})
    assert response.status_code == 422
    assert f"At most {MOST} lines." in response.text


def test_two_managers_do_not_overwrite_each_other(manager) -> None:
    manager.post(f"{LIST}/add", typed(any_resolution="4 hours"))
    policy = SlaPolicy.objects.get()
    old = version_in(manager.get(f"{LIST}/{policy.pk}").text)
    assert edit(manager, policy, **typed(any_resolution="5 hours")).status_code == 303
    late = {**typed(any_resolution="6 hours"), "version": old}
    response = manager.post(f"{LIST}/{policy.pk}", late)
    assert response.status_code == 409
    assert "Any other priority: Resolution" in response.text
    assert ("5 h" in response.text, "6 h" in response.text) == (True, True)
    again = {**late, "version": version_in(response.text)}
    assert manager.post(f"{LIST}/{policy.pk}", again).status_code == 303
    assert policy.targets.get().amount == 6


def test_impact_is_shown_before_saving(manager, cleo, technical) -> None:
    manager.post(f"{LIST}/add", typed(any_resolution="400 hours"))
    make_ticket(cleo, technical)
    policy = SlaPolicy.objects.get()
    response = edit(manager, policy, **typed(any_resolution="300 hours"))
    assert response.status_code == 200
    assert ("1 open deadline changes." in response.text, "Save all the same" in response.text) == (
        True,
        True,
    )
    assert policy.targets.get().amount == 400
    confirmed = typed(any_resolution="300 hours", confirmed="yes")
    assert edit(manager, policy, **confirmed).status_code == 303
    assert policy.targets.get().amount == 300


def test_order_archive_and_return_are_in_force_at_once(manager) -> None:
    manager.post(f"{LIST}/add", typed(name="One", any_resolution="1 hours"))
    manager.post(f"{LIST}/add", typed(name="Two", any_resolution="2 hours"))
    two = SlaPolicy.objects.get(name="Two")

    def offered() -> list[str]:
        spec = PolicySetVersion.objects.latest("pk").spec
        return [row["name"] for row in spec["policies"] if row["is_offered"]]

    manager.post(f"{LIST}/{two.pk}/position", {"direction": "up"})
    assert offered() == ["Two", "One"]
    manager.post(f"{LIST}/{two.pk}/archive")
    assert offered() == ["One"]
    manager.post(f"{LIST}/{two.pk}/archive/removal")
    assert offered() == ["Two", "One"]


@pytest.mark.parametrize("page", ["", "/add", "/presets", "/presets/erp", "/queues", "/exclusions",
                                  "/simulator"])  # fmt: skip
def test_pages_are_for_managers(sign_in, ada, cleo, max_, page: str) -> None:
    answers = [sign_in(person).get(LIST + page).status_code for person in (max_, ada, cleo)]
    assert answers == [200, 403, 404]


def test_unknown_preset_is_nowhere(manager) -> None:
    assert manager.get(f"{LIST}/presets/platinum").status_code == 404


def test_preset_is_chosen_after_saying_what_it_replaces(manager) -> None:
    apply_preset("standard", actor=None, now=at("2025-01-01 00:00"))
    SlaPolicy.objects.create(name="Harbour", position=5)
    page = manager.get(f"{LIST}/presets/erp").text
    assert "These policies are archived: Standard" in page
    assert "These stay in use, before those of the preset: Harbour" in page
    assert SlaPolicy.objects.active().filter(name="Standard").exists()
    assert manager.post(f"{LIST}/presets/erp").status_code == 303
    assert list(SlaPolicy.objects.active().values_list("name", flat=True)) == [
        "Harbour", "Business software",
    ]  # fmt: skip
    back = manager.get(f"{LIST}/presets/standard").text
    assert "These come back into use as you left them: Standard" in back


def test_pages_ask_few_statements(manager, statements) -> None:
    apply_preset("p1-p4", actor=None, now=at("2025-01-01 00:00"))
    policy = SlaPolicy.objects.last()
    for url, limit in ((LIST, 12), (f"{LIST}/{policy.pk}", 16), (f"{LIST}/presets", 10)):
        manager.get(url)
        with statements(limit):
            manager.get(url)
