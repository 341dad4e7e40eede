"""Whose rows are whose business: columns of a file that hold what is hidden from a role."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.core.list_fields import hidden_from
from regulars.intake.looking import role_of
from regulars.intake.models import Import, ImportFile, RowProblem


@dataclass(frozen=True, slots=True)
class Sight:
    """Which columns of a file, by name, are kept from whoever looks, and how wide its rows are."""

    hidden: frozenset[str] = frozenset()
    width: int = 0

    def shows_row(self, cells: Sequence[str]) -> bool:
        """Of a row with a cell too many or too few nobody knows what stands in which column."""
        return not self.hidden or len(cells) == self.width

    def shows(self, problem: RowProblem) -> bool:
        if problem.column:
            return problem.column not in self.hidden
        return not (self.hidden and problem.value)


WHOLE = Sight()


def sight_of(file: ImportFile, actor: Actor) -> Sight:
    """What somebody sees of a file: where anything is hidden from them, the columns they know of.

    A column that was taken for nothing may hold anything. What they handed over themselves they
    have seen.
    """
    hidden = hidden_from(actor)
    if not hidden or _is_theirs(file.of, actor):
        return WHOLE
    fields = {field.name: field for field in role_of(file).fields}
    seen: set[str] = set()
    unseen: set[str] = set()
    for name, column in file.mapping.items():
        field = fields.get(name.partition("#")[0])
        # One column may stand for two fields: hidden in one of them, it is hidden.
        known = unseen if field is None or not hidden.isdisjoint(field.listed) else seen
        known.add(column)
    names = file.reading.get("names", [])
    return Sight(frozenset(names) - (seen - unseen), len(names))


def sights_of(item: Import, actor: Actor) -> dict[int, Sight]:
    return {file.pk: sight_of(file, actor) for file in item.files.order_by("id")}


def _is_theirs(item: Import, actor: Actor) -> bool:
    """Rows that were put right are those of the import that they come from."""
    mends: Import | None = item
    while mends is not None:
        if mends.brought_by_id is None or mends.brought_by_id != actor.member_id:
            return False
        mends = mends.mends
    return not any("as" in file.choices for file in item.files.all()) or item.mends is not None


def as_seen(problems: Iterable[RowProblem], sights: dict[int, Sight]) -> Iterator[RowProblem]:
    """What was said of rows, without the cells that are hidden (the rows are not kept so)."""
    for problem in problems:
        if not sights[problem.file_id].shows(problem):
            problem.value, problem.message = "", _("What stands here is hidden from your role.")
        yield problem


def sentences_seen(sentences: Iterable[str], sights: dict[int, Sight]) -> list[str]:
    """Sentences that name no column which is hidden: they may say one of its values."""
    hidden = {f"“{name}”" for sight in sights.values() for name in sight.hidden}
    return [one for one in sentences if not any(name in one for name in hidden)]
