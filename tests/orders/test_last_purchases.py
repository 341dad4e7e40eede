"""Some grounds of writing rest on when customers last bought: files and older instances say it."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from regulars.consent.actions import set_wishes
from regulars.consent.models import Wish
from regulars.core.actor import SYSTEM
from tests.factories.customers import A_DAY, make_customer
from tests.factories.intake import bring

TILL = """Receipt,Date,Customer ID,Name,Item,Qty,Price
1,2026-11-02 08:30,7,Ruth Calloway,Rye loaf,2,3.40
2,2026-11-05 09:00,7,Ruth Calloway,Bun,1,1.10
3,2026-11-03 09:00,8,Oscar Lind,Bun,1,1.10
4,2026-11-06 09:00,,,Bun,1,1.10
C5,2026-11-07 10:00,8,Oscar Lind,Bun,-1,1.10
"""


def bought() -> dict[str, date | None]:
    return dict(Wish.objects.values_list("customer__name", "last_purchase_on"))


@pytest.mark.django_db
def test_an_import_of_orders_keeps_when_everybody_last_bought(business: object) -> None:
    bring("orders", TILL)
    first = bought()

    bring("orders", TILL + "6,2026-11-09 09:00,8,Oscar Lind,Bun,1,1.10\n")

    assert first == {"Ruth Calloway": date(2026, 11, 5), "Oscar Lind": date(2026, 11, 3)}
    assert bought() == first | {"Oscar Lind": date(2026, 11, 9)}


@pytest.fixture
def upgraded(transactional_db: None) -> Iterator[None]:
    """Whatever happens, the tables are those of today at the end."""
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("upgraded")
def test_an_older_instance_learns_it_when_it_is_brought_up_to_date() -> None:
    before = MigrationExecutor(connection).migrate([("orders", "0002_stagedline_order_minor")])
    ruth, oscar, nobody = (make_customer(name) for name in ("Ruth", "Oscar", "Nobody"))
    set_wishes(ruth, by=SYSTEM, at=A_DAY, topics=["thank"], every_days=14)
    told = [(ruth, 3, "sale"), (ruth, 9, "sale"), (ruth, 5, "sale"), (oscar, 1, "sale"),
            (oscar, 20, "cancellation"), (nobody, 20, "cancellation")]  # fmt: skip
    # As the table was then.
    before.apps.get_model("orders", "Order").objects.bulk_create(
        before.apps.get_model("orders", "Order")(
            customer_id=who.pk, source="till", external_id=f"T{nth}", kind=kind, placed_at=A_DAY,
            placed_on=date(2026, 11, day), total_minor=100, currency="GBP",
        )
        for nth, (who, day, kind) in enumerate(told)
    )  # fmt: skip

    MigrationExecutor(connection).migrate([("orders", "0003_last_purchases")])

    assert bought() == {"Ruth": date(2026, 11, 9), "Oscar": date(2026, 11, 1)}
    wish = Wish.objects.get(customer=ruth)
    assert (wish.topics, wish.only_for, wish.every_days) == (["thank"], ",thank,", 14)
