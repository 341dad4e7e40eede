"""The list of offers: where each stands, and what became of each of its waves."""

from collections.abc import Iterator
from typing import Any

from regulars.cli.listing import Listing, cut


def _offers() -> Any:
    from regulars.core.actor import COMMAND
    from regulars.offers.queries.offers import offers_for

    return offers_for(COMMAND)


def _items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.core import clock
    from regulars.offers.queries.meant import meant_in_words
    from regulars.offers.queries.offers import given_away, standing_of, uptake_of

    at = clock.now()
    for one in cut(_offers().order_by("-pk"), limit):
        uptake = uptake_of(one)
        given = given_away(one, uptake)
        yield {
            "id": one.pk, "name": one.name, "standing": str(standing_of(one, at).value),
            "kind": one.kind, "percent": one.percent, "value_minor": one.value_minor,
            "currency": one.currency, "stock": one.stock, "left_for_all": one.common_left,
            "given_away_minor": None if given is None else given.minor,
            "waves": [
                {
                    "name": found.wave.name, "meant": meant_in_words(found.wave),
                    "opens_at": found.wave.opens_at.isoformat(),
                    "closes_at": found.wave.closes_at.isoformat(),
                    "customers": None if found.wave.is_public else found.chosen,
                    "told": found.told.count if found.told else 0,
                    "posted": found.posted.count if found.posted else 0, "used": found.used,
                }
                for found in uptake
            ],
        }  # fmt: skip


def _line(item: dict[str, Any]) -> str:
    used = sum(wave["used"] for wave in item["waves"])
    opens = " / ".join(f"{wave['name']} {wave['opens_at'][:10]}" for wave in item["waves"])
    return f"{item['id']:>6}  {item['standing']:<8}  {item['name']}: {opens or '-'}; used {used}"


LISTINGS = {"offers": Listing(lambda: _offers().count(), _items, _line)}
