"""CSV that no spreadsheet runs (X-36)."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from core.exports import csv_response, safe_cell


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)", "\tx", "\r=1", "  =HYPERLINK(1)", "-x"],
)
def test_formulas_get_an_apostrophe(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["+44 20 7946 0958", "-3.5", "+49 (0)30/123-45", "name", "", "a=b"]
)
def test_numbers_and_words_stay_readable(cell: str) -> None:
    assert safe_cell(cell) == cell


def test_nothing_is_an_empty_cell() -> None:
    assert safe_cell(None) == ""


def test_a_download_can_be_read_again() -> None:
    rows = [["a,b", 'say "x"', "=1"], ["ü", "line\nbreak", 5]]
    response = csv_response("log", headings=["A", "B", "C"], rows=rows)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    found = list(csv.reader(StringIO(text)))
    assert found == [["A", "B", "C"], ["a,b", 'say "x"', "'=1"], ["ü", "line\nbreak", "5"]]
    assert response["Content-Disposition"] == 'attachment; filename="log.csv"'
