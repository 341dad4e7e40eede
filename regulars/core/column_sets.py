"""What a room takes from files: its fields, and how typed rows become its tables.

`intake` reads the files and owns the order of the steps; each room registers a `ColumnSet`
under the word that stands in `regulars import KIND`.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from regulars.core.actor import Actor
from regulars.core.registry import Registry

if TYPE_CHECKING:
    # Lives in the stubs only.
    from django.utils.functional import _StrPromise

    from regulars.core.models import Operation


class FieldKind(StrEnum):
    """What a cell becomes: the type in brackets, or None (texts: "") where it is blank."""

    TEXT = "text"  # str, unchanged
    IDENTIFIER = "identifier"  # str
    MOMENT = "moment"  # values.dates.Moment
    AMOUNT = "amount"  # Decimal, in major units
    QUANTITY = "quantity"  # Decimal
    EMAIL = "email"  # values.reach.Reach
    PHONE = "phone"  # values.reach.Reach
    FLAG = "flag"  # bool
    CURRENCY = "currency"  # str, its code


@lru_cache(maxsize=8192)
def folded(name: str) -> str:
    """A name without case, accents, signs and spaces: “E-Mail 1 - Value” is “email1value”."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[^\w]|_", "", "".join(c for c in plain if not unicodedata.combining(c)))


@dataclass(frozen=True)
class Field:
    """One thing that a column can hold, and the names that columns holding it go by."""

    name: str
    label: "str | _StrPromise"
    kind: FieldKind = FieldKind.TEXT
    aliases: tuple[str, ...] = ()
    may_be_future: bool = False
    # A value that cannot be read is left out, and the rest of the row is taken.
    is_dispensable: bool = False
    # Names that mean this field only where the column's values look so (a regular expression).
    aliases_by_look: tuple[tuple[str, str], ...] = ()
    # Guessed only where one of these fields is guessed too.
    beside: tuple[str, ...] = ()
    # Signs that its place in the database holds; nought is any number.
    longest: int = 0
    # Several columns may hold it; the second is called “name#2”.
    repeats: bool = False
    # What lists call it: hidden there from whoever looks, its column is not shown to them either.
    listed: tuple[str, ...] = ()
    # What it is a part of, such as an address: what becomes of that is chosen once for all parts.
    part_of: "str | _StrPromise" = ""

    @cached_property
    def folded_aliases(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(folded(alias) for alias in (*self.aliases, self.name)))


@dataclass(frozen=True)
class Role:
    """One of the files that an import may be made of."""

    name: str
    label: "str | _StrPromise"
    fields: tuple[Field, ...]

    presets: tuple["Preset", ...] = ()

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)


@dataclass(frozen=True)
class Preset:
    """An export that is known: whose it is, which headings tell it, and what its columns are.

    Any one of `told_by` is enough, when all of its headings stand in the file. `columns` says only
    what their names alone would not; columns `left_out` mean something else than their names say.
    """

    maker: str
    told_by: tuple[tuple[str, ...], ...]
    columns: dict[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a whole import."""

    import_id: int
    source: str
    currency: str
    zone: str
    country: str
    roles: frozenset[str]
    at: datetime
    by: Actor
    # By what known things are told, in this order; none says that the room's own order holds.
    keys: tuple[str, ...] = ()
    # Field to what becomes of what is there already, where it is not what the room does.
    policies: Mapping[str, str] = field(default_factory=dict)
    # Fields in which a blank cell empties what is there.
    cleared: frozenset[str] = frozenset()
    # What somebody wants to follow from it (`core/import_ticks.py`); nothing else does.
    ticks: frozenset[str] = frozenset()


@dataclass(slots=True)
class Batch:
    """Some rows of one file, column by column; a field that no column was chosen for is absent."""

    role: str
    rows: list[int]
    columns: dict[str, list[Any]]
    # What the columns are called in the file, by field.
    headings: dict[str, str] = field(default_factory=dict)

    def column(self, name: str, blank: Any = "") -> list[Any]:
        return self.columns.get(name) or [blank] * len(self.rows)


@dataclass(slots=True)
class Note:
    """A rule by which rows were taken in a way that deserves a sentence, and how many they were."""

    rule: str
    count: int
    sentence: str


@dataclass(slots=True)
class Change:
    """One field that would change: `row`, who or what, which field, from, to."""

    row: int
    thing: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One cell that is not taken while the rest of its row is: where it stands, and why."""

    role: str
    row: int
    field: str
    value: str
    why: str


@dataclass(slots=True)
class Verdict:
    """What an import does, before it does it: counts in rows of the files, then in things.

    The rows that are neither counted here nor rejected stay as they are.
    """

    created: int = 0
    updated: int = 0
    skipped: int = 0
    things: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    # Rows that cannot be taken for want of another: role, row, field, why.
    untaken: list[tuple[str, int, str, str]] = field(default_factory=list)
    # Cells that are left out, read as they are written down: there may be many.
    left_out: Iterable[LeftOut] = ()


# A row that cannot be taken: its number, the field to blame or nothing, and why.
Untaken = tuple[int, str, str]
# One short transaction of work; the driver runs them one after the other and reports progress.
Step = Callable[[], int]


class ColumnSet(Protocol):
    """The contract between `intake` and a room. Every step is short and safe to run again."""

    @property
    def kind(self) -> str:
        """The word that stands in `regulars import KIND`."""

    @property
    def label(self) -> "str | _StrPromise":
        """The word on the screen."""

    @property
    def roles(self) -> tuple[Role, ...]:
        """The files that an import may be made of; a single file is the first of them."""

    @property
    def keys(self) -> "tuple[tuple[str, str | _StrPromise], ...]":
        """By what known things may be told: the word, and what a person calls it."""

    @property
    def usual_keys(self) -> tuple[str, ...]:
        """The keys that hold where nobody chose any, in their order."""

    @property
    def policies(self) -> "dict[str, tuple[str, ...]]":
        """Field to what may become of what is there already; the first is done unasked."""

    @property
    def clearable(self) -> frozenset[str]:
        """Fields in which a blank cell may empty what is there."""

    def check_mapping(self, mapping: dict[str, dict[str, str]]) -> None:
        """Refuse when a column is missing without which no row means anything."""

    def guess_by_content(self, role: str, columns: Sequence[Any]) -> dict[str, str]:
        """Field to column name where the file has no heading, from what the columns hold."""

    def begin(self, terms: Terms) -> None:
        """Forget what an interrupted run remembered; the staging of the import is empty."""

    def stage(self, batch: Batch, terms: Terms) -> list[Untaken]:
        """Write some rows to staging, in the caller's transaction; returns those it cannot take."""

    def resolve(self, terms: Terms) -> Iterator[Step]:
        """Find out, set by set, which staged things are known already and which differ."""

    def verdict(self, terms: Terms) -> Verdict:
        """Count what would happen; writes nothing."""

    def apply(self, terms: Terms) -> Iterator[Step]:
        """Bring the staged things in, set by set."""

    def empty(self, terms: Terms) -> Iterator[Step]:
        """Empty the staging of this import."""


@runtime_checkable
class RefusesLate(Protocol):
    """A column set whose rows may be refused as late as at bringing in: things changed since."""

    def refused(self, terms: Terms) -> list[tuple[str, int, str, str]]:
        """Rows refused since they were looked at, each told once: role, row, field, why."""


@runtime_checkable
class Preparing(Protocol):
    """A column set that makes lines of staging out of rows without asking the database, so that
    another process can.
    """

    def may_prepare(self, names: Collection[str]) -> bool:
        """Whether it can for rows of these fields."""

    def prepare(self, batch: Batch, terms: Terms) -> tuple[bytes, list[Untaken]]:
        """The lines of some rows, packed, and the rows that it cannot take."""

    def stage_prepared(self, pieces: Sequence[bytes], terms: Terms) -> None:
        """Write these lines to staging, in the caller's transaction."""


column_sets: Registry[ColumnSet] = Registry("column sets")


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says about one customer's permission for one channel."""

    customer_id: int
    channel: str
    is_yes: bool
    # Where and when they agreed, as the file tells it, and in which row.
    source: str = ""
    happened_at: datetime | None = None
    row: int = 0

    @property
    def is_proven(self) -> bool:
        return self.is_yes and bool(self.source.strip()) and self.happened_at is not None


class ConsentTaker(Protocol):
    """How the room that keeps permission hears what a file says about it."""

    def would_change(self, said: Sequence[Said]) -> set[int]:
        """The customers whose standing would change."""

    def take(self, said: Sequence[Said], terms: Terms) -> None:
        """Record it: a no lowers, a yes counts where the row says how and when, else is noted."""


consent_takers: Registry[ConsentTaker] = Registry("takers of consent")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a row says of a customer in columns that another room takes, as that room read it."""

    customer_id: int
    told: Mapping[str, Any]


class WordTaker(Protocol):
    """How a room above takes columns of the list of customers: a tier with its reason."""

    @property
    def kind(self) -> str:
        """The word under which it waits in staging, of eight signs at most."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its columns: the first decides, the others go with it."""

    def read(self, cells: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What the cells of a row say, plain enough for JSON; None where they say nothing.

        A Refusal where they cannot be read: the row is not taken.
        """

    def would_change(self, heard: Sequence[Heard], terms: Terms) -> set[int]:
        """The customers of whom it is news."""

    def take(self, heard: Sequence[Heard], terms: Terms, done: "Operation") -> None:
        """Write the news, in the caller's transaction, so that it can be undone."""


word_takers: Registry[WordTaker] = Registry("takers of words about customers")
