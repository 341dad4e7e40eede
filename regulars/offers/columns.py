"""What offers take from files: what was used, and offers that are over with whom they were for."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core.bulk import merge_rows
from regulars.core.column_sets import Batch, Role, Step, Terms, Untaken, Verdict, column_sets
from regulars.core.errors import Refusal
from regulars.offers import taking_in
from regulars.offers.choices import Staged
from regulars.offers.headings import CHOSEN, PAST, RESPONSES, USED
from regulars.offers.models import StagedUse
from regulars.offers.queries.till import codes_among, no_such_code

COLUMNS = (
    "import_id", "row_no", "role", "what", "key", "number", "name", "sort", "reference", "receipt",
    "used_at", "until_at", "opens_at", "closes_at", "code_id", "is_new", "field", "why",
)  # fmt: skip
# One row of a file says so much: a line of staging each, and why it cannot be taken.
Lines = list[dict[str, Any]]
Made = tuple[list[Lines], list[Untaken]]
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
# By role what a file of it cannot do without.
_NEEDED = {
    "offers": (("number",), ("opens",), ("closes",)),
    "chosen": (("offer",), ("customer",)),
    "redemptions": (("code", "offer"), ("used",)),
    "responses": (("customer",), ("accepted",)),
}


class UseColumns:
    """Uses of offers: by their codes, or of offers from elsewhere that are over."""

    kind = "redemptions"
    label = gettext_lazy("Uses of offers: codes that were used, and campaigns that are over")
    keys: tuple[tuple[str, str], ...] = ()
    usual_keys: tuple[str, ...] = ()
    policies: ClassVar[dict[str, tuple[str, ...]]] = {}
    clearable: frozenset[str] = frozenset()
    roles = (
        Role("redemptions", gettext_lazy("What was used"), USED),
        Role("offers", gettext_lazy("Offers that are over"), PAST),
        Role("chosen", gettext_lazy("Whom they were for"), CHOSEN),
        Role("responses", gettext_lazy("Customers, with a column for each offer"), RESPONSES),
    )

    def check_mapping(self, mapping: dict[str, dict[str, str]]) -> None:
        for role, chosen in mapping.items():
            for names in _NEEDED[role]:
                if not any(one.partition("#")[0] in names for one in chosen):
                    raise Refusal(
                        _("No column of “%(file)s” says this: %(what)s.")
                        % {"file": role, "what": self._label(role, names[0])},
                        _("Choose the column that does."),
                    )

    def _label(self, role: str, name: str) -> str:
        found = next(one for one in self.roles if one.name == role)
        return str(found.field(name).label)

    def guess_by_content(self, role: str, columns: Sequence[Any]) -> dict[str, str]:
        """A file without headings: a day is when it was used, what is no number is the code."""
        found: dict[str, str] = {}
        for column in columns if role == "redemptions" else ():
            if column.is_of_dates:
                found.setdefault("used", column.name)
            elif not column.is_of_numbers:
                found.setdefault("code", column.name)
        return found

    def begin(self, terms: Terms) -> None:
        """Nothing is remembered between batches."""

    def stage(self, batch: Batch, terms: Terms) -> list[Untaken]:
        read = READERS[batch.role]
        made, untaken = read(batch, terms)
        rows = [
            tuple({**_BLANK, "import_id": terms.import_id, "role": batch.role, **line}[name]
                  for name in COLUMNS)
            for lines in made for line in lines
        ]  # fmt: skip
        # The same row twice is one use: the first that a file tells.
        key = ("import_id", "what", "key")
        merge_rows(StagedUse, COLUMNS, rows, key=key, on_conflict="NOTHING")
        return untaken

    def resolve(self, terms: Terms) -> Iterator[Step]:
        return taking_in.resolve(terms)

    def verdict(self, terms: Terms) -> Verdict:
        return taking_in.verdict(terms)

    def apply(self, terms: Terms) -> Iterator[Step]:
        return taking_in.apply(terms)

    def refused(self, terms: Terms) -> list[tuple[str, int, str, str]]:
        return taking_in.refused(terms)

    def empty(self, terms: Terms) -> Iterator[Step]:
        return taking_in.empty(terms)


_BLANK: dict[str, Any] = {
    "number": "", "name": "", "sort": "", "reference": "", "receipt": "", "used_at": None,
    "until_at": None, "opens_at": None, "closes_at": None, "code_id": None, "is_new": False,
    "field": "", "why": "",
}  # fmt: skip


def _uses(batch: Batch, terms: Terms) -> Made:
    made: list[Lines] = []
    untaken: list[Untaken] = []
    texts = [str(one) for one in batch.column("code")]
    codes = codes_among(texts)
    cells = zip(
        batch.rows, texts, batch.column("offer"), batch.column("customer"),
        batch.column("used", None), batch.column("receipt"), strict=True,
    )  # fmt: skip
    for row, text, number, customer, used, receipt in cells:
        if not text.strip() and not number:
            untaken.append((row, "code", _("It says neither which code nor which offer.")))
        elif used is None:
            untaken.append((row, "used", _("It does not say when it was used.")))
        elif text.strip() and text not in codes:
            no = no_such_code(text)
            untaken.append((row, "code", f"{no.sentence} {no.remedy}"))
        else:
            begins, ends = _span(used, terms)
            code = codes.get(text)
            what = f"code {code.pk}" if code else f"offer {number}"
            made.append([{
                "row_no": row, "what": Staged.USE, "number": "" if code else number,
                "key": _key(terms.source, what, customer, used.utc, receipt),
                "reference": customer, "receipt": receipt, "used_at": _stored(begins),
                "until_at": _stored(min(ends - timedelta(seconds=1), max(terms.at, begins))
                                    if ends > begins else begins),
                "code_id": code.pk if code else None,
            }])  # fmt: skip
    return made, untaken


def _past(batch: Batch, terms: Terms) -> Made:
    made: list[Lines] = []
    untaken: list[Untaken] = []
    cells = zip(
        batch.rows, batch.column("number"), batch.column("name"), batch.column("sort"),
        batch.column("opens", None), batch.column("closes", None), strict=True,
    )  # fmt: skip
    for row, number, name, sort, opens, closes in cells:
        if not number:
            untaken.append((row, "number", _("There is no number of the offer.")))
        elif opens is None or closes is None:
            blamed = "opens" if opens is None else "closes"
            untaken.append((row, blamed, _("It does not say from when until when it was.")))
        elif (begins := _span(opens, terms)[0]) >= (ends := max(_span(closes, terms))):
            untaken.append((row, "closes", _("It would end before it begins.")))
        elif ends > terms.at:
            untaken.append((row, "closes", _(
                "It is not over yet. Write it under Offers, where its waves are held to; only what"
                " is over comes from a file."
            )))  # fmt: skip
        else:
            made.append([_offer(row, number, begins, ends, name=name, sort=sort)])
    return made, untaken


def _chosen(batch: Batch, _terms: Terms) -> Made:
    made: list[Lines] = []
    untaken: list[Untaken] = []
    cells = zip(batch.rows, batch.column("offer"), batch.column("customer"), strict=True)
    for row, number, customer in cells:
        if not number or not customer:
            blamed = "customer" if number else "offer"
            untaken.append((row, blamed, _("It names no offer, or no customer.")))
        else:
            made.append([_for(row, number, customer)])
    return made, untaken


def _responses(batch: Batch, terms: Terms) -> Made:
    """A row for each customer, a column for each offer, and whether they took it: nobody knows
    when, so all of it is noted in the minute in which it comes in.
    """
    made: list[Lines] = []
    untaken: list[Untaken] = []
    fields = [name for name in batch.columns if name.partition("#")[0] == "accepted"]
    names = {field: batch.headings.get(field, field)[:80] for field in fields}
    opens = terms.at - A_MINUTE
    for nth, (row, customer) in enumerate(zip(batch.rows, batch.column("customer"), strict=True)):
        told = {names[one]: batch.columns[one][nth] for one in fields}
        if not customer:
            untaken.append((row, "customer", _("It names no customer.")))
            continue
        lines = [_offer(row, name, opens, terms.at, name=name) for name in told]
        lines += [_for(row, name, customer) for name, said in told.items() if said is not None]
        lines += [
            {"row_no": row, "what": Staged.USE, "number": name, "reference": customer,
             "key": _key(terms.source, f"offer {name}", customer, "", ""),
             "used_at": _stored(opens), "until_at": _stored(opens)}
            for name, said in told.items() if said
        ]  # fmt: skip
        made.append(lines)
    return made, untaken


READERS: dict[str, Callable[[Batch, Terms], Made]] = {
    "redemptions": _uses, "offers": _past, "chosen": _chosen, "responses": _responses,
}  # fmt: skip


def _offer(
    row: int, number: str, begins: datetime, ends: datetime, *, name: str = "", sort: str = ""
) -> dict[str, Any]:
    return {
        "row_no": row, "what": Staged.OFFER, "key": _key(number), "number": number,
        "name": " ".join((name or number).split())[:120], "sort": " ".join(sort.split())[:80],
        "opens_at": _stored(begins), "closes_at": _stored(ends),
    }  # fmt: skip


def _for(row: int, number: str, customer: str) -> dict[str, Any]:
    return {
        "row_no": row, "what": Staged.CHOSEN, "key": _key(number, customer), "number": number,
        "reference": customer,
    }  # fmt: skip


def _span(moment: Any, terms: Terms) -> tuple[datetime, datetime]:
    """From when until when it may have been: a day without a time is all of that day."""
    begins = datetime.fromisoformat(moment.utc).replace(tzinfo=UTC)
    here = begins.astimezone(ZoneInfo(terms.zone))
    if here.time() != time():
        return begins, begins
    return begins, (here + A_DAY).astimezone(UTC)


def _stored(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _key(*parts: str) -> str:
    """What makes it this row and no other, also when the file comes again."""
    return sha256("\x1f".join(parts).encode()).hexdigest()[:40]


column_sets.register("redemptions", UseColumns())
