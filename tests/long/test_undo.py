"""Do and undo is the same database, for a thousand sequences: `./dev long undo`."""

from datetime import datetime

import pytest

from tests.core.undo_model import do_and_undo

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(1_000, 2_000))
def test_do_and_undo_is_the_same_database(business: object, at: datetime, seed: int) -> None:
    do_and_undo(seed, at)
