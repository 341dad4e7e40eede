"""What an undo carries in its address."""

from datetime import datetime, timedelta

import pytest

from regulars.core.errors import NotAllowed
from regulars.core.slips import read_slip, write_slip

VALUES = [7, "email", [{"value": "ruth@juniper.example", "label": "Ärmel 用户"}], None]


def test_a_slip_brings_its_values_back_and_shows_nothing_of_them(at: datetime) -> None:
    slip = write_slip("points", VALUES, at=at)

    assert read_slip(slip, "points", at=at + timedelta(hours=23)) == VALUES
    assert "ruth" not in slip
    assert "/" not in slip


@pytest.mark.parametrize(
    ("spoil", "purpose", "later"),
    [
        (lambda slip: slip, "cell", 1), (lambda slip: slip, "points", 25),
        (lambda slip: slip[:-6] + "AAAA==", "points", 1), (lambda _slip: "forged", "points", 1),
        (lambda _slip: "1.ü", "points", 1),
    ],
    ids=["another purpose", "long ago", "spoilt", "forged", "not ours"],
)  # fmt: skip
def test_other_slips_take_nothing_back(
    at: datetime, spoil: object, purpose: str, later: int
) -> None:
    slip = spoil(write_slip("points", VALUES, at=at))  # type: ignore[operator]

    with pytest.raises(NotAllowed):
        read_slip(slip, purpose, at=at + timedelta(hours=later))
