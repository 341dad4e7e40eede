import pytest

from regulars.intake.values.dates import DateStyle, NotADate, read_moment

LONDON = DateStyle("Europe/London", day_first=True, year_now=2026)
NEW_YORK = DateStyle("America/New_York", day_first=False, year_now=2026)


@pytest.mark.parametrize(
    ("text", "utc", "day"),
    [
        ("2026-07-03", "2026-07-02 23:00:00", "2026-07-03"),
        ("2026-01-03 08:26:00", "2026-01-03 08:26:00", "2026-01-03"),
        ("2026-07-03T08:26:00Z", "2026-07-03 08:26:00", "2026-07-03"),
        ("2026-07-03T23:30:00-05:00", "2026-07-04 04:30:00", "2026-07-04"),
        ("2026-07-03T08:26:00.123+0200", "2026-07-03 06:26:00", "2026-07-03"),
        ("19970101", "1997-01-01 00:00:00", "1997-01-01"),
        ("03/07/2026", "2026-07-02 23:00:00", "2026-07-03"),
        ("3.1.26", "2026-01-03 00:00:00", "2026-01-03"),
        ("31/12/99", "1999-12-31 00:00:00", "1999-12-31"),
        ("01/20/2026 2:30 PM", "2026-01-20 14:30:00", "2026-01-20"),
        ("12 Mar 2025", "2025-03-12 00:00:00", "2025-03-12"),
        ("15-Jan-2024", "2024-01-15 00:00:00", "2024-01-15"),
        ("January 5, 2024", "2024-01-05 00:00:00", "2024-01-05"),
        ("5. März 2024", "2024-03-05 00:00:00", "2024-03-05"),
        ("5 de marzo de 2024", "2024-03-05 00:00:00", "2024-03-05"),
        ("2026/05/28 7:01:33 PM GMT+2", "2026-05-28 17:01:33", "2026-05-28"),
        ("'1990-05-02", "1990-05-01 23:00:00", "1990-05-02"),
        # The clocks skip 01:30 on this night, and have it twice in October.
        ("2026-03-29 01:30", "2026-03-29 01:30:00", "2026-03-29"),
        ("2026-10-25 01:30", "2026-10-25 00:30:00", "2026-10-25"),
    ],
)
def test_a_date_is_read_in_the_styles_people_use(text: str, utc: str, day: str) -> None:
    moment = read_moment(text, LONDON)

    assert (moment.utc, moment.day) == (utc, day)


def test_a_clock_time_without_a_zone_is_the_time_of_the_business() -> None:
    moment = read_moment("07/03/2026 22:15", NEW_YORK)

    assert (moment.utc, moment.day) == ("2026-07-04 02:15:00", "2026-07-03")


def test_a_workbooks_number_is_a_day_only_where_it_comes_from_a_workbook() -> None:
    style = DateStyle("UTC", serials=True)

    assert read_moment("45000.5", style).utc == "2023-03-15 12:00:00"
    with pytest.raises(NotADate, match="is not a date"):
        read_moment("45000.5", DateStyle("UTC"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("31.02.2026", "The calendar has no 31.2.2026."),
        ("yesterday", "“yesterday” is not a date that can be read."),
        ("2026-13-45", "The calendar has no 45.13.2026."),
        ("12 Foo 2026", "“Foo” is not a month."),
        ("2026-01-01 25:00", "“25:00” is not a time of day."),
        ("0001-01-01", "The year 1 cannot be right."),
        ("1e309", "“1e309” is not a date that can be read."),
    ],
)
def test_what_is_no_date_says_so(text: str, sentence: str) -> None:
    with pytest.raises(NotADate) as wrong:
        read_moment(text, LONDON)

    assert str(wrong.value) == sentence
