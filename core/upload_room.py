"""Large uploads on their way to the disk: when it is full, the form arrives without them (X-48)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from core.files import StoreFull, room_needed


class LostUpload(UploadedFile):  # type: ignore[type-arg] # takes none when it runs
    """Stands for a file there was no room for."""

    def __init__(self) -> None:
        # Django drops a file without a name, and with it the news that it is lost.
        super().__init__(BytesIO(), "lost", size=0)


class RoomyUploads(TemporaryFileUploadHandler):
    """Keeps the rest of the form when the disk is full, so that nobody types it again."""

    file: Any

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        self.file = LostUpload()
        with self._or_lost():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece, unless one before it found no room."""
        if not self._is_lost:
            with self._or_lost():
                super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        """The file, or a LostUpload in its place."""
        if not self._is_lost:
            with self._or_lost():
                # What is still buffered has to fail here, not when somebody reads the file.
                return super().file_complete(file_size)
        return self.file

    def upload_interrupted(self) -> None:
        """The browser is gone: nothing of the file stays behind."""
        if not self._is_lost:
            super().upload_interrupted()

    @property
    def _is_lost(self) -> bool:
        return isinstance(self.file, LostUpload)

    @contextlib.contextmanager
    def _or_lost(self) -> Iterator[None]:
        try:
            with room_needed():
                yield
        except StoreFull:
            with contextlib.suppress(OSError):
                self.file.close()
            self.file = LostUpload()
