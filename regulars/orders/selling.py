"""Those who sold, as the files of an import name them."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.bulk import rows_of
from regulars.core.column_sets import Note, Step, Terms
from regulars.core.errors import Refusal
from regulars.orders.models import Seller
from regulars.team.models import Member

# No business has more people who sell; a column that names more names something else.
MOST_SELLERS = 1_000
# Who it is of an order that is staged as `s`.
SELLER = "(SELECT w.id FROM orders_seller w WHERE w.source = %(source)s AND w.words = s.sold_by)"
NAMED = (
    "SELECT DISTINCT s.sold_by FROM orders_stagedorder s"
    " WHERE s.import_id = %s AND s.sold_by <> '' LIMIT %s"
)


def named_sellers(terms: Terms) -> list[str]:
    """How the files of an import call those who sold; a column of something else is refused."""
    found = [str(row[0]) for row in rows_of(NAMED, [terms.import_id, MOST_SELLERS + 1])]
    if len(found) > MOST_SELLERS:
        raise Refusal(
            _("The column of who sold holds more than %(most)s different names.")
            % {"most": MOST_SELLERS},
            _("That is something else, such as the customer: leave it out, or choose another."),
        )
    return found


def note_sellers(terms: Terms) -> Iterator[Step]:
    """Know those who are new, and whom of the team they are where the whole name is the same."""
    yield lambda: _known_anew(terms)


def _known_anew(terms: Terms) -> int:
    named = named_sellers(terms)
    if not named:
        return 0
    new = [Seller(source=terms.source, words=words) for words in named]
    Seller.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    nobody_yet = Seller.objects.filter(
        source=terms.source, words__in=named, member=None, is_told=False
    )
    by_name = _members_by_name()
    found = []
    for seller in nobody_yet:
        member = by_name.get(seller.words.casefold())
        if member is not None:
            seller.member = member
            found.append(seller)
    Seller.objects.bulk_update(found, ["member"], batch_size=500)
    return len(named)


def _members_by_name() -> dict[str, Member | None]:
    """By their whole name; nobody under a name that two have."""
    found: dict[str, Member | None] = {}
    for member in Member.objects.all():
        name = member.name.casefold()
        found[name] = None if name in found else member
    return found


def note_on_sellers(terms: Terms) -> list[Note]:
    """Say how many are named, and where it is said who they are."""
    count = len(named_sellers(terms))
    if not count:
        return []
    places: dict[str, Any] = {"count": count}
    return [Note("sellers", count, _(
        "It says who sold, by %(count)s different names or numbers. Whoever goes by the name of "
        "somebody on the team is them; of the others, say it under Goals, Who sells."
    ) % places)]  # fmt: skip
