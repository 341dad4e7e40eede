"""What one customer had from us to read, and what fits them, as their page shows it."""

from datetime import date
from typing import Any

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.library.blocking import has_open_matter
from regulars.library.choices import Answer
from regulars.library.models import Article
from regulars.library.queries.articles import is_sharer, shares_with, told_by
from regulars.library.queries.people import articles_for, lately_bought
from regulars.library.rules import may_see_bought, may_see_fits
from regulars.library.sentences import why_it_fits
from regulars.team.queries import the_named_business

SHOWN, LOOKED_AT = 3, 200


def panel_of(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What fits them, what they had, what came back."""
    now = clock.now()
    is_waiting = has_open_matter(customer.pk, now)
    may_share = is_sharer(actor) and customer.archived_at is None
    return {
        "customer": customer,
        "may_share": may_share and not is_waiting,
        "is_waiting": is_waiting,
        "fitting": []
        if is_waiting
        else _fitting(customer, actor, the_named_business().day_of(now)),
        "shares": list(shares_with(customer)[:SHOWN]),  # type: ignore[index]
        "may_answer": may_share,
        "answers": Answer.choices,
    }


def _fitting(customer: Customer, actor: Actor, day: date) -> list[tuple[Article, str]]:
    if not may_see_fits(actor):
        return []
    rows = Article.objects.true_on(day).prefetch_related("topics").order_by("-created_at", "-pk")
    told = [(one, told_by(one)) for one in rows[:LOOKED_AT]]
    if not told:
        return []
    bought = lately_bought(customer.pk) if may_see_bought(actor) else []
    fits = articles_for(customer.pk, told, bought=bought)[:SHOWN]
    return [(article, why_it_fits(fit)) for article, fit in fits]
