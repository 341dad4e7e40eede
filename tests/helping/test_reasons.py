"""Whoever waits for our help is on the day's list; a text that asks sells nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from regulars.consent.choices import Channel
from regulars.core.actor import SYSTEM
from regulars.core.errors import Refusal
from regulars.core.reasons import ReasonDay
from regulars.helping.actions import come_back
from regulars.helping.reasons import describe, waiting_requests
from regulars.messaging.actions.messages import write_message
from regulars.messaging.linting import Written, grave_findings
from regulars.messaging.models import Message
from regulars.messaging.starters import starters
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.helping import make_request
from tests.factories.messaging import make_version

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
        ("serve", "Dazu ein Gutschein für Sie", ["strings"]),
        ("ask", "Et une remise : 5 € de réduction", ["strings"]),
        ("ask", "Con un buono sconto", ["strings"]),
    ],
)
def test_who_asks_with_strings_is_refused(purpose: str, words: str, codes: list[str]) -> None:
    body = f"{words}\n\n[How can we help?]({{{{ help_url }}}})\n\n{{{{ signature }}}}"

    found = grave_findings(Written("How can we help?", "", body, purpose))

    assert [one.code for one in found] == codes


@pytest.mark.parametrize(
    ("purpose", "words", "is_refused"),
    [
        ("ask", "How can we help? And this voucher is yours.", True),
        ("ask", "Wie können wir Ihnen helfen? 10 % für Sie.", True),
        ("ask", "How can we help? Tell us in a line.", False),
        # Meant to sell and said so, or with nothing asked, it is another matter.
        ("sell", "How can we help? And this voucher is yours.", False),
        ("recover", "What can we do for you? The voucher is yours already.", False),
    ],
)
def test_one_letter_to_one_customer_asks_without_strings_whoever_writes_it(
    owner: Member, at: datetime, purpose: str, words: str, is_refused: bool
) -> None:
    ruth = make_customer(email="ruth@x.example")
    version = make_version(purpose, body=f"{words}\n\n{{{{ signature }}}}")

    def write() -> Message:
        return write_message(
            ruth, version=version, purpose=purpose, nonce="a", by=owner.actor, at=at
        )

    if is_refused:
        with pytest.raises(Refusal, match="asks how you can help, and sells besides"):
            write()
        assert not Message.objects.exists()
    else:
        assert write().purpose == purpose


def test_the_text_that_comes_along_asks_without_strings() -> None:
    asks = next(one for one in starters() if one.key == "how-can-we-help")

    assert grave_findings(Written(asks.subject, asks.preheader, asks.body, asks.purpose)) == []
