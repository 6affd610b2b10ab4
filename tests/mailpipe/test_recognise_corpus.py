"""Every mail of the corpus gets an outcome; hardly any of them is held (mail.md, goals)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from django.utils import timezone

from mailpipe.rehearsal import rehearse

pytestmark = pytest.mark.django_db
CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.eml"))


def test_no_mail_of_the_corpus_fails_and_only_nameless_ones_are_held(technical):
    outcomes: Counter[str] = Counter()
    for path in CORPUS:
        decision = rehearse(path.read_bytes(), recipient="", sender="", now=timezone.now())
        outcomes[decision["outcome"]] += 1
        assert decision["outcome"] != "failed", f"{path.name}: {decision['reason']}"
        if decision["outcome"] == "quarantined":
            assert decision["reason"] in ("the mail is empty", "no sender address"), path.name
    assert outcomes["ticket"] > len(CORPUS) * 0.95
