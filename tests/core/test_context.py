"""The shell: links a person may follow, and what upper floors tell it."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from core.context import Shell
from core.registries import NavItem, Registry, nav, shell_facts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("core_urls")]


@pytest.fixture(autouse=True)
def links(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {
        "log": NavItem(
            "Log",
            "audit_log",
            "history",
            permission="audit.read",
            order=2,
            place="settings",
            group="System",
        ),
        "system": NavItem("System", "system", "server", place="settings", group="System", order=3),
        "tables": NavItem(
            "Departments", "test_departments", "users", place="settings", group="Company", order=1
        ),
        "home": NavItem("Home", "gallery", "house", counter=lambda user: 3, is_tab=True, order=5),
        "gone": NavItem("Gone", "no_such_page", "x"),
    }
    monkeypatch.setattr(nav, "_entries", entries)


def shell(user: object, path: str = "/") -> Shell:
    request = RequestFactory().get(path)
    request.user = user
    return Shell(request)


def test_links_stand_in_groups_and_order(owner) -> None:
    groups = shell(owner).settings
    assert [(g.title, [link.label for link in g.items]) for g in groups] == [
        ("Company", ["Departments"]),
        ("System", ["Log", "System"]),
    ]


def test_links_without_permission_or_page_are_missing(ada) -> None:
    labels = [link.label for group in shell(ada).settings for link in group.items]
    assert labels == ["Departments", "System"]
    assert [link.label for link in shell(ada).rail] == ["Home"]


def test_the_longest_address_is_where_we_are(owner) -> None:
    (company, system) = shell(owner, "/admin/audit_log/export").settings
    assert [link.current for link in company.items + system.items] == [False, True, False]


def test_a_group_is_open_where_we_are_also_on_pages_that_belong_to_it(owner, monkeypatch) -> None:
    also = NavItem(
        "Disks", "system", "server", place="settings", group="System", also=("/admin/disks",)
    )
    monkeypatch.setitem(nav._entries, "disks", also)
    groups = {group.title: group.is_current for group in shell(owner, "/admin/disks/1").settings}
    assert groups == {"Company": False, "System": True}
    assert not any(group.is_current for group in shell(owner, "/admin/disksort").settings)


def test_tabs_are_links_with_a_place_for_their_number(ada) -> None:
    (tab,) = shell(ada).tabs
    assert (tab.label, tab.is_counted, tab.counter_id, tab.url) == (
        "Home",
        True,
        "count-home",
        "/ui",
    )


def test_customers_and_visitors_see_no_links(cleo, rf) -> None:
    assert shell(cleo.user).rail == ()
    assert Shell(rf.get("/")).settings == []


def test_upper_floors_tell_the_rest(ada, monkeypatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(
        shell_facts, "_entries", {"company": lambda request: asked.append(1) or "Kettle & Crane"}
    )
    template = Template(
        "{{ shell.company }} {{ shell.company }} {{ shell.search_url|default:'none' }}"
    )
    assert (
        template.render(Context({"shell": shell(ada)}))
        == "Kettle &amp; Crane Kettle &amp; Crane none"
    )
    assert asked == [1]


def test_a_key_is_registered_once() -> None:
    registry: Registry[str] = Registry("test")
    registry.register("a", "one")
    registry.register("a", "one")
    with pytest.raises(ValueError, match="already has a"):
        registry.register("a", "two")
    assert registry.entries() == ["one"]
    assert "a" in registry
