"""The house's sheet says in words how to say no, with a link or, before there are any, without."""

import pytest

from regulars.messaging.linting import Written, findings_of
from regulars.messaging.texts import compile_version, preview_of

# A text may say fields that the business made for itself: they stand in the database.
pytestmark = pytest.mark.django_db

ANSWER = "You would rather not hear from us? Answer this with the word stop."
LINKS = {
    "unsubscribe_url": "https://x.example/u/1",
    "preferences_url": "https://x.example/p/1",
}


def made(values: dict[str, str]) -> tuple[str, str]:
    """The page and the plain text of a mail on the house's sheet."""
    whole = {"business_name": "Juniper & Rye", **values}
    rendered = preview_of(compile_version("Hello", "", "We are open.")).render(whole)
    return rendered.html, rendered.text


def test_without_a_public_address_the_way_out_is_said_in_words() -> None:
    page, text = made({"unsubscribe_url": "", "preferences_url": ""})

    assert f"<p>{ANSWER}</p>" in page
    assert ANSWER in text.splitlines()
    assert "Stop these messages" not in page + text


def test_with_one_it_is_a_link_and_nothing_else() -> None:
    page, text = made(LINKS)

    assert 'href="https://x.example/u/1"' in page
    assert "Stop these messages: https://x.example/u/1" in text
    assert "the word stop" not in page + text


def test_whoever_only_confirms_is_on_no_list_that_they_could_leave() -> None:
    page, text = made({"confirm_url": "https://x.example/c/1"})

    assert "the word stop" not in page + text


@pytest.mark.django_db
@pytest.mark.usefixtures("business")
def test_the_check_beside_the_editor_knows_that_the_house_has_a_way_out() -> None:
    found = findings_of(Written("Hello", "", "{{ greeting }} We are open.", "inform"))

    assert [one.code for one in found] == []
