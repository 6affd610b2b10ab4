"""Calls that open holes are banned; each exception was read and says why (trust 3)."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.exceptions import EXCEPTIONS
from tests.architecture.tree import parsed, shown, sources

SQL = re.compile(r"\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|ALTER|CREATE|DROP)\s", re.I)
PATTERN_CALLS = {"compile", "match", "search", "sub", "subn", "fullmatch", "findall", "finditer"}
UNSAFE_IMPORTS = {"pickle", "cPickle", "shelve", "marshal", "dill"}


def name_of(node: ast.expr) -> str:
    """The last word of what is called: `mark_safe` of `safestring.mark_safe`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_call(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Call) and name_of(node.func) in names


def mentions(*names: str) -> Callable[[ast.AST], bool]:
    return lambda node: isinstance(node, ast.Name | ast.Attribute) and name_of(node) in names


def is_method_call(node: ast.AST, name: str) -> bool:
    return is_call(node, name) and isinstance(getattr(node, "func", None), ast.Attribute)


def is_bare_format_html(node: ast.AST) -> bool:
    is_it = isinstance(node, ast.Call) and name_of(node.func) == "format_html"
    return is_it and len(node.args) == 1 and not node.keywords


def is_safe_string(node: ast.AST) -> bool:
    """Calling text safe without escaping it; a text that stands in the code is."""
    is_it = isinstance(node, ast.Call) and name_of(node.func) in {"SafeString", "SafeText"}
    return is_it and bool(node.args) and not isinstance(node.args[0], ast.Constant)


def is_raw_query(node: ast.AST) -> bool:
    if not is_method_call(node, "raw"):
        return False
    owner = node.func.value
    return isinstance(owner, ast.Call) or name_of(owner) in {"objects", "queryset", "rows"}


def is_system(node: ast.AST) -> bool:
    return is_method_call(node, "system") and name_of(node.func.value) == "os"


def is_unsafe_import(node: ast.AST) -> bool:
    modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
    if isinstance(node, ast.ImportFrom):
        modules = [node.module or ""]
    return any(module.split(".")[0] in UNSAFE_IMPORTS for module in modules)


def is_shell(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg == "shell" and _is_true(node.value)


def is_all_fields(node: ast.AST) -> bool:
    return _assigns(node, "fields") and _is_constant(getattr(node, "value", None), "__all__")


def is_exclude(node: ast.AST) -> bool:
    return _assigns(node, "exclude")


def is_pattern_of_text(node: ast.AST) -> bool:
    """A pattern that does not stand in the code, or in a constant, may come from a user (X-44)."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
        return False
    owner = node.func.value
    is_re = isinstance(owner, ast.Name) and owner.id == "re" and node.func.attr in PATTERN_CALLS
    return is_re and not _is_fixed(node.args[0])


def is_built_sql(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return not _is_fixed(node) and _starts_as_sql(node.values[0])
    is_built = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add)
    return is_built and not _is_fixed(node) and _starts_as_sql(node.left)


BANS: dict[str, Callable[[ast.AST], bool]] = {
    "mark_safe": mentions("mark_safe"),
    "SafeString": is_safe_string,
    "csrf_exempt": mentions("csrf_exempt"),
    "extra": lambda node: is_method_call(node, "extra"),
    "raw": is_raw_query,
    "RawSQL": mentions("RawSQL"),
    "bare format_html": is_bare_format_html,
    "fields all": is_all_fields,
    "exclude": is_exclude,
    "pickle": is_unsafe_import,
    "shell": is_shell,
    "os.system": is_system,
    "pattern of text": is_pattern_of_text,
    "built SQL": is_built_sql,
}


def offences(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        yield from (name for name, is_banned in BANS.items() if is_banned(node))


def test_banned_calls_are_exactly_the_reviewed_ones() -> None:
    found = Counter((shown(p), name) for p in sources() for name in offences(parsed(p)))
    allowed = {(e.path, e.ban): e.count for e in EXCEPTIONS}
    surplus = {place: n for place, n in found.items() if n != allowed.get(place)}
    stale = [place for place in allowed if place not in found]
    assert not surplus, f"review it, then write the reason into exceptions.py: {surplus}"
    assert not stale, f"exceptions nobody needs any more: {stale}"


@pytest.mark.parametrize(
    ("code", "ban"),
    [
        ("mark_safe(x)", "mark_safe"),
        ("SafeString(x)", "SafeString"),
        ("@csrf_exempt\ndef f(): ...", "csrf_exempt"),
        ("q.extra(where=[x])", "extra"),
        ("Ticket.objects.raw(x)", "raw"),
        ("format_html('<b>')", "bare format_html"),
        ("class Meta:\n    fields = '__all__'", "fields all"),
        ("class Meta:\n    exclude = ['a']", "exclude"),
        ("from pickle import loads", "pickle"),
        ("run(x, shell=True)", "shell"),
        ("os.system(x)", "os.system"),
        ("re.compile(text)", "pattern of text"),
        ("re.search(f'{word}', x)", "pattern of text"),
        ("execute(f'SELECT * FROM t WHERE a = {a}')", "built SQL"),
        ("execute('DELETE FROM t WHERE a = %s' % a)", "built SQL"),
    ],
)
def test_a_banned_call_would_be_found(code: str, ban: str) -> None:
    assert ban in set(offences(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "format_html('<b>{}</b>', x)",
        "re.compile(r'a+')",
        "re.compile(WORD, re.IGNORECASE)",
        "re.compile(rf'({_WORD})+')",
        "re.compile(rf'</{re.escape(name)}>')",
        "re.compile(rf'^{_ADDRESS.pattern}')",
        "execute(f'SELECT {COLUMNS} FROM t')",
        "SafeString('')",
        "platform.system()",
        "execute('SELECT 1 WHERE a = %s', [a])",
        "Ticket.objects.exclude(pk=1)",
    ],
)
def test_a_decent_call_passes(code: str) -> None:
    assert list(offences(ast.parse(code))) == []


def _assigns(node: ast.AST, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _is_constant(node: ast.AST | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value == value


def _is_true(node: ast.AST) -> bool:
    return not (isinstance(node, ast.Constant) and node.value is False)


def _is_fixed(node: ast.expr) -> bool:
    """It stands in the code: a text, a constant, or put together from such and escaped words."""
    if isinstance(node, ast.JoinedStr):
        return all(_is_fixed(v.value) for v in node.values if isinstance(v, ast.FormattedValue))
    if isinstance(node, ast.BinOp):
        return _is_fixed(node.left) and _is_fixed(node.right)
    if is_call(node, "escape"):
        return True
    if isinstance(node, ast.Attribute) and node.attr == "pattern":
        return _is_fixed(node.value)
    is_named = isinstance(node, ast.Name | ast.Attribute) and name_of(node).lstrip("_").isupper()
    return is_named or isinstance(node, ast.Constant)


def _starts_as_sql(node: ast.AST) -> bool:
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and bool(SQL.match(text))
