"""What the areas bring to the stage, each by the file of its own name."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

from api.models import ApiKey


@dataclass(frozen=True, kw_only=True)
class Areas:
    """Their rows, by the names the tables of addresses use."""

    api_key: ApiKey
    services: SimpleNamespace
    macros: SimpleNamespace
    merging: SimpleNamespace
    predefined: SimpleNamespace
    custom_fields: SimpleNamespace
    customer_file: SimpleNamespace
    writing: SimpleNamespace
    on_call: SimpleNamespace
    rules: SimpleNamespace
    warranty: SimpleNamespace
    work: SimpleNamespace
