"""Lines of staging on their way from the process that read them."""

import marshal
from typing import Any

from regulars.customers.columns import Person
from regulars.customers.staged_lines import _staged, packed
from regulars.intake.parsing import Cut


def line(**told: Any) -> list[Any]:
    person = Person(**told)
    return _staged(person, person.key, 2, 1, b"key")


def test_columns_that_hold_nothing_in_any_line_are_left_out() -> None:
    names, rows = marshal.loads(packed([line(name="Ada"), line(name="Bea", street="1 High St")]))

    assert {"name", "street", "sort_name", "kind", "row_no"} <= set(names)
    assert not {"postcode", "email", "since_on", "says_text_at"} & set(names)
    assert [row[names.index("street")] for row in rows] == ["", "1 High St"]


def test_a_text_that_was_cut_travels_as_a_plain_one() -> None:
    names, rows = marshal.loads(packed([line(name="Ada", about=Cut("long"))]))

    assert rows[0][names.index("about")] == "long"
