"""Do and undo is the same database: a hundred sequences here, more by `./dev long undo`."""

from datetime import datetime

import pytest

from tests.core.undo_model import do_and_undo

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(100))
def test_do_and_undo_is_the_same_database(business: object, at: datetime, seed: int) -> None:
    do_and_undo(seed, at)
