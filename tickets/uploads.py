"""Files that come with a form: named, sniffed, and put into the store before their row exists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core import files
from tickets.content import NewFile

MAX_FILES = 10
MAX_BYTES = 20 * 1024 * 1024
_HEAD = 64 * 1024


class AttachmentsInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        return files.getlist(name) if hasattr(files, "getlist") else []


class AttachmentsField(forms.FileField):
    """Up to MAX_FILES files of MAX_BYTES each; a refused one is named with the limit."""

    widget = AttachmentsInput

    def clean(self, data: Sequence[UploadedFile], _initial: Any = None) -> list[UploadedFile]:
        """The files. Raises ValidationError that names the first one over a limit."""
        if len(data) > MAX_FILES:
            raise ValidationError(_too_many(len(data)))
        for upload in data:
            if (upload.size or 0) > MAX_BYTES:
                raise ValidationError(_too_big(upload))
        return list(data)


def stored_files(uploads: Iterable[UploadedFile]) -> tuple[NewFile, ...]:
    """Put the uploads into the file store, ready to be attached; empty ones are left out."""
    return tuple(_stored(upload) for upload in uploads if upload.size)


def _stored(upload: UploadedFile) -> NewFile:
    name = files.clean_filename(upload.name or "") or "file"
    head = upload.read(_HEAD)
    upload.seek(0)
    return NewFile(
        filename=name,
        content_type=files.sniff(head, name),
        stored=files.put(cast(BinaryIO, upload)),
    )


def _too_many(count: int) -> str:
    return str(
        ngettext_lazy(
            "You chose %(count)d file; at most %(limit)d can be sent at once.",
            "You chose %(count)d files; at most %(limit)d can be sent at once.",
            "count",
        )
        % {"count": count, "limit": MAX_FILES}
    )


def _too_big(upload: UploadedFile) -> str:
    return str(
        _("%(name)s is %(size)s; the limit is %(limit)s for each file.")
        % {
            "name": upload.name,
            "size": filesizeformat(upload.size or 0),
            "limit": filesizeformat(MAX_BYTES),
        }
    )
