from datetime import timedelta

import pytest
from django.db import connection

from regulars.core.time_limit import TookTooLong, at_most

pytestmark = pytest.mark.django_db

ENDLESS = (
    "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)"
    " SELECT count(*) FROM (SELECT n FROM numbers LIMIT 2000000000) AS counted"
)


def answer_to(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_what_takes_too_long_is_broken_off_and_the_next_question_is_answered() -> None:
    with pytest.raises(TookTooLong), at_most(timedelta(milliseconds=50)):
        answer_to(ENDLESS)

    assert answer_to("SELECT 7") == 7


def test_what_is_quick_is_answered_and_the_limit_ends_with_it() -> None:
    with at_most(timedelta(seconds=5)):
        assert answer_to("SELECT 7") == 7

    if connection.vendor == "postgresql":
        assert answer_to("SHOW statement_timeout") == "0"
    assert answer_to("SELECT count(*) FROM team_member") == 0


def test_other_troubles_of_the_database_stay_what_they_are() -> None:
    from django.db import DatabaseError

    with pytest.raises(DatabaseError), at_most(timedelta(seconds=5)):
        answer_to("SELECT * FROM no_such_table")


def test_with_no_time_at_all_nothing_is_asked() -> None:
    asked: list[object] = []

    with pytest.raises(TookTooLong), at_most(timedelta(0)):
        asked.append(answer_to("SELECT 7"))

    assert asked == []
