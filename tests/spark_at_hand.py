"""One machine of Java for a whole run of tests: `pytest -p tests.spark_at_hand`."""

from collections.abc import Iterator
from typing import Any

import pytest

from regulars.engines import spark


@pytest.fixture(scope="session", autouse=True)
def _spark_stays() -> Iterator[None]:
    """Each count opens an engine, and starting one takes longer than what the tests count."""
    opened: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spark, "let_go", opened.append)
        yield
    if opened:
        spark.let_go(opened[-1])
