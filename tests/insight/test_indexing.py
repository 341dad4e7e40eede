"""The indexes of the facts, left out while an empty table is filled, are made and mended."""

import pytest

from regulars.core.bulk import rows_of, run_sql
from regulars.insight.indexing import mend_indexes, statements

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]


def there() -> dict[str, str]:
    """The indexes that the table has, as the SQL that made them."""
    return dict(rows_of(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name = 'insight_customerfacts'"
    ))  # fmt: skip


def test_what_is_made_after_the_filling_is_what_the_migrations_made() -> None:
    assert statements() == there()


def test_an_index_that_a_crash_left_out_is_made_again() -> None:
    before = there()
    run_sql("DROP INDEX facts_by_tier")

    assert mend_indexes() == ["facts_by_tier"]
    assert there() == before
    assert mend_indexes() == []
