"""Offers chosen and used in a process that may be killed: `python -m tests.faults.redeeming WORD`.

`REGULARS_HOME` and `DATABASE_URL` name the instance. `fill` plans an offer; `keep` chooses whom its
waves mean and makes their codes; `use N` tries to use one code and the code of everybody N times.
"""

import os
import sys
import uuid
from datetime import UTC, datetime

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
CUSTOMERS = 30
USES, STOCK = 3, 8


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django

    django.setup()
    word, *more = sys.argv[1:]
    if word == "fill":
        _fill()
    elif word == "keep":
        _keep()
    else:
        _use(int(more[0]))


def _fill() -> None:
    from django.core.management import call_command

    from tests.factories.customers import make_customer
    from tests.factories.offers import a_wave, make_offer
    from tests.factories.planning import make_facts
    from tests.factories.team import make_business

    call_command("migrate", verbosity=0, interactive=False)
    make_business()
    for nth in range(CUSTOMERS):
        make_facts(make_customer(f"Customer {nth}"), tier="core")
    make_offer(AT, a_wave(AT, 0, "core"), is_kept=False, uses=USES)
    waves = (a_wave(AT, -1 / 24, "core"), a_wave(AT, 0, closes=29))
    make_offer(AT.replace(hour=8), *waves, is_kept=False, stock=STOCK)


def _keep() -> None:
    from regulars.offers.actions import choosing, codes
    from regulars.offers.models import Offer

    # Several transactions, so that some are over when the process dies.
    choosing.ROWS_AT_FIRST = codes.TOGETHER = 10
    for offer in Offer.objects.order_by("pk"):
        choosing.keep_offer(offer, at=AT)


def _use(times: int) -> None:
    from regulars.core.actor import COMMAND
    from regulars.core.errors import Refusal
    from regulars.offers.actions.redeeming import redeem
    from regulars.offers.models import Offer
    from regulars.offers.queries.codes import codes_of, shared_code_of

    one, many = Offer.objects.order_by("pk")
    [own] = codes_of(one, [1]).values()
    for _turn in range(times):
        for code in (own, shared_code_of(many)):
            try:
                redeem(code, slip=uuid.uuid4().hex, by=COMMAND, at=AT)
            except Refusal:
                continue


if __name__ == "__main__":
    main()
