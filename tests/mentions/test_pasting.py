"""What a pasted review is taken to say."""

from datetime import date

import pytest

from regulars.mentions.pasting import Pasted, read_pasted, site_of

pytestmark = pytest.mark.same_on_each
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "Ruth Calloway\nLocal Guide · 12 reviews\n★★☆☆☆ 2 weeks ago\n"
            "The rye was burnt.\n\nTwice.\nhttps://www.google.com/maps/r/1.",
            Pasted("Google", "Ruth Calloway", "https://www.google.com/maps/r/1", 2, 5,
                   date(2026, 11, 10), "The rye was burnt.\n\nTwice."), id="stars drawn",
        ),
        pytest.param(
            "Joss T.\nRated 4.0 out of 5\n3 May 2026\nGood, and a bit dear",
            Pasted("", "Joss T.", "", 4, 5, date(2026, 5, 3), "Good, and a bit dear"),
            id="stars said",
        ),
        pytest.param(
            "Einfach gut. Gerne wieder!\n5 Sterne\nvor 3 Tagen",
            Pasted("", "", "", 5, 5, date(2026, 11, 21), "Einfach gut. Gerne wieder!"), id="german",
        ),
        pytest.param(
            "8/10\nMay 9, 2026\nCold tea, warm people",
            Pasted("", "", "", 8, 10, date(2026, 5, 9), "Cold tea, warm people"), id="of ten",
        ),
        pytest.param("Only words", Pasted(words="Only words"), id="words alone"),
        pytest.param(
            "Jo\nyesterday\nOn 2027-01-01 I come again",
            Pasted("", "Jo", "", None, 5, None, "On 2027-01-01 I come again"), id="a day to come",
        ),
        pytest.param("9 out of 5", Pasted(), id="a mark off its scale"),
        pytest.param("", Pasted(), id="nothing"),
    ],
)  # fmt: skip
def test_what_it_seems_to_say(text: str, said: Pasted) -> None:
    assert read_pasted(text, TODAY) == said


@pytest.mark.parametrize(
    ("link", "site"),
    [
        ("https://www.yelp.co.uk/biz/x", "Yelp"), ("https://x.com/a/1", "X"),
        ("https://guide.ambley.example/1", "guide.ambley.example"), ("https://[::1", ""), ("", ""),
    ],
)  # fmt: skip
def test_what_people_call_the_site(link: str, site: str) -> None:
    assert site_of(link) == site


def test_a_book_keeps_nobody_busy() -> None:
    long = "★ 1 of " * 200_000

    assert len(read_pasted(long, TODAY).words) < 10_001
