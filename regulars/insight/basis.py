"""What goes for everybody, told from a count of everyone: enough to count some of them alike."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, TypeVar

from regulars.insight.chances import Pattern
from regulars.insight.rhythm import GroupRhythm, GroupStake
from regulars.insight.seasons import Season

Group = TypeVar("Group", GroupRhythm, GroupStake, Pattern)


@dataclass(frozen=True, slots=True)
class Bar:
    """Reached by who spent more in the year, or as much with a number up to this one."""

    year_spend_minor: int
    customer_id: int

    def is_reached(self, year_spend_minor: int, customer_id: int) -> bool:
        """The same rule as in `metrics/tiers.py`, for one customer."""
        if year_spend_minor == self.year_spend_minor:
            return customer_id <= self.customer_id
        return year_spend_minor > self.year_spend_minor


@dataclass(frozen=True, slots=True)
class CoreBars:
    """What it takes to become core, and to stay; None where nobody does."""

    enter: Bar | None
    keep: Bar | None

    def as_tuples(self) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
        enter, keep = (
            (bar.year_spend_minor, bar.customer_id) if bar else None
            for bar in (self.enter, self.keep)
        )
        return enter, keep


@dataclass(frozen=True, slots=True)
class Basis:
    """Estimates of the groups and of the whole list; `begin_on` is the first day in the books."""

    begin_on: date | None
    rhythms: Mapping[str, GroupRhythm]
    stakes: Mapping[str, GroupStake]
    middles: Mapping[str, int]
    patterns: Mapping[str, Pattern]
    season: Season
    core_bars: CoreBars

    def groups(self) -> dict[str, dict[str, Any]]:
        """One entry for each kind, as a refresh keeps it."""
        return {
            kind: {
                **self.rhythms[kind].as_dict(),
                **self.stakes[kind].as_dict(),
                "pattern": self.patterns[kind].as_dict(),
            }
            for kind in self.rhythms
        }

    def as_dict(self) -> dict[str, Any]:
        return {
            "begin_on": self.begin_on.isoformat() if self.begin_on else None,
            "rhythms": {kind: asdict(one) for kind, one in self.rhythms.items()},
            "stakes": {kind: asdict(one) for kind, one in self.stakes.items()},
            "middles": dict(self.middles),
            "patterns": {kind: asdict(one) for kind, one in self.patterns.items()},
            "season": list(self.season.weights),
            "core_bars": asdict(self.core_bars),
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Basis":
        """What `as_dict` gave, as the database hands it back."""
        begin_on = kept["begin_on"]
        enter, keep = (
            Bar(**bar) if bar else None for bar in map(kept["core_bars"].get, ("enter", "keep"))
        )
        return cls(
            date.fromisoformat(begin_on) if begin_on else None,
            _of_kinds(GroupRhythm, kept["rhythms"]),
            _of_kinds(GroupStake, kept["stakes"]),
            kept["middles"],
            _of_kinds(Pattern, kept["patterns"]),
            Season(tuple(kept["season"])),
            CoreBars(enter, keep),
        )


def _of_kinds(group: type[Group], kept: Mapping[str, Mapping[str, Any]]) -> dict[str, Group]:
    names = [field.name for field in fields(group)]
    return {kind: group(**{name: one[name] for name in names}) for kind, one in kept.items()}
