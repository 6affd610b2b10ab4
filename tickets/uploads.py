"""Files that come with a form: named, sniffed, and put into the store before their row exists."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from typing import Any, BinaryIO, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core import files
from core.upload_room import LostUpload
from tickets.content import NewFile

MAX_FILES = 10
MAX_BYTES = 20 * 1024 * 1024
_HEAD = 64 * 1024

logger = logging.getLogger(__name__)


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


def has_room(form: forms.BaseForm) -> bool:
    """Whether the files of a valid `form` could be put into the store, ready to be attached.

    They are its `attachments` from then on, empty ones left out. When the store is full, the form
    says so and keeps its text; ask before anything is written, so that nothing is written by half
    (X-48).
    """
    try:
        stored = _stored_files(form.cleaned_data.get("attachments") or [])
    except files.StoreFull:
        logger.exception("an upload found no room")
        form.add_error(
            "attachments",
            _("We have no room for files at the moment. Send it without them, or try again later."),
        )
        return False
    form.cleaned_data["attachments"] = stored
    return True


def _stored_files(uploads: Collection[UploadedFile]) -> tuple[NewFile, ...]:
    if any(isinstance(upload, LostUpload) for upload in uploads):
        raise files.StoreFull
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
