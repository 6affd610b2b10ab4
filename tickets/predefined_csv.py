"""The library as a table for spreadsheets: out, and in again without losing or doubling a line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.role import Permission
from core.text import clean_line, clean_text
from tickets import vocabulary
from tickets.models import PredefinedReply
from tickets.models.predefined import MAX_BODY, SHORTCUT

COLUMNS: Final = (
    "shortcut", "name", "folder", "type", "scope", "language", "text", "status_after", "archived",
)  # fmt: skip
MINE, EVERYBODY, YES = "mine", "everybody", "yes"
MAX_LINES: Final = 5_000
_MARKED = re.compile(r"'+\s*[=+\-@\t\r]")
_SHORTCUT = re.compile(SHORTCUT)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")
Key = tuple[str, bool]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A reply as the table wants it: one line for each language."""

    fields: dict[str, Any]
    texts: tuple[tuple[str, str], ...]
    is_archived: bool

    @property
    def key(self) -> Key:
        """What a reply is known by: its shortcut, among the shared ones or among one's own."""
        return self.fields["shortcut"], self.fields["owner"] is not None


@dataclass(frozen=True)
class Trouble:
    """Why a line can't be taken."""

    line: int
    words: str


@dataclass
class Plan:
    """What an import would do; nothing is written."""

    new: list[Wanted] = field(default_factory=list)
    changed: list[tuple[PredefinedReply, Wanted]] = field(default_factory=list)
    same: int = 0
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def has_work(self) -> bool:
        return bool(self.new or self.changed)


def table_rows(replies: Sequence[PredefinedReply]) -> Iterator[list[str]]:
    """Lines for the export, one for each language of each reply."""
    for reply in replies:
        scope = MINE if reply.owner_id else str(reply.department or EVERYBODY)
        status = str(reply.status_after or "")
        archived = YES if reply.archived_at else ""
        place = [reply.shortcut, reply.name, reply.folder, reply.type, scope]
        for text in reply.texts.all():
            line = [*place, text.language, text.body, status, archived]
            # One apostrophe more, for the import takes one away.
            yield [f"'{cell}" if _MARKED.match(cell) else cell for cell in line]


def plan_of(content: str, *, user: User) -> Plan:
    """Read a table and compare it with the library. Raises ValidationError for no table at all."""
    plan = Plan()
    wanted = _Reader(user, plan.troubles).read(_lines(content))
    known = {(row.shortcut, row.owner_id is not None): row for row in _library(user)}
    for one in wanted:
        reply = known.get(one.key)
        if reply is None:
            plan.new.append(one)
        elif _is_same(reply, one):
            plan.same += 1
        else:
            plan.changed.append((reply, one))
    return plan


def _library(user: User) -> Any:
    rows = PredefinedReply.objects.changeable_by(user)
    return rows.prefetch_related("texts")


def _is_same(reply: PredefinedReply, one: Wanted) -> bool:
    has = {name: getattr(reply, name) for name in one.fields if name != "owner"}
    wants = {name: value for name, value in one.fields.items() if name != "owner"}
    texts = tuple((row.language, row.body) for row in reply.texts.all())
    is_archived = reply.archived_at is not None
    return (has, texts, is_archived) == (wants, one.texts, one.is_archived)


def _lines(content: str) -> list[dict[str, str]]:
    """Named cells. Raises ValidationError when the head of the table is another one."""
    content = content.removeprefix("\ufeff")
    delimiter = ";" if content.partition("\n")[0].count(";") > 3 else ","  # noqa: PLR2004 -- ours has eight
    try:
        rows = list(csv.reader(StringIO(content, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as failure:
        raise ValidationError(_("This is no CSV file: %(why)s") % {"why": failure}) from failure
    head = [cell.strip().casefold() for cell in rows[0]] if rows else []
    if missing := [name for name in ("shortcut", "name", "text") if name not in head]:
        raise ValidationError(
            _("The first line must name the columns; missing: %(names)s")
            % {"names": ", ".join(missing)}
        )
    if len(rows) > MAX_LINES:
        raise ValidationError(_("At most %(limit)d lines.") % {"limit": MAX_LINES})
    return [dict(zip(head, map(_plain, row), strict=False)) for row in rows[1:]]


def _plain(cell: str) -> str:
    """Without the apostrophe that keeps spreadsheets from running it (X-36)."""
    return cell[1:] if _MARKED.match(cell) else cell


class _Reader:
    """Turns lines into replies, and what is wrong with them into words."""

    def __init__(self, user: User, troubles: list[Trouble]) -> None:
        self.user = user
        self.troubles = troubles
        self.may_share = user.may(Permission.SETTINGS_CHANGE)
        self.statuses = {row.name.casefold(): row.pk for row in vocabulary.statuses()}
        self.departments = {row.name.casefold(): row.pk for row in vocabulary.departments()}

    def read(self, lines: list[dict[str, str]]) -> list[Wanted]:
        """One reply of all lines with its shortcut and owner; a bad line spoils no other."""
        found: dict[Key, Wanted] = {}
        for number, line in enumerate(lines, start=2):
            if not any(cell.strip() for cell in line.values()):
                continue
            try:
                self._take(line, found)
            except ValidationError as refusal:
                self.troubles.append(Trouble(number, " ".join(refusal.messages)))
        return list(found.values())

    def _take(self, line: dict[str, str], found: dict[Key, Wanted]) -> None:
        shortcut = self._shortcut(line)
        is_own, department = self._scope(line)
        text = self._text(line)
        before = found.get((shortcut, is_own))
        if before is None:
            fields = self._fields(line, shortcut, is_own=is_own, department=department)
            is_archived = line.get("archived", "").strip().casefold() == YES
            one = Wanted(fields=fields, texts=(text,), is_archived=is_archived)
        elif text[0] in dict(before.texts):
            raise ValidationError(
                _("/%(word)s has a text in %(language)s already.")
                % {"word": shortcut, "language": text[0]}
            )
        else:
            one = Wanted(
                fields=before.fields,
                texts=(*before.texts, text),
                is_archived=before.is_archived,
            )
        found[shortcut, is_own] = one

    def _fields(
        self, line: dict[str, str], shortcut: str, *, is_own: bool, department: int | None
    ) -> dict[str, Any]:
        name = clean_line(line.get("name", ""), 120)
        kind = line.get("type", "").strip().casefold() or PredefinedReply.Type.FOLLOW_UP.value
        if not name:
            raise ValidationError(_("The name is missing."))
        if kind not in PredefinedReply.Type.values:
            raise ValidationError(_("There is no type “%(name)s”.") % {"name": kind[:40]})
        return {
            "shortcut": shortcut,
            "name": name,
            "folder": clean_line(line.get("folder", ""), 120),
            "type": kind,
            "owner": self.user if is_own else None,
            "department_id": department,
            "status_after_id": self._status(line),
        }

    def _shortcut(self, line: dict[str, str]) -> str:
        word = line.get("shortcut", "").strip().lstrip("/").casefold()
        if not _SHORTCUT.fullmatch(word):
            raise ValidationError(_("“%(word)s” is no shortcut.") % {"word": word[:40]})
        return word

    def _scope(self, line: dict[str, str]) -> tuple[bool, int | None]:
        scope = line.get("scope", "").strip().casefold() or (EVERYBODY if self.may_share else MINE)
        if scope == MINE:
            return True, None
        if not self.may_share:
            raise ValidationError(_("Your role may save only replies of your own (mine)."))
        if scope == EVERYBODY:
            return False, None
        if scope not in self.departments:
            raise ValidationError(_("There is no department “%(name)s”.") % {"name": scope[:80]})
        return False, self.departments[scope]

    def _text(self, line: dict[str, str]) -> tuple[str, str]:
        language = line.get("language", "").strip().casefold() or "en"
        body = clean_text(line.get("text", "")).strip()
        if not _LANGUAGE.fullmatch(language):
            raise ValidationError(_("“%(name)s” is no language.") % {"name": language[:20]})
        if not body:
            raise ValidationError(_("The text is missing."))
        if len(body) > MAX_BODY:
            raise ValidationError(_("The text is longer than %(n)d characters.") % {"n": MAX_BODY})
        return language, body

    def _status(self, line: dict[str, str]) -> int | None:
        name = line.get("status_after", "").strip().casefold()
        if name and name not in self.statuses:
            raise ValidationError(_("There is no status “%(name)s”.") % {"name": name[:40]})
        return self.statuses.get(name)
