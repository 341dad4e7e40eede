"""What the timeline takes from files: a touch a row, of customers on the list or new ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.consent.choices import Purpose
from regulars.conversations import taking_in
from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.headings import (
    CARRIED,
    CHANNELS,
    DIRECTIONS,
    OUTCOMES,
    PURPOSES,
    TOUCH_FIELDS,
    USUALLY,
)
from regulars.conversations.models import StagedTouch
from regulars.core.bulk import merge_rows
from regulars.core.column_sets import (
    Batch,
    Field,
    FieldKind,
    Role,
    Step,
    Terms,
    Untaken,
    Verdict,
    column_sets,
    folded,
)
from regulars.core.errors import Refusal
from regulars.team.models import Member

COLUMNS = (
    "import_id", "ref", "row_no", "buyer", "happened_at", "channel", "direction", "purpose",
    "outcome", "body", "said", "minutes", "member_id", "is_new", "is_changed",
)  # fmt: skip
# A day and a night: longer ones are durations in seconds, or mistakes.
MOST_MINUTES = 24 * 60


class TouchColumns:
    """Visits, calls, notes and letters that were written down elsewhere."""

    kind = "touches"
    label = gettext_lazy("Touches: visits, calls, notes and letters")
    # A touch is what its file says of it; of the customers it says only what is missing.
    keys: tuple[tuple[str, str], ...] = ()
    usual_keys: tuple[str, ...] = ()
    policies: ClassVar[dict[str, tuple[str, ...]]] = {}
    clearable: frozenset[str] = frozenset()

    def __init__(self) -> None:
        people_set: Any = column_sets["customers"]
        carried = {item.name: item for item in people_set.fields}
        number = Field("reference", gettext_lazy("Number of the customer"), FieldKind.IDENTIFIER, (
            "customer id", "customer number", "customer no", "contact id", "client id",
            "member id", "member number", "account id", "who id", "related to id", "kundennummer",
        ), longest=200, listed=("customer.reference",))  # fmt: skip
        # A touch names one customer, reached in one way.
        people = tuple(replace(carried[name], repeats=False) for name in CARRIED)
        label = gettext_lazy("Touches")
        self.roles = (Role("touches", label, (*TOUCH_FIELDS, number, *people)),)

    def check_mapping(self, mapping: dict[str, dict[str, str]]) -> None:
        chosen = set(mapping.get("touches", {}))
        if "happened_at" not in chosen:
            raise Refusal(
                _("No column says when you were in touch."),
                _("Choose the column that holds the day or the moment."),
            )
        if "channel" not in chosen:
            raise Refusal(
                _("No column says by which channel: a visit, a call, a note, an e-mail."),
                _("Choose the column that says so, or add one with the same word in each row."),
            )
        if not chosen & {"reference", *CARRIED}:
            raise Refusal(
                _("No column says with whom you were in touch."),
                _("Choose the column with the name, the e-mail address, the phone number or the "
                  "number of the customer."),
            )  # fmt: skip

    def guess_by_content(self, role: str, columns: Sequence[Any]) -> dict[str, str]:
        found: dict[str, str] = {}
        for column in columns:
            if column.is_of_dates:
                found.setdefault("happened_at", column.name)
            elif column.share(lambda value: "@" in value) > 0.6:
                found.setdefault("email", column.name)
            elif column.share(lambda value: folded(value) in CHANNELS) > 0.6:
                found.setdefault("channel", column.name)
        return found

    def begin(self, terms: Terms) -> None:
        """Nothing is remembered between batches."""

    def stage(self, batch: Batch, terms: Terms) -> list[Untaken]:
        people_set: Any = column_sets["customers"]
        people = people_set.people_of(batch)
        untaken = _unreadable(batch, [person.key for person in people])
        lost = {row for row, _field, _why in untaken}
        kept = [at for at, row in enumerate(batch.rows) if row not in lost]
        rows = [batch.rows[at] for at in kept]
        people_set.stage_people([people[at] for at in kept], rows, terms, counted=False)
        told, team = _told(batch), _team()
        lines = [_line(batch.rows[at], people[at].key, told[at], team, terms) for at in kept]
        # The same row twice is one touch.
        merge_rows(
            StagedTouch, COLUMNS, {line[1]: line for line in lines}.values(),
            key=("import_id", "ref"), on_conflict="NOTHING",
        )  # fmt: skip
        return untaken

    def resolve(self, terms: Terms) -> Iterator[Step]:
        return taking_in.resolve(terms)

    def verdict(self, terms: Terms) -> Verdict:
        return taking_in.verdict(terms)

    def apply(self, terms: Terms) -> Iterator[Step]:
        return taking_in.apply(terms)

    def empty(self, terms: Terms) -> Iterator[Step]:
        return taking_in.empty(terms)


def _unreadable(batch: Batch, buyers: Sequence[str]) -> list[Untaken]:
    rows = zip(
        batch.rows, buyers, batch.columns["happened_at"], batch.columns["channel"],
        batch.column("direction"), batch.column("outcome"), strict=True,
    )  # fmt: skip
    return [found for row in rows if (found := _why_not(*row)) is not None]


def _why_not(
    row: int, buyer: str, moment: Any, channel: str, direction: str, outcome: str
) -> Untaken | None:
    """The first thing that keeps a row from being a touch."""
    if not buyer:
        return row, "", _("Nobody is named: no name, no address, no phone number.")
    if moment is None:
        return row, "happened_at", _("There is no date.")
    told = (
        ("channel", channel, CHANNELS, _("visit, call, note, e-mail, text, chat, social, letter")),
        ("direction", direction, DIRECTIONS, _("out, in")),
        ("outcome", outcome, OUTCOMES, _("reached, message, sent, no answer")),
    )
    for name, word, known, words in told:
        if (word or name == "channel") and folded(word) not in known:
            why = _("“%(word)s” is none of the words that are known here: %(words)s.")
            return row, name, why % {"word": word[:40], "words": words}
    return None


def _told(batch: Batch) -> list[dict[str, Any]]:
    names = [field.name for field in TOUCH_FIELDS]
    blanks = {"happened_at": None, "minutes": None}
    columns = [batch.column(name, blanks.get(name, "")) for name in names]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _team() -> Mapping[str, int]:
    """Members by name and by address, those who left too."""
    members = Member.objects.order_by("-pk").values_list("pk", "name", "email")
    return {folded(word): pk for pk, name, email in members for word in (name, email) if word}


def _line(
    row: int, buyer: str, told: Mapping[str, Any], team: Mapping[str, int], terms: Terms
) -> tuple[Any, ...]:
    channel = CHANNELS[folded(told["channel"])]
    usual = USUALLY.get(channel, Outcome.SENT)
    member_id = team.get(folded(told["who"]))
    body = told["body"].strip()
    if told["who"] and member_id is None:
        # Somebody who is not on the team: the name stays, with what they wrote.
        body = f"{body}\n({told['who'].strip()})".strip()
    return (
        terms.import_id, _ref(buyer, told), row, buyer, told["happened_at"].utc, channel,
        DIRECTIONS.get(folded(told["direction"]), Direction.OUT.value),
        PURPOSES.get(folded(told["purpose"]), Purpose.SERVE.value),
        OUTCOMES.get(folded(told["outcome"]), usual.value), body, told["said"].strip(),
        _minutes(told["minutes"]), member_id, False, False,
    )  # fmt: skip


def _ref(buyer: str, told: Mapping[str, Any]) -> str:
    """By what a touch is known when its file comes again: its number, or all that it says."""
    if told["touch"]:
        return f"n:{told['touch']}"[:200]
    all_of = [buyer, told["happened_at"].utc, *(
        told[name] for name in ("channel", "direction", "outcome", "who", "body", "said")
    )]  # fmt: skip
    return "d:" + sha256("\x1f".join(all_of).encode()).hexdigest()


def _minutes(told: Any) -> int | None:
    return int(told) if told is not None and 0 < told <= MOST_MINUTES else None


column_sets.register("touches", TouchColumns())
