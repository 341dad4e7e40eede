"""Whoever waits for our help is on the day's list; a text that asks sells nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from regulars.consent.choices import Channel
from regulars.core.actor import SYSTEM
from regulars.core.reasons import ReasonDay
from regulars.helping.actions import come_back
from regulars.helping.reasons import describe, waiting_requests
from regulars.messaging.linting import Written, grave_findings
from regulars.messaging.starters import starters
from tests.factories.customers import make_customer
from tests.factories.helping import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
DAY = timedelta(days=1)


def test_from_the_day_before_it_is_due_until_we_came_back(at: datetime) -> None:
    ruth, jo, cy = make_customer(), make_customer("Jo"), make_customer("Cy")
    late = make_request(ruth, at - 9 * DAY, words="Which one?")
    make_request(jo, at, due_at=at + 9 * DAY)
    soon = make_request(cy, at, due_at=at + DAY)
    today = ReasonDay(at.date(), UTC)  # type: ignore[arg-type]

    rows = {row["customer_id"]: (row["overdue"], row["subject"]) for row in waiting_requests(today)}
    told = describe([str(late.pk), str(soon.pk)])

    assert rows == {ruth.pk: (3.0, str(late.pk)), cy.pk: (1.0, str(soon.pk))}
    assert told[str(late.pk)].sentence.startswith("They asked for help with: Choosing what fits")
    assert told[str(late.pk)].lines[0].text == "Which one?"
    come_back(late, outcome="This one", channel=Channel.CALL, by=SYSTEM, at=at)
    assert {row["customer_id"] for row in waiting_requests(today)} == {cy.pk}


@pytest.mark.parametrize(
    ("purpose", "words", "codes"),
    [
        ("ask", "Dear {{ first_name }}", []),
        ("ask", "And 20 % off for you", ["strings"]),
        ("sell", "Dear {{ first_name }}", ["strings"]),
    ],
)
def test_who_asks_with_strings_is_refused(purpose: str, words: str, codes: list[str]) -> None:
    body = f"{words}\n\n[How can we help?]({{{{ help_url }}}})\n\n{{{{ signature }}}}"

    found = grave_findings(Written("How can we help?", "", body, purpose))

    assert [one.code for one in found] == codes


def test_the_text_that_comes_along_asks_without_strings() -> None:
    asks = next(one for one in starters() if one.key == "how-can-we-help")

    assert grave_findings(Written(asks.subject, asks.preheader, asks.body, asks.purpose)) == []
