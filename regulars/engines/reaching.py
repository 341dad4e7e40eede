"""Whether what is to count can count: asked before anyone waits for it."""

from django.conf import settings

from regulars.core.errors import Refusal
from regulars.engines import postgres, spark
from regulars.engines.errors import UnknownEngine
from regulars.engines.opening import DUCKDB, ENGINES


def trouble_of_the_engine() -> Refusal | None:
    """What stands in the way of the engine that the setting chooses; None when nothing does."""
    address = settings.INSIGHT_ENGINE
    kind = address.partition(":")[0]
    try:
        if kind not in ENGINES:
            raise UnknownEngine(kind, sorted(ENGINES))
        if kind != DUCKDB:
            _ask(kind, address)
    except Refusal as refusal:
        return refusal
    return None


def _ask(kind: str, address: str) -> None:
    if kind == "spark":
        spark.refuse_without(spark.master_of(address))
    else:
        postgres.opened(address).close()
