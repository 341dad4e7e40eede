"""What mentions take from files: reviews and posts, each on its site, of whoever wrote it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core.bulk import merge_rows
from regulars.core.column_sets import (
    Batch,
    Role,
    Step,
    Terms,
    Untaken,
    Verdict,
    column_sets,
)
from regulars.core.errors import Refusal
from regulars.customers.choices import PointKind
from regulars.customers.naming import normal_of, seal_of
from regulars.mentions import taking_in
from regulars.mentions.choices import is_bad_mark
from regulars.mentions.headings import FIELDS
from regulars.mentions.models import StagedMention
from regulars.mentions.naming import (
    handle_key_of,
    is_link,
    link_key_of,
    number_of,
    site_key_of,
)
from regulars.mentions.pasting import site_of

COLUMNS = (
    "import_id", "row_no", "site", "site_key", "external_id", "link", "link_key", "author",
    "handle", "handle_key", "seal", "said_at", "mark", "scale", "words", "is_bad", "answer",
    "answered_at", "known_by", "is_new", "is_changed",
)  # fmt: skip
LONGEST = 5_000
_BLANKS = {"said_at": None, "mark": None, "mark_of_ten": None, "email": None, "answered_at": None}


class MentionColumns:
    """Reviews and posts, known by their site with their number there, or by their link."""

    kind = "mentions"
    label = gettext_lazy("Mentions: reviews and posts about us")
    keys: tuple[tuple[str, str], ...] = ()
    usual_keys: tuple[str, ...] = ()
    policies: ClassVar[dict[str, tuple[str, ...]]] = {}
    clearable: frozenset[str] = frozenset()
    roles = (Role("mentions", gettext_lazy("Mentions"), FIELDS),)

    def check_mapping(self, mapping: dict[str, dict[str, str]]) -> None:
        chosen = set(mapping.get("mentions", {}))
        if not chosen & {"site", "link"}:
            raise Refusal(
                _("No column says where it stands."),
                _("Choose the column with the name of the site, or with the link."),
            )
        if "said_at" not in chosen:
            raise Refusal(
                _("No column says when they said it."),
                _("Choose the column that holds the day or the moment."),
            )
        if not chosen & {"mark", "mark_of_ten", "words", "title"}:
            raise Refusal(
                _("No column holds a mark, or what they wrote."),
                _("Choose the column with the marks or the words."),
            )

    def guess_by_content(self, role: str, columns: Sequence[Any]) -> dict[str, str]:
        found: dict[str, str] = {}
        for column in columns:
            if column.is_of_dates:
                found.setdefault("said_at", column.name)
            elif column.share(lambda value: value.startswith(("http://", "https://"))) > 0.6:
                found.setdefault("link", column.name)
            elif column.share(lambda value: value in {"1", "2", "3", "4", "5"}) > 0.9:
                found.setdefault("mark", column.name)
        return found

    def begin(self, terms: Terms) -> None:
        """Nothing is remembered between batches."""

    def stage(self, batch: Batch, terms: Terms) -> list[Untaken]:
        untaken: list[Untaken] = []
        lines: dict[Any, tuple[Any, ...]] = {}
        names = [field.name for field in FIELDS]
        columns = [batch.column(name, _BLANKS.get(name, "")) for name in names]
        for row, cells in zip(batch.rows, zip(*columns, strict=True), strict=True):
            told = dict(zip(names, cells, strict=True))
            why = _why_not(told)
            if why is not None:
                untaken.append((row, *why))
                continue
            line = _line(row, told, terms)
            # The same row twice is one mention.
            lines.setdefault((line[3], line[4]), line)
        merge_rows(
            StagedMention, COLUMNS, lines.values(),
            key=("import_id", "site_key", "external_id"), on_conflict="NOTHING",
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


def _site(told: Mapping[str, Any]) -> str:
    named = " ".join(str(told["site"]).split())[:60]
    return named or site_of(str(told["link"]).strip())


def _why_not(told: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first thing that keeps a row from being a mention: the field to blame, and why."""
    link = str(told["link"]).strip()
    if link and not is_link(link):
        return "link", _("“%(link)s” is no link to a page.") % {"link": link[:60]}
    if not _site(told):
        return "site", _("It does not say where it stands.")
    if told["said_at"] is None:
        return "said_at", _("There is no date.")
    for name, worst, best in (("mark", 1, 5), ("mark_of_ten", 0, 10)):
        mark = told[name]
        if mark is not None and (mark != int(mark) or not worst <= mark <= best):
            why = _("%(mark)s is no mark from %(worst)s to %(best)s.")
            return name, why % {"mark": f"{mark.normalize():f}", "worst": worst, "best": best}
    has_mark = told["mark"] is not None or told["mark_of_ten"] is not None
    if not has_mark and not str(told["words"]).strip() and not str(told["title"]).strip():
        return "", _("There is neither a mark nor a word.")
    return None


def _line(row: int, told: Mapping[str, Any], terms: Terms) -> tuple[Any, ...]:
    scale = 5 if told["mark_of_ten"] is None else 10
    given = told["mark"] if told["mark_of_ten"] is None else told["mark_of_ten"]
    mark = None if given is None else int(given)
    title, free = str(told["title"]).strip(), str(told["words"]).strip()
    words = free if title in ("", free) else f"{title}\n{free}".strip()
    site, link = _site(told), str(told["link"]).strip()
    author = " ".join(str(told["author"]).split())[:200]
    handle = " ".join(str(told["handle"]).split())[:200]
    link_key = link_key_of(link, author)
    number = number_of(str(told["number"]), link_key, (author, words))
    reach, answered = told["email"], told["answered_at"]
    seal = ""
    if reach is not None and not reach.is_doubtful:
        seal = seal_of(PointKind.EMAIL, normal_of(PointKind.EMAIL, reach.normal, terms.country))
    return (
        terms.import_id, row, site, site_key_of(site), number, link, link_key, author, handle,
        handle_key_of(handle), seal, told["said_at"].utc, mark, scale, words[:LONGEST],
        is_bad_mark(mark, scale), str(told["answer"]).strip()[:LONGEST],
        answered.utc if answered is not None else None, "", False, False,
    )  # fmt: skip


column_sets.register("mentions", MentionColumns())
