"""What answers take from files: marks and reviews, each of an order or of a customer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.care import taking_in
from regulars.care.arrivals import reach_of
from regulars.care.choices import MarkKind
from regulars.care.headings import ANSWER_FIELDS, CARRIED
from regulars.care.models import AnswerRules, StagedAnswer
from regulars.care.queries.answers import answer_rules
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
)
from regulars.core.errors import Refusal
from regulars.core.import_ticks import ImportTick, register_import_tick

COLUMNS = (
    "import_id", "ref", "row_no", "order_ref", "buyer", "said_at", "mark", "scale",
    "measure", "went_well", "not_right", "is_new", "is_changed",
)  # fmt: skip
# As much as a customer can send on our own page.
LONGEST = 4_000


# By the field of a file, which mark it is; where a row has several, the first of them counts.
MARKS = {
    "recommend": MarkKind.RECOMMEND, "effort": MarkKind.EFFORT, "mark_of_ten": MarkKind.TEN,
    "mark": MarkKind.FIVE,
}  # fmt: skip


class AnswerColumns:
    """Marks and words that customers gave elsewhere, by the number of the order or by name."""

    kind = "answers"
    label = gettext_lazy("Answers: marks and reviews")
    keys: tuple[tuple[str, str], ...] = ()
    usual_keys: tuple[str, ...] = ()
    policies: ClassVar[dict[str, tuple[str, ...]]] = {}
    clearable: frozenset[str] = frozenset()

    def __init__(self) -> None:
        people_set: Any = column_sets["customers"]
        carried = {item.name: item for item in people_set.fields}
        number = Field("reference", gettext_lazy("Number of the customer"), FieldKind.IDENTIFIER, (
            "customer id", "customer number", "customer no", "contact id", "client id",
            "member number", "account id", "kundennummer",
        ), longest=200, listed=("customer.reference",))  # fmt: skip
        # An answer names one customer, reached in one way.
        people = tuple(replace(carried[name], repeats=False) for name in CARRIED)
        label = gettext_lazy("Answers")
        self.roles = (Role("answers", label, (*ANSWER_FIELDS, number, *people)),)

    def check_mapping(self, mapping: dict[str, dict[str, str]]) -> None:
        chosen = set(mapping.get("answers", {}))
        if "said_at" not in chosen:
            raise Refusal(
                _("No column says when they said it."),
                _("Choose the column that holds the day or the moment."),
            )
        if not chosen & {*MARKS, "went_well", "not_right", "words"}:
            raise Refusal(
                _("No column holds a mark, or what they wrote."),
                _("Choose the column with the marks or the words."),
            )
        if not chosen & {"order", "reference", *CARRIED}:
            raise Refusal(
                _("No column says who said it, or about which order."),
                _("Choose the column with the number of the order, the name, the e-mail address or "
                  "the phone number."),
            )  # fmt: skip

    def guess_by_content(self, role: str, columns: Sequence[Any]) -> dict[str, str]:
        found: dict[str, str] = {}
        for column in columns:
            if column.is_of_dates:
                found.setdefault("said_at", column.name)
            elif column.share(lambda value: "@" in value) > 0.6:
                found.setdefault("email", column.name)
            elif column.share(lambda value: value in {"1", "2", "3", "4", "5"}) > 0.9:
                found.setdefault("mark", column.name)
        return found

    def begin(self, terms: Terms) -> None:
        """Nothing is remembered between batches."""

    def stage(self, batch: Batch, terms: Terms) -> list[Untaken]:
        people_set: Any = column_sets["customers"]
        people, told, rules = people_set.people_of(batch), _told(batch), answer_rules()
        untaken: list[Untaken] = []
        lines: dict[Any, tuple[Any, ...]] = {}
        named: list[int] = []
        for at, row in enumerate(batch.rows):
            why = _why_not(people[at].key, told[at])
            if why is not None:
                untaken.append((row, *why))
                continue
            line = _line(row, people[at].key, told[at], rules, terms)
            # The same row twice is one answer.
            lines.setdefault(line[1], line)
            if people[at].key and not told[at]["order"]:
                named.append(at)
        people_set.stage_people(
            [people[at] for at in named], [batch.rows[at] for at in named], terms, counted=False
        )
        merge_rows(
            StagedAnswer, COLUMNS, lines.values(), key=("import_id", "ref"), on_conflict="NOTHING"
        )
        return untaken

    def resolve(self, terms: Terms) -> Iterator[Step]:
        return taking_in.resolve(terms)

    def verdict(self, terms: Terms) -> Verdict:
        return taking_in.verdict(terms)

    def apply(self, terms: Terms) -> Iterator[Step]:
        return taking_in.apply(terms)

    def empty(self, terms: Terms) -> Iterator[Step]:
        return taking_in.empty(terms)


def _told(batch: Batch) -> list[dict[str, Any]]:
    blanks = {"said_at": None, **dict.fromkeys(MARKS)}
    names = [field.name for field in ANSWER_FIELDS]
    columns = [batch.column(name, blanks.get(name, "")) for name in names]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _why_not(buyer: str, told: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first thing that keeps a row from being an answer: the field to blame, and why."""
    if not buyer and not told["order"]:
        return "", _("Neither an order nor a customer is named.")
    if told["said_at"] is None:
        return "said_at", _("There is no date.")
    for name, kind in MARKS.items():
        mark = told[name]
        if mark is not None and (mark != int(mark) or not kind.worst <= mark <= kind.scale):
            why = _("%(mark)s is no mark from %(worst)s to %(best)s.")
            places = {"worst": kind.worst, "best": kind.scale}
            return name, why % {"mark": f"{mark.normalize():f}", **places}
    words = ("went_well", "not_right", "title", "words")
    if not _given(told) and not any(told[name].strip() for name in words):
        return "", _("There is neither a mark nor a word.")
    return None


def _given(told: Mapping[str, Any]) -> tuple[MarkKind, int] | None:
    """The mark of a row and what it is a mark of; None where it has none."""
    found = ((kind, told[name]) for name, kind in MARKS.items() if told[name] is not None)
    return next(((kind, int(mark)) for kind, mark in found), None)


def _line(
    row: int, buyer: str, told: Mapping[str, Any], rules: AnswerRules, terms: Terms
) -> tuple[Any, ...]:
    given = _given(told)
    kind, mark = given or (MarkKind.FIVE, None)
    well, wrong = told["went_well"].strip(), told["not_right"].strip()
    title, words = told["title"].strip(), told["words"].strip()
    free = words if title in ("", words) else f"{title}\n{words}".strip()
    # Words without a column of their own say what is wrong where the mark is bad.
    if rules.is_bad(mark, kind.scale):
        wrong = f"{wrong}\n{free}".strip()
    else:
        well = f"{well}\n{free}".strip()
    return (
        terms.import_id, _ref(buyer, told), row, told["order"], "" if told["order"] else buyer,
        told["said_at"].utc, mark, kind.scale, kind.measure.value, well[:LONGEST], wrong[:LONGEST],
        False, False,
    )  # fmt: skip


def _ref(buyer: str, told: Mapping[str, Any]) -> str:
    """By what an answer is known when its file comes again: its number with its order, or all."""
    if told["answer"]:
        return f"n:{told['answer']}:{told['order']}"[:200]
    all_of = [buyer, told["order"], told["said_at"].utc, *(
        str(told[name]) for name in ("mark", "mark_of_ten", "went_well", "not_right", "words")
    )]  # fmt: skip
    # What older files had no column for leaves them known by what they were known by.
    all_of += [str(told[name]) for name in ("recommend", "effort") if told[name] is not None]
    return "d:" + sha256("\x1f".join(map(str, all_of)).encode()).hexdigest()


column_sets.register("answers", AnswerColumns())
register_import_tick(ImportTick(
    "check-ins", "orders", gettext_lazy("Ask how it went after what has arrived"), reach_of
))  # fmt: skip
