"""Open days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from regulars.insight.calendar import OpenDays

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 120).map(lambda days: FIRST + timedelta(days=days))
STRETCHES = st.lists(st.tuples(DAYS, st.integers(0, 20)), max_size=5)


def test_days_closed_are_counted_once_where_stretches_overlap() -> None:
    days = OpenDays([(date(2026, 1, 5), date(2026, 1, 8)), (date(2026, 1, 7), date(2026, 1, 10))])

    assert days.closed_between(date(2026, 1, 1), date(2026, 1, 31)) == 6
    assert days.closed_between(date(2026, 1, 6), date(2026, 1, 9)) == 3
    assert days.open_between(date(2026, 1, 4), date(2026, 1, 11)) == 1


def test_the_table_numbers_open_days_and_reaches_far_enough() -> None:
    days = OpenDays([(date(2026, 1, 3), date(2026, 1, 4))])

    table = days.table(FIRST, 2, after=date(2026, 1, 2))

    assert table == {
        "day": [date(2026, 1, day) for day in range(1, 7)],
        "ordinal": [1, 2, 2, 2, 3, 4],
        "is_open": [True, True, False, False, True, True],
    }


@given(STRETCHES, DAYS, DAYS)
def test_counting_stretches_equals_counting_days(
    stretches: list[tuple[date, int]], one: date, other: date
) -> None:
    closed = [(starts, starts + timedelta(days=length)) for starts, length in stretches]
    earlier, later = sorted((one, other))

    by_day = sum(
        any(starts <= earlier + timedelta(days=n) <= ends for starts, ends in closed)
        for n in range(1, (later - earlier).days + 1)
    )

    assert OpenDays(closed).closed_between(earlier, later) == by_day
