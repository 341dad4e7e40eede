"""What prices do in the background."""

from datetime import datetime

from regulars.core import jobs
from regulars.core.actor import SYSTEM
from regulars.core.jobs import RunningJob
from regulars.prices.actions.asking_shops import FETCH_JOB, look_at_shop
from regulars.prices.actions.checking import CHECK_JOB, check_all, check_prices
from regulars.prices.actions.righting import RIGHT_JOB, hand_out
from regulars.prices.actions.shops import begin_look
from regulars.prices.models import Righting, ShopLook
from regulars.prices.queries.shops import LOOK_JOB, shop_to_fetch


@jobs.job(CHECK_JOB, is_urgent=True)
def check(running: RunningJob, at: datetime) -> dict[str, int]:
    """One price, or every price that can still undercut somebody."""
    price_id = running.arguments.get("price_id")
    return {"concerned": check_all(at=at) if price_id is None else check_prices([price_id], at=at)}


@jobs.job("prices.check_daily")
def check_daily(_running: RunningJob, at: datetime) -> dict[str, int]:
    """Whoever paid more since, or paid too long ago to count."""
    return {"concerned": check_all(at=at)}


@jobs.job(RIGHT_JOB, is_urgent=True)
def right(running: RunningJob, at: datetime) -> dict[str, int]:
    """Credit or codes for all for whom it is made right."""
    found = Righting.objects.filter(pk=running.arguments["righting_id"]).first()
    return {"given": hand_out(found, by=SYSTEM, at=at) if found else 0}


@jobs.job(FETCH_JOB)
def fetch(running: RunningJob, at: datetime) -> dict[str, int]:
    """Ask the shop what everybody pays now, where an owner has it asked each morning."""
    shop = shop_to_fetch()
    if shop is None:
        return {"asked": 0}
    begin_look(shop, by=SYSTEM, at=at, tries=running.arguments.get("tries", 1))
    return {"asked": 1}


@jobs.job(LOOK_JOB, is_urgent=True)
def look_at_list(running: RunningJob, at: datetime) -> dict[str, int]:
    """One look at the shop's list, asked for by a person or by the morning."""
    look = ShopLook.objects.select_related("shop", "by", "operation").filter(
        pk=running.arguments["look_id"]
    ).first()  # fmt: skip
    if look is None:
        return {"products": 0}
    by = look.by.actor if look.by else SYSTEM
    look = look_at_shop(look, by=by, at=at, tell=running.progress)
    return {"products": look.products, "new": look.new, "changed": look.changed}
