"""Which versions of the rules stay compiled in a process."""

from __future__ import annotations

from itertools import pairwise

from automation.models import RuleKind, RuleSetVersion
from automation.versions import rules_of
from tests.automation.conftest import NOW


def test_a_version_read_late_does_not_drive_out_the_one_read_just_before(db, statements):
    versions = [
        RuleSetVersion.objects.create(kind="macro", spec={"rules": []}, sha256=n, created_at=NOW).pk
        for n in range(len(RuleKind.values) * 3)
    ]
    for before, late in pairwise(versions):
        rules_of(before)
        rules_of(late)
        with statements(0):
            rules_of(before)
    with statements(1):
        rules_of(versions[0])
