"""Several texts in one cell come back as they were."""

import random

import pytest

from regulars.core.several import in_one_cell, names_in_one_cell, names_of_cell, parted

SIGNS = (",", ";", "|", "\n", ":::", '"', " ", "*", "=", "a", "Weir", "“")


@pytest.mark.parametrize("seed", range(3))
def test_whatever_texts_stand_in_a_cell_come_back(seed: int) -> None:
    lot = random.Random(seed)
    for _nth in range(400):
        texts = ["".join(lot.choices(SIGNS, k=lot.randint(1, 5))) for _one in range(4)]
        several = texts[: lot.randint(1, 4)]

        assert list(parted(in_one_cell(several))) == several
        assert names_of_cell(names_in_one_cell(several)) == several


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ("trade, rye;oats", ["trade", "rye", "oats"]),
        ("* myContacts ::: Friends", ["Friends"]),
        ('"Rye, dark"; oats', ["Rye, dark", "oats"]),
        ('"half a quote, oats', ["half a quote", "oats"]),
        ("", []),
    ],
    ids=["plain", "address book", "quoted", "broken quote", "empty"],
)
def test_cells_that_others_wrote_are_parted_as_before(cell: str, texts: list[str]) -> None:
    assert list(parted(cell)) == texts


def test_a_name_that_others_wrote_is_never_parted() -> None:
    assert names_of_cell("Mill, Weir; Sons") == ["Mill, Weir; Sons"]
    assert names_of_cell('"Mill" and "Weir"') == ['"Mill" and "Weir"']
