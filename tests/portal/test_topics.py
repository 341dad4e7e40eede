"""Who wants to hear only about some things sees that they do, as the gate judges it."""

from datetime import datetime

from django.test import Client

from regulars.consent.actions import set_wishes
from regulars.core.actor import SYSTEM
from regulars.messaging.gate import verdicts_for_customers
from regulars.team.models import Business
from tests.factories.consent import make_decision
from tests.factories.portal import link_to, make_ruth
from tests.portal.test_preferences import by_way, ticked_in


def test_the_page_says_and_shows_what_alone_they_want_to_hear_about(
    client: Client, business: Business, at: datetime
) -> None:
    ruth = make_ruth()
    make_decision(ruth)
    client.post(link_to("preferences", ruth, at))
    before = by_way(ticked_in(client.get("/p/")))["email"]
    set_wishes(ruth, by=SYSTEM, at=at, topics=["inform", "thank"])

    page = client.get("/p/")
    text = page.content.decode()
    told = {
        purpose: next(iter(verdicts_for_customers("email", purpose, at)))[1].code
        for purpose in before
    }

    assert by_way(ticked_in(page))["email"] == {"inform", "thank"} < before
    assert "You asked us to write only about this: News: what changes here and Thanks." in text
    assert {purpose for purpose, code in told.items() if code != "topics"} == {"inform", "thank"}
