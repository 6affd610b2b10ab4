"""Rules and macros that give a task by its template."""

from __future__ import annotations

import pytest
from django.utils import timezone

from automation.macros import Wish, apply_macro
from automation.models import EffectRun, Rule
from automation.usage import counts_of
from automation.versions import publish, rules_in_force
from tests.factories import make_ticket
from tickets.models import Task, TaskTemplate

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def template(db) -> TaskTemplate:
    return TaskTemplate.objects.create(name="Seals", title="Swap", checklist="Drain\nOpen")


def give(template: TaskTemplate, user, department) -> None:
    ticket = make_ticket(department=department, now=NOW)
    effect = {"effect": "create_template_task", "template": template.pk, "owner": str(user.pk)}
    row = Rule.objects.create(kind="macro", name="Give it", effects=[effect])
    publish("macro", actor=None, now=NOW)
    macro = rules_in_force("macro").rule(row.pk)
    apply_macro(macro, ticket, user=user, wish=Wish(), now=NOW)


def test_macro_gives_the_task_of_a_template_with_its_checklist(template, ada, technical):
    give(template, ada, technical)
    task = Task.objects.get()
    assert (task.title, task.owner) == ("Swap", ada)
    assert [item.text for item in task.items.all()] == ["Drain", "Open"]
    assert counts_of("tickets.tasktemplate")([template.pk]) == {template.pk: 1}


def test_archived_template_gives_no_task_and_the_log_says_why(template, ada, technical):
    TaskTemplate.objects.update(archived_at=NOW)
    give(template, ada, technical)
    assert not Task.objects.exists()
    assert EffectRun.objects.get(effect__effect="create_template_task").state == "failed"
