"""The form of a rule that closes tickets: a day is asked about, an impossible warning refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from automation.models import Rule

pytestmark = pytest.mark.django_db
URL = "/admin/automations/timed/add"


@pytest.fixture
def manager(sign_in, max_) -> Client:
    return sign_in(max_)


def quiet(amount: int, unit: str, **more: Any) -> dict[str, Any]:
    """A rule that closes what has been quiet that long."""
    return {
        "name": "Quiet",
        "is_enabled": "on",
        "conditions-match": "all",
        "when": "inactive_for",
        "when-amount": str(amount),
        "when-unit": unit,
        "when-hours": "any",
        "effects-0-effect": "close_with_cause",
        **more,
    }


def test_seven_days_are_saved(manager) -> None:
    assert manager.post(URL, quiet(7, "days")).status_code == 303
    assert Rule.objects.get().trigger_args == {"amount": 7, "unit": "days", "hours": "any"}


def test_a_day_is_asked_about_and_saved_when_insisted(manager) -> None:
    page = manager.post(URL, quiet(24, "hours"))
    assert page.status_code == 422
    assert "Seven days have proved reasonable." in page.text
    assert manager.post(URL, quiet(24, "hours", is_sure="on")).status_code == 303


def test_a_warning_before_the_silence_is_refused(manager) -> None:
    page = manager.post(URL, quiet(2, "days", **{"effects-0-warn_days": "2"}))
    assert page.status_code == 422
    assert "Warn fewer days before" in page.text
