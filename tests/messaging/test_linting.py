"""What is said beside the editor."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.messaging.linting import Written, findings_of
from regulars.messaging.starters import starters
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db

FAIR = {
    "subject": "Thank you", "preheader": "", "body": "{{ greeting }}\n\nThanks.", "purpose": "serve"
}  # fmt: skip


def codes(**over: Any) -> list[str]:
    return [one.code for one in findings_of(Written(**{**FAIR, **over}))]


def test_a_fair_text_has_nothing_against_it() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("over", "code", "is_grave"),
    [
        ({"body": "{{ fist_name }}"}, "refused", True),
        ({"subject": " "}, "no_subject", True),
        ({"subject": "x" * 61}, "long_subject", False),
        ({"body": "  "}, "no_body", True),
        ({"body": "We are open."}, "impersonal", False),
        ({"body": "{{ greeting }} [What went wrong.]"}, "unwritten", True),
        ({"body": "{{ greeting }} 20% off bread!"}, "sells", False),
        ({"subject": "Last chance, Ruth"}, "sells", False),
        ({"body": "{{ greeting }} [x](http://x.example)"}, "plain_link", False),
        ({"body": "{{ greeting }} <http://x.example>"}, "plain_link", False),
        ({"body": "{{ greeting }} [x](https://bit.ly/x)"}, "short_link", False),
        ({"body": "{{ greeting }} [x](/menu)"}, "dead_link", True),
        ({"body": "{{ greeting }} `[x](https://[)`"}, "dead_link", True),
        ({"body": "{{ greeting }} [x](javascript:alert(1))"}, "refused", True),
        ({"body": "{{ greeting }} [x](JaVaScript&colon;alert)"}, "refused", True),
        ({"body": "{{ greeting }} [x][1]\n\n[1]: data:text/html,x"}, "refused", True),
        ({"body": "{{ greeting }} <vbscript:x>"}, "refused", True),
        ({"body": "{{ greeting }} [x](http://)"}, "refused", True),
        ({"body": "{{ greeting }} [x](https:///menu)"}, "refused", True),
        ({"body": "{{ greeting }} [x](https://[)"}, "dead_link", True),
        ({"body": "{{ greeting }}\n\n" + "- a\n" * 9_500}, "large", True),
        ({"layout": "<mjml><mj-body><mj-section><mj-column><mj-text>{{ content }}</mj-text>"
                    "</mj-column></mj-section></mj-body></mjml>"}, "no_way_out", True),
    ],
)  # fmt: skip
def test_each_fault_has_its_sentence(over: dict[str, str], code: str, is_grave: bool) -> None:
    [finding] = findings_of(Written(**{**FAIR, **over}))

    assert (finding.code, finding.is_grave) == (code, is_grave)
    assert finding.sentence
    assert finding.remedy


def sheet(foot: str) -> str:
    return (
        "<mjml><mj-body><mj-section><mj-column><mj-text>{{ content }}</mj-text>"
        f"<mj-text>{foot}</mj-text></mj-column></mj-section></mj-body></mjml>"
    )


ANSWER = "{% unless unsubscribe_url %}Answer with stop.{% endunless %}"
LINK = '<a href="{{ unsubscribe_url }}">Stop</a>'


@pytest.mark.parametrize(
    ("foot", "is_out"),
    [
        (LINK, True),
        ('<a href="{{ preferences_url }}">Choose</a>', True),
        (f"{{% if first_name %}}{LINK}{{% else %}}{LINK}{{% endif %}}", True),
        (f"{{% if unsubscribe_url %}}{LINK}{{% else %}}Answer with stop.{{% endif %}}", True),
        (f"{{% if unsubscribe_url %}}{LINK}{{% endif %}}{ANSWER}", True),
        (f"{{% if first_name %}}{LINK}{{% endif %}}", False),
        (f"{{% unless first_name %}}{LINK}{{% endunless %}}", False),
        (f"{{% if business_phone %}}Ring us{{% else %}}{LINK}{{% endif %}}", False),
        (f"{{% case full_name %}}{{% when 'Ruth' %}}{LINK}{{% endcase %}}", False),
        (f"{{% if unsubscribe_url %}}{LINK}{{% endif %}}", False),
        ("Write to unsubscribe_url", False),
    ],
)  # fmt: skip
def test_a_sheet_of_ones_own_offers_the_way_out_to_everybody(foot: str, is_out: bool) -> None:
    found = findings_of(Written(**FAIR, layout=sheet(foot)))

    faults = [] if is_out else [("no_way_out", True)]
    assert [(one.code, one.is_grave) for one in found] == faults


@pytest.mark.parametrize(
    "over",
    [
        {"purpose": "sell", "body": "{{ greeting }} 20% off bread"},
        {"body": "{{ greeting }} [x]({{ preferences_url }}), [y](mailto:a@x.example)"},
        {"body": "We are open.\n\n{{ signature }}"},
        {"subject": "Thank you, {{ first_name | default: 'and see you when you are near' }}"},
    ],
)
def test_what_is_fine_is_not_spoken_of(over: dict[str, str]) -> None:
    assert codes(**over) == []


def test_it_counts_who_would_not_get_it_whatever_their_number() -> None:
    make_customer("Weir School", kind="organisation")
    text = Written("For {{ first_name }}", "", "{{ family_name }} {{ first_name }}", "serve")

    with CaptureQueriesContext(connection) as few:
        one = findings_of(text)
    for number in range(3):
        make_customer(f"School {number}", kind="organisation")
    make_customer("Ruth Calloway")
    with CaptureQueriesContext(connection) as many:
        four = findings_of(text)

    assert [(f.code, f.sentence) for f in four] == [
        ("missing", "4 customers have no “Family name” and would not get this message."),
        ("missing", "4 customers have no “First name” and would not get this message."),
    ]
    assert four[1].remedy == (
        'Say what stands there instead: {{ first_name | default: "neighbour" }}.'
    )
    assert one[0].sentence == "1 customer has no “Family name” and would not get this message."
    # Two counts, and four looks at which fields there are: our own, why we are
    # different, and codes of offers.
    assert len(few) == len(many) == 14


@pytest.mark.parametrize("starter", starters(), ids=lambda one: one.key)
def test_starters_want_at_most_to_be_filled_in(starter: Any) -> None:
    make_customer("Weir School", kind="organisation")
    written = Written(starter.subject, starter.preheader, starter.body, starter.purpose)

    assert {one.code for one in findings_of(written)} <= {"unwritten"}
