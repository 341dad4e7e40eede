"""Deliveries asked after in a process that may be killed: `python -m tests.faults.checking_in`.

`REGULARS_HOME` and `DATABASE_URL` name the instance; it is filled by the first run.
"""

import os
import sys
from datetime import UTC, date, datetime, timedelta

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
CUSTOMERS = 60
ARRIVED = date(2026, 11, 20)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django

    django.setup()
    from regulars.care.actions import asking, check_ins

    if sys.argv[1:] == ["fill"]:
        _fill()
        return
    # Several transactions, so that some are over when the process dies.
    check_ins.STRETCH = asking.STRETCH = 20
    check_ins.start_check_ins(at=AT)
    asking.ask_due(at=AT)


def _fill() -> None:
    from django.core.management import call_command

    from tests.factories.customers import make_customer
    from tests.factories.orders import make_order
    from tests.factories.team import make_business

    call_command("migrate", verbosity=0, interactive=False)
    make_business()
    arrived = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for nth in range(CUSTOMERS):
        customer = make_customer(f"Customer {nth}", email=f"c{nth}@example.org")
        # Every second has two, which are asked after together.
        for _order in range(1 + nth % 2):
            make_order(customer, ARRIVED - timedelta(days=3), delivered_at=arrived)


if __name__ == "__main__":
    main()
