"""The form of a predefined reply: its name and place, its texts in several languages, its files."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.role import Permission
from core.placeholders import unknown
from core.text import clean_line, clean_text
from tickets import vocabulary
from tickets.actions.predefined import ReplyFacts
from tickets.models import PredefinedReply
from tickets.models.predefined import MAX_BODY
from tickets.placeholders import KNOWN
from tickets.uploads import AttachmentsField

MINE, EVERYBODY = "mine", "everybody"
MAX_LANGUAGES: Final = 12
LANGUAGES: Final = {
    code: f"{facts['name_local']} ({code})"
    for code, facts in sorted(LANG_INFO.items())
    if "name_local" in facts
}


class PredefinedForm(forms.ModelForm):
    """One reply as `user` may save it; texts stand in pairs of language and body."""

    scope = forms.ChoiceField(label=_("Who may use it"))
    attachments = AttachmentsField(label=_("Files"), required=False)

    class Meta:
        model = PredefinedReply
        fields = ["name", "shortcut", "folder", "type", "status_after"]
        labels = {
            "name": _("Name"),
            "shortcut": _("Shortcut"),
            "folder": _("Folder"),
            "type": _("Type"),
            "status_after": _("Status after sending"),
        }
        help_texts = {
            "shortcut": _("Typed after a slash in the composer: /receipt"),
            "folder": _("Folders within folders are parted by a slash: Billing / Refunds"),
        }

    def __init__(self, data: Any = None, files: Any = None, *, user: User, **options: Any) -> None:
        super().__init__(data, files, **options)
        self.user = user
        choices: Any = self.fields
        choices["scope"].choices = self._scopes()
        choices["status_after"].queryset = choices["status_after"].queryset.filter(archived_at=None)
        choices["status_after"].empty_label = _t("As usual")
        self.initial.setdefault("scope", self._scope_of(self.instance))
        self.text_count = self._add_texts()

    def texts(self) -> list[tuple[str, str]]:
        """Language and body of those that are filled in, the first is the default."""
        said = self.cleaned_data
        pairs = [
            (said.get(f"language_{place}", ""), said.get(f"body_{place}", ""))
            for place in range(self.text_count)
        ]
        return [(language, body) for language, body in pairs if body]

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 120)

    def clean_folder(self) -> str:
        """Its parts without stray spaces."""
        parts = [clean_line(part, 60) for part in self.cleaned_data["folder"].split("/")]
        return " / ".join(part for part in parts if part)[:120]

    def clean_shortcut(self) -> str:
        return str(self.cleaned_data["shortcut"]).strip().lstrip("/").casefold()

    def clean(self) -> dict[str, Any]:
        """At least one text, none of them twice; the scope becomes owner and department."""
        said = super().clean() or {}
        texts = self.texts()
        languages = [language for language, _body in texts]
        if not texts:
            self.add_error("body_0", _t("Write the text."))
        for place in range(1, self.text_count):
            if said.get(f"body_{place}") and not said.get(f"language_{place}"):
                self.add_error(f"language_{place}", _t("Choose the language of this text."))
        if len(set(languages)) < len(languages):
            self.add_error(None, _t("One language has two texts."))
        scope = said.get("scope", "")
        self.instance.owner = self.user if scope == MINE else None
        self.instance.department_id = int(scope) if scope.isdecimal() else None
        return said

    def facts(self) -> ReplyFacts:
        """What the action takes. Call it on a valid form whose files are stored."""
        said = self.cleaned_data
        fields = {name: said[name] for name in self.Meta.fields}
        fields |= {"owner": self.instance.owner, "department_id": self.instance.department_id}
        return ReplyFacts(
            fields=fields,
            texts=self.texts(),
            kept=frozenset(int(pk) for pk in self.kept_files()),
            added=said["attachments"],
        )

    def kept_files(self) -> list[str]:
        """Ids of the files that stay."""
        ticked = self.data.getlist("kept_files") if hasattr(self.data, "getlist") else []
        return [value for value in ticked if value.isdecimal() and len(value) < 19]  # noqa: PLR2004 -- a bigint

    def unknown_names(self) -> list[str]:
        """Placeholders in the texts that nothing stands for."""
        return sorted({name for _language, body in self.texts() for name in unknown(body, KNOWN)})

    def _get_validation_exclusions(self) -> set[str]:
        """Owner and department are no fields here, and yet part of what must be unique."""
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # no stub
        return exclusions - {"owner", "department"}

    def _scopes(self) -> list[tuple[str, Any]]:
        if not self.user.may(Permission.SETTINGS_CHANGE):
            return [(MINE, _t("Only me"))]
        departments = [(str(row.pk), row.name) for row in vocabulary.departments()]
        return [(EVERYBODY, _t("Everybody")), *departments, (MINE, _t("Only me"))]

    def _scope_of(self, reply: PredefinedReply) -> str:
        if reply._state.adding:
            return str(self._scopes()[0][0])
        return MINE if reply.owner_id else str(reply.department_id or EVERYBODY)

    def _add_texts(self) -> int:
        """The texts there are, and room for one more."""
        rows = list(self.instance.texts.all()) if self.instance.pk else []
        typed = sum(f"body_{place}" in self.data for place in range(MAX_LANGUAGES))
        count = min(MAX_LANGUAGES, max(typed, len(rows) + 1, 1))
        for place in range(count):
            row = rows[place] if place < len(rows) else None
            self._add_text(place, row.language if row else "", row.body if row else "")
        return count

    def _add_text(self, place: int, language: str, body: str) -> None:
        fallback = settings.LANGUAGE_CODE.partition("-")[0] if place == 0 else ""
        choices = [("", _t("Choose")), *LANGUAGES.items()]
        if language and language not in LANGUAGES:
            choices.append((language, language))
        label = _("Language") if place else _("Language of the default text")
        self.fields[f"language_{place}"] = forms.ChoiceField(
            label=label, choices=choices, required=place == 0, initial=language or fallback
        )
        self.fields[f"body_{place}"] = BodyField(
            label=_("Text"), required=False, initial=body, max_length=MAX_BODY
        )


class BodyField(forms.CharField):
    """The words of a reply."""

    widget = forms.Textarea(attrs={"rows": 8})

    def clean(self, value: Any) -> str:
        """The text without controls."""
        return clean_text(super().clean(value) or "").strip()


class ImportForm(forms.Form):
    """A CSV file, as the export writes it."""

    file = forms.FileField(label=_("CSV file"), help_text=_("UTF-8, at most 5 MB."))

    def clean_file(self) -> Any:
        """The upload. Raises ValidationError for one that is too large."""
        upload = self.cleaned_data["file"]
        if upload.size > 5 * 1024 * 1024:
            raise ValidationError(_("The file is larger than 5 MB."))
        return upload


def version_of(reply: PredefinedReply) -> str:
    """Changes whenever somebody saves the reply."""
    facts = [
        *(getattr(reply, name) for name in ("name", "shortcut", "folder", "type")),
        reply.status_after_id,
        reply.department_id,
        [(row.language, row.body) for row in reply.texts.all()],
        [row.pk for row in reply.files.all()],
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
