"""Nothing of the machine it was made on, nothing left for later (STYLE 1.17)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, files, matching, parts, shown

# Joined here, so that this file itself names no host.
REGISTRY_HOSTS = [
    ".".join(name)
    for name in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
        ("crates", "io"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("debian", "org"),
        ("proxy.golang", "org"),
    )
]
HOST = re.compile("|".join(rf"\b{re.escape(host)}\b" for host in REGISTRY_HOSTS))
MACHINE_PATH = re.compile(r"(?<![\w.-])/(?:work|farm|root|home/\w+)/[A-Za-z.]")
FIXED_TEMPORARY = re.compile(r"(?<![\w.-])/tmp/\w")
# A container has its own /tmp.
CONTAINER_FILES = {"docker-compose.yml", "Dockerfile"}
LATER = re.compile(r"(?i:#|//|/\*|<!--|{#).*\b(?:TODO|FIXME|XXX|HACK)\b(?!\s*#\d)")
SILENCED = re.compile(
    r"#\s*(?:noqa|type:\s*ignore)(?::\s*[A-Z]+\d+|\[[\w,\s-]+\])?(?P<rest>[^\n]*)"
)
REASON = re.compile(r"^(?:,\s*[A-Z]+\d+)*\s+(?:--?|#)\s*\S+")
SKIPPED_TEST = re.compile(
    r"\b(?:mark\.(?:skip|skipif|xfail)|pytest\.(?:skip|xfail)|importorskip)\b"
)
BINARY = {".png", ".jpg", ".gif", ".webp", ".ico", ".woff2", ".mo", ".gz", ".eml", ".pdf"}


def texts() -> Iterator[tuple[Path, str]]:
    for path in files():
        if path.suffix not in BINARY and "vendor" not in parts(path):
            yield path, path.read_text(encoding="utf-8", errors="replace")


def lines_with(pattern: re.Pattern[str], text: str) -> list[int]:
    return [n for n, line in enumerate(text.splitlines(), 1) if pattern.search(line)]


def found_in_tree(pattern: re.Pattern[str]) -> list[str]:
    return [shown(path, n) for path, text in texts() for n in lines_with(pattern, text)]


def without_reason(text: str) -> list[int]:
    """A silenced rule says beside it why: `# noqa: S104 - compared, not bound`."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = SILENCED.search(line)
        if match and not REASON.search(match["rest"]):
            found.append(number)
    return found


def test_no_package_registry_is_named() -> None:
    assert not (found := found_in_tree(HOST)), "\n".join(found)


def test_no_path_of_a_machine_is_named() -> None:
    assert not (found := found_in_tree(MACHINE_PATH)), "\n".join(found)


def test_no_file_has_a_fixed_place_in_tmp() -> None:
    found = found_in_tree(FIXED_TEMPORARY)
    found = [place for place in found if place.split(":")[0] not in CONTAINER_FILES]
    assert not found, "\n".join(found)


def test_nothing_is_left_for_later() -> None:
    found = found_in_tree(LATER)
    found = [place for place in found if not place.startswith("tests/architecture/")]
    assert not found, "\n".join(found)


def test_silenced_rules_have_a_reason() -> None:
    found = [
        shown(path, number)
        for path in matching(".py")
        if path != Path(__file__)
        for number in without_reason(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


def test_no_test_is_skipped() -> None:
    found = found_in_tree(SKIPPED_TEST)
    assert [
        place for place in found if place.startswith("tests/") and "test_traces" not in place
    ] == []


@pytest.mark.parametrize(
    ("pattern", "sample"),
    [
        (HOST, f"https://files.{REGISTRY_HOSTS[1]}/x"),
        (MACHINE_PATH, "see " + "/".join(("", "root", "x"))),
        (FIXED_TEMPORARY, "open('" + "/".join(("", "tmp", "x")) + "')"),
        (LATER, "# TODO: later"),
        (SKIPPED_TEST, "@pytest.mark.skip"),
    ],
)
def test_a_trace_would_be_found(pattern: re.Pattern[str], sample: str) -> None:
    assert lines_with(pattern, sample) == [1]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("x = 1  # noqa: S104", [1]),
        ("x = 1  # noqa", [1]),
        ("x = 1  # type: ignore[index]", [1]),
        ("x = 1  # noqa: S104 - compared, not bound", []),
        ("x = 1  # noqa: S104, E501 -- two rules, one reason", []),
        ("x = 1  # type: ignore[misc]  # the stubs lack it", []),
    ],
)
def test_a_silent_silence_would_be_found(line: str, found: list[int]) -> None:
    assert without_reason(line) == found


def test_the_whole_tree_is_read() -> None:
    assert ROOT / "pyproject.toml" in dict(texts())
