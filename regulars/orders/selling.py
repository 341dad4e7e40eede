"""Those who sold and where, as the files of an import name them."""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.bulk import rows_of
from regulars.core.column_sets import Note, Step, Terms
from regulars.core.errors import Refusal
from regulars.orders.models import Seller
from regulars.team.models import Member

# No business has more people who sell; a column that names more names something else.
MOST_SELLERS = 1_000
LONGEST = 80
# Between who sold and where, for whoever sells in a second place.
BETWEEN = " · "
# Who it is of an order that is staged as `s`.
SELLER = "(SELECT w.id FROM orders_seller w WHERE w.source = %(source)s AND w.words = s.sold_by)"
NAMED = (
    "SELECT DISTINCT s.sold_by FROM orders_stagedorder s"
    " WHERE s.import_id = %s AND s.sold_by <> '' LIMIT %s"
)
PLACED = (
    "SELECT s.sold_by, MIN(s.sold_in) FROM orders_stagedorder s"
    " WHERE s.import_id = %s AND s.sold_by <> '' AND s.sold_in <> '' GROUP BY s.sold_by"
)
# A file that says no place leaves known orders where another one put them.
SAME_AS_KNOWN = (
    "UPDATE orders_stagedorder AS s SET sold_by = w.words"
    " FROM orders_order o JOIN orders_seller w ON w.id = o.seller_id"
    " WHERE {range} AND s.sold_in = '' AND s.sold_by <> '' AND o.id = s.order_id"
    f" AND w.words = s.sold_by || '{BETWEEN}' || w.region"
)


class Places:
    """Tells those apart who sell in several places, so that each order counts where it was sold.

    Somebody goes by their own name where they were first, and by name and place elsewhere; of an
    order that names nobody, the place itself stands for whoever sold there.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._home: dict[str, str] | None = None
        # A place goes by the first way in which it was written.
        self._spelt: dict[str, str] = {}

    def told_apart(self, sellers: Sequence[str], places: Sequence[str]) -> list[tuple[str, str]]:
        """Who sold each order, and where."""
        named = [one.strip()[:LONGEST] for one in sellers]
        if not any(places):
            return [(one, "") for one in named]
        home = self._known()
        found = []
        for seller, told in zip(named, places, strict=True):
            place = " ".join(told.split())[:LONGEST]
            place = self._spelt.setdefault(place.casefold(), place)
            is_both = bool(place and seller)
            words = _in_place(seller, place, home.setdefault(seller, place)) if is_both else seller
            found.append((words or place, place))
        return found

    def _known(self) -> dict[str, str]:
        """Where those sell of whom that is known, by how this source calls them."""
        if self._home is None:
            placed = Seller.objects.exclude(region="").order_by("pk")
            rows = list(placed.values_list("source", "words", "region"))
            self._home = {words: region for of, words, region in rows if of == self._source}
            for _of, _words, region in rows:
                self._spelt.setdefault(region.casefold(), region)
        return self._home


def _in_place(seller: str, place: str, home: str) -> str:
    if home.casefold() == place.casefold():
        return seller
    whole = f"{seller}{BETWEEN}{place}"
    if len(whole) <= LONGEST:
        return whole
    half = (LONGEST - len(BETWEEN)) // 2
    return f"{seller[:half]}{BETWEEN}{place[:half]}"


def is_sold_in_several(source: str) -> bool:
    """Whether somebody of this source sells in a second place."""
    return Seller.objects.filter(source=source, words__contains=BETWEEN).exclude(region="").exists()


def named_sellers(terms: Terms) -> list[str]:
    """How the files of an import call those who sold; a column of something else is refused."""
    found = [str(row[0]) for row in rows_of(NAMED, [terms.import_id, MOST_SELLERS + 1])]
    if len(found) > MOST_SELLERS:
        raise Refusal(
            _("The columns of who sold, and where, hold more than %(most)s different names.")
            % {"most": MOST_SELLERS},
            _("That is something else, such as the customer: leave it out, or choose another."),
        )
    return found


def named_places(terms: Terms) -> dict[str, str]:
    """Where those sell whom the files of an import name, as far as they say it."""
    return {str(seller): str(place) for seller, place in rows_of(PLACED, [terms.import_id])}


def note_sellers(terms: Terms) -> Iterator[Step]:
    """Know those who are new, and whom of the team they are where the whole name is the same."""
    yield lambda: _known_anew(terms)


def _known_anew(terms: Terms) -> int:
    named = named_sellers(terms)
    if not named:
        return 0
    new = [Seller(source=terms.source, words=words) for words in named]
    Seller.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    ours = Seller.objects.filter(source=terms.source)
    _place(ours.filter(words__in=named, region=""), named_places(terms))
    nobody_yet = ours.filter(words__in=named, member=None, is_told=False)
    known = {one.words: one for one in ours.filter(is_told=True)}
    by_name = _members_by_name()
    found = []
    for seller in nobody_yet:
        alone = seller.words.removesuffix(f"{BETWEEN}{seller.region}")
        if alone != seller.words and alone in known:
            # Somebody said who that is; in a second place they are nobody else.
            seller.member, seller.name = known[alone].member, known[alone].name
            seller.is_told = True
        else:
            seller.member = by_name.get(alone.casefold())
        if seller.member is not None or seller.is_told:
            found.append(seller)
    Seller.objects.bulk_update(found, ["member", "name", "is_told"], batch_size=500)
    return len(named)


def _place(sellers: Any, places: Mapping[str, str]) -> None:
    """Say where those sell of whom nobody knew it; what somebody said by hand stands."""
    placed = [one for one in sellers if one.words in places]
    for one in placed:
        one.region = places[one.words]
    Seller.objects.bulk_update(placed, ["region"], batch_size=500)


def _members_by_name() -> dict[str, Member | None]:
    """By their whole name; nobody under a name that two have."""
    found: dict[str, Member | None] = {}
    for member in Member.objects.all():
        name = member.name.casefold()
        found[name] = None if name in found else member
    return found


def note_on_sellers(terms: Terms) -> list[Note]:
    """Say how many are named and in how many places, and where it is said who they are."""
    count = len(named_sellers(terms))
    if not count:
        return []
    places: dict[str, Any] = {"count": count}
    return [Note("sellers", count, _(
        "It says who sold, by %(count)s different names or numbers. Whoever goes by the name of "
        "somebody on the team is them; of the others, say it under Goals, Who sells."
    ) % places), *_note_on_places(terms)]  # fmt: skip


def _note_on_places(terms: Terms) -> list[Note]:
    count = len({place.casefold() for place in named_places(terms).values()})
    if not count:
        return []
    said = ngettext(
        "It says where it was sold, in %(count)s place: a goal can be set for what is sold there.",
        "It says where it was sold, in %(count)s different places: a goal can be set for what is "
        "sold in each.",
        count,
    )
    return [Note("regions", count, said % {"count": count})]
