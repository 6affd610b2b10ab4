"""Which rules are tried: those in force, an older version, or the table with all switched on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from automation.engine import RuleSet
from automation.models import RuleKind, RuleSetVersion
from automation.versions import rule_set, spec_in_table

# The rules that decide where a new ticket goes, in the order they run.
OPENING_KINDS: Final = (RuleKind.CLASSIFY.value, RuleKind.ROUTING.value)


@dataclass(frozen=True)
class RulesDraft:
    """Rules to try, by kind, as versions keep them; `versions` names the stored ones."""

    specs: Mapping[str, Mapping[str, Any]]
    versions: Mapping[str, int]

    @classmethod
    def in_force(cls) -> RulesDraft:
        """What runs now."""
        rows = RuleSetVersion.objects.filter(kind__in=OPENING_KINDS)
        return cls._of(list(rows.order_by("kind", "-pk").distinct("kind")))

    @classmethod
    def of_version(cls, version: RuleSetVersion) -> RulesDraft:
        """One older version beside what runs now of the other kind."""
        now = cls.in_force()
        return cls(
            {**now.specs, version.kind: version.spec}, {**now.versions, version.kind: version.pk}
        )

    @classmethod
    def with_all_on(cls) -> RulesDraft:
        """The tables as they stand, as if every rule were switched on."""
        specs = {kind: spec_in_table(kind) for kind in OPENING_KINDS}
        for spec in specs.values():
            for row in spec["rules"]:
                row["is_enabled"] = True
        return cls(specs, {})

    @classmethod
    def with_rule(cls, kind: str, spec: Mapping[str, Any]) -> RulesDraft:
        """What runs now with one rule as it stands in its form: in its place, or as the last."""
        now = cls.in_force()
        rows = list(now.specs.get(kind, {}).get("rules", []))
        places = [place for place, row in enumerate(rows) if row["id"] == spec["id"]]
        place = places[0] if places else len(rows)
        rows[place : place + 1] = [spec]
        versions = {key: pk for key, pk in now.versions.items() if key != kind}
        return cls({**now.specs, kind: {"rules": rows}}, versions)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> RulesDraft:
        """What `to_json` gave."""
        return cls(stored["specs"], stored["versions"])

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the arguments of a job."""
        return {"specs": dict(self.specs), "versions": dict(self.versions)}

    def rule_sets(self) -> dict[str, RuleSet]:
        """Compiled once for many tickets."""
        return {
            kind: rule_set(spec, version_id=self.versions.get(kind, 0))
            for kind, spec in self.specs.items()
        }

    @classmethod
    def _of(cls, rows: list[RuleSetVersion]) -> RulesDraft:
        return cls({row.kind: row.spec for row in rows}, {row.kind: row.pk for row in rows})
