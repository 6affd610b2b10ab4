"""The editor of conditions: what is typed becomes a tree, and nothing typed is lost on the way."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client
from django.urls import include, path

from core.condition_forms import ConditionField, StepwiseForm
from core.models import AuditEntry, Submission
from core.rendering import render_page, see_other
from core.submissions import idempotent
from customers.models import Customer, Organisation, Tier

pytestmark = pytest.mark.django_db
ALLOWED = ["tier", "customer_vip", "customer", "organisation", "channel", "tags", "subject"]


class RuleForm(StepwiseForm, forms.Form):
    name = forms.CharField()
    when = ConditionField(allowed=ALLOWED, label="Conditions")


@idempotent
def rule(request: HttpRequest) -> HttpResponse:
    """As settings pages do it: 422 when refused, 303 when saved."""
    form = RuleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return see_other(request, "/done")
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "table": {"title": "Rules", "url": "/rule"}, "list_url": "/rule"}
    return render_page(request, "core/table_form.html", context, status=status)


urlpatterns = [path("rule", rule), path("", include("helpdesk.urls"))]


@pytest.fixture
def page(settings, max_, sign_in) -> Client:
    settings.ROOT_URLCONF = __name__
    return sign_in(max_)


@pytest.fixture
def gold(db) -> Tier:
    return Tier.objects.create(name="Gold", slug="gold", rank=90)


def typed(*rows: tuple[Any, ...], match: str = "all", name: str = "when") -> dict[str, Any]:
    posted: dict[str, Any] = {f"{name}-match": match}
    for place, (key, op, *values) in enumerate(rows):
        posted[f"{name}-{place}-field"], posted[f"{name}-{place}-op"] = key, op
        posted[f"{name}-{place}-value"] = values
    return posted


def form_of(posted: dict[str, Any], **more: Any) -> RuleForm:
    query = QueryDict(mutable=True)
    for key, value in {"name": "Rule", **posted, **more}.items():
        query.setlist(key, value if isinstance(value, list) else [value])
    return RuleForm(query)


def tree_of(posted: dict[str, Any], **more: Any) -> Any:
    form = form_of(posted, **more)
    assert form.is_valid(), form.errors
    return form.cleaned_data["when"]


def leaf(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def test_fields_are_listed_under_their_owners() -> None:
    shown = str(form_of(typed(("subject", "contains_any", "down")))["when"])
    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', shown, re.DOTALL)
    assert [label for label, _options in groups] == ["Customer", "Ticket", "Message"]
    assert '<option value="subject" selected>' in groups[2][1]


def test_hours_are_typed_as_a_number() -> None:
    field = ConditionField(allowed=["created_at"])
    draft = field.widget.value_from_datadict(typed(("created_at", "longer_ago", "4")), {}, "when")
    assert field.clean(draft) == {"all": [leaf("created_at", "longer_ago", 4)]}
    assert 'type="number"' in field.widget.render("when", draft)


def test_nothing_typed_means_always() -> None:
    assert tree_of(typed()) == {}
    assert tree_of({}) == {}


@pytest.mark.parametrize(
    ("row", "value"),
    [
        (("customer_vip", "is", "yes"), True),
        (("customer_vip", "is", "no"), False),
        (("channel", "is", "email"), "email"),
        (("channel", "in", "email", "api"), ["email", "api"]),
        (("subject", "contains_any", "down, not working,\n outage ,"), None),
        (("subject", "starts_with", " Re: "), "Re:"),
        (("tags", "contains_all", "vip, line"), ["vip", "line"]),
    ],
)
def test_texts_become_values(row: tuple[Any, ...], value: Any) -> None:
    expected = ["down", "not working", "outage"] if value is None else value
    assert tree_of(typed(row)) == {"all": [leaf(row[0], row[1], expected)]}


def test_rows_of_the_database_are_named_as_people_know_them(
    gold: Tier, cleo: Customer, otto: Customer
) -> None:
    harbour = Organisation.objects.get(name="Harbour Foods")
    studio = Organisation.objects.get(name="Northlight Studio")
    rows = (
        ("tier", "is", str(gold.pk)),
        ("customer", "is", " Cleo@Harbour.example "),
        ("organisation", "in", "harbour foods\nNorthlight Studio"),
    )
    assert tree_of(typed(*rows, match="any")) == {
        "any": [
            leaf("tier", "is", gold.pk),
            leaf("customer", "is", cleo.pk),
            leaf("organisation", "in", [harbour.pk, studio.pk]),
        ]
    }


def test_questions_without_a_value_have_none() -> None:
    assert tree_of(typed(("tags", "is_empty", "left over"))) == {
        "all": [{"field": "tags", "op": "is_empty"}]
    }


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("tier", "is", ""), "Condition 2: Choose a value for Tier."),
        (("tier", "is", "999999"), "Condition 2: Choose a value for Tier."),
        (("customer", "is", "who@x.example"), "No customer has the mail address “who@x.example”"),
        (("organisation", "is", "Nobody"), "No organisation is called “Nobody”"),
        (("subject", "contains_any", " , "), "Condition 2: Write words for Subject"),
        (("channel", "in"), "Condition 2: Choose at least one value for Channel."),
    ],
)
def test_what_is_wrong_is_said_at_its_row(row: tuple[Any, ...], says: str) -> None:
    form = form_of(typed(("customer_vip", "is", "yes"), row))
    assert not form.is_valid()
    assert says in form.errors["when"][0]
    assert form.as_p().count('aria-invalid="true"') == 1


def test_groups_are_typed_one_level_deep() -> None:
    group = typed(("tags", "contains_any", "vip"), match="any", name="when-1")
    assert tree_of(typed(("channel", "is", "api"), match="none"), **group) == {
        "none": [
            leaf("channel", "is", "api"),
            {"any": [leaf("tags", "contains_any", ["vip"])]},
        ]
    }


DEEP = {"any": [{"all": [leaf("channel", "is", "api")]}, leaf("customer_vip", "is", True)]}  # noqa: FBT003 -- a value


def test_a_stored_tree_survives_the_editor(gold: Tier, cleo: Customer) -> None:
    tree = {
        "none": [
            leaf("tier", "in", [gold.pk]),
            leaf("customer", "is", cleo.pk),
            {"any": [leaf("subject", "contains_any", ["down", "not working"])]},
            DEEP,
        ]
    }
    markup = RuleForm(initial={"when": tree}).as_p()
    assert "(Channel is API) or" in markup or "Channel is API or VIP is yes" in markup
    assert tree_of(successful_controls(markup)) == tree


def successful_controls(markup: str) -> dict[str, Any]:
    """What a browser would send."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 -- only here

    found: dict[str, Any] = {}
    for node in LexborHTMLParser(markup).css("[name]:not(button)"):
        values = [option.attributes.get("value") for option in node.css("option[selected]")]
        if node.tag == "textarea":
            values = [node.text()]
        if node.tag == "input":
            values = [node.attributes.get("value") or ""]
        found[node.attributes["name"]] = values
    found.pop("name")
    return found


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"all": []}', '{"field": "x"}', "[" * 50_000])
def test_a_kept_part_is_checked_like_any_other(kept: str) -> None:
    form = form_of({"when-match": "all", "when-0-kept": kept})
    assert not form.is_valid()
    assert "be used any more" in form.as_p()


def test_a_hundred_conditions_are_the_limit() -> None:
    form = form_of(typed(*[("channel", "is", "api")] * 101))
    assert "at most 100 conditions" in form.errors["when"][0]


def test_a_lone_condition_is_shown_as_a_row_and_counts_as_unchanged() -> None:
    field = RuleForm().fields["when"]
    draft = form_of(typed(("channel", "is", "api")))["when"].value()
    assert not field.has_changed(leaf("channel", "is", "api"), draft)
    assert field.has_changed(leaf("channel", "is", "email"), draft)
    assert field.words_of(draft) == "Channel is API"


def test_an_archived_or_deleted_choice_is_not_changed_silently(gold: Tier) -> None:
    markup = RuleForm(initial={"when": leaf("tier", "is", gold.pk + 1000)}).as_p()
    form = form_of(successful_controls(markup))
    assert "Choose a value for Tier" in form.errors["when"][0]


@pytest.mark.parametrize(
    ("step", "place", "rows"),
    [
        ("_add_condition", "when", 3),
        ("_remove_condition", "when-0", 1),
        ("_add_condition_group", "when", 3),
        ("_show_condition", "when", 2),
        ("_remove_condition", "when-7", 2),
        ("_remove_condition", "other-0", 2),
        ("_add_condition", "when-1-1-1-1", 2),
        ("_add_condition", "x" * 5000, 2),
    ],
)
def test_a_step_keeps_what_was_typed_and_saves_nothing(
    page: Client, step: str, place: str, rows: int
) -> None:
    posted = typed(("subject", "contains_any", "half a"), ("tags", "contains_all", "vip, l"))
    before = AuditEntry.objects.count()
    answer = page.post("/rule", {**posted, "name": "My ru", step: place})
    assert answer.status_code == 200
    assert answer.text.count('class="conditions__row"') == rows
    assert 'value="My ru"' in answer.text
    assert 'value="vip, l"' in answer.text
    assert "errors" not in answer.text.split("<main")[1]
    assert AuditEntry.objects.count() == before


def test_steps_inside_a_group(page: Client) -> None:
    group = typed(("tags", "contains_any", "vip"), match="any", name="when-0")
    added = page.post("/rule", {**typed(), **group, "_add_condition": "when-0"}).text
    assert added.count('class="conditions__row"') == 2
    assert 'name="when-0-1-field"' in added
    removed = page.post("/rule", {**typed(), **group, "_remove_condition": "when-0-0"}).text
    assert "conditions__group" not in removed.split("<main")[1]


def test_the_focus_goes_where_the_change_is(page: Client) -> None:
    posted = typed(("tags", "contains_any", "vip"))
    added = page.post("/rule", {**posted, "_add_condition": "when"}).text
    assert focused(added) == ["when-1-field"]
    grouped = page.post("/rule", {**posted, "_add_condition_group": "when"}).text
    assert focused(grouped) == ["when-1-0-field"]
    removed = page.post("/rule", {**posted, "_remove_condition": "when-0"}).text
    assert focused(removed) == ["_add_condition"]


def focused(markup: str) -> list[str]:
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 -- only here

    return [n.attributes["name"] for n in LexborHTMLParser(markup).css(".conditions [autofocus]")]


def test_a_step_does_not_use_up_the_key_of_the_form(page: Client) -> None:
    posted = {**typed(), "name": "Rule", "idempotency_key": str(uuid.uuid4())}
    assert page.post("/rule", {**posted, "_add_condition": "when"}).status_code == 200
    assert not Submission.objects.exists()
    saved = page.post("/rule", posted)
    assert (saved.status_code, saved["Location"]) == (303, "/done")


def test_a_refused_form_shows_everything_again(page: Client) -> None:
    answer = page.post("/rule", {**typed(("subject", "contains_any", "")), "name": ""})
    assert answer.status_code == 422
    assert "Condition 1: Write words for Subject" in answer.text
    assert 'href="#id_when"' in answer.text
    assert 'id="id_when"' in answer.text


def test_changing_the_field_changes_the_control() -> None:
    shown = form_of(typed(("channel", "contains_any", "vip")), _show_condition="yes").as_p()
    assert '<option value="is" selected>' in shown
    assert '<option value="email">' in shown
    assert "errorlist" not in shown


def test_what_is_typed_is_escaped() -> None:
    sly = '"><script>x</script>'
    shown = form_of({**typed(("tags", "contains_any", sly)), "when-1-kept": sly}).as_p()
    assert "<script>" not in shown
