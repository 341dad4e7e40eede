"""Interests, needs and relations as our own files tell them in full."""

from datetime import date, timedelta

import pytest

from regulars.core.actor import COMMAND
from regulars.core.models import Operation
from regulars.core.undo import undo_now
from regulars.customers.models import Interest, Relation
from regulars.intake.models import RowProblem
from tests.factories.customers import make_customer, make_relation
from tests.factories.digests import digests
from tests.factories.intake import A_DAY, bring, counts

pytestmark = pytest.mark.django_db
TOPICS = 'id,Name,"Interests, as noted"\n7,Ruth,"{}"\n'
FULL = "Rye; noted: 2026-03-01; confirmed: 2026-10-02; source: fair; words: dark, no seeds"
YESTERDAY = A_DAY.date() - timedelta(days=1)
OVER = "Oats; noted: 2025-01-02; ended: 2026-01-02"


def noted() -> list[tuple[object, ...]]:
    rows = Interest.objects.order_by("topic", "noted_on")
    return list(
        rows.values_list("topic", "words", "source", "noted_on", "confirmed_on", "ended_on")
    )


RYE = ("Rye", "dark, no seeds", "fair", date(2026, 3, 1), date(2026, 10, 2), None)
OATS = ("Oats", "", "files", date(2025, 1, 2), None, date(2026, 1, 2))


def test_a_topic_comes_in_with_its_words_and_days_once(business: object) -> None:
    file = TOPICS.format(f"{OVER}\n{FULL}")

    assert counts(bring("customers", file)) == (1, 0, 0, 0, 0)

    assert noted() == [OATS, RYE]
    assert counts(bring("customers", file)) == (0, 0, 1, 0, 0)
    assert noted() == [OATS, RYE]


@pytest.mark.parametrize(
    ("policy", "stands"),
    [
        ("append", [OATS, ("Rye", "dark, no seeds", "files", YESTERDAY, None, None)]),
        ("fill", [("Rye", "", "files", YESTERDAY, None, None)]),
        ("ignore", [("Rye", "", "files", YESTERDAY, None, None)]),
        ("overwrite", [
            ("Bran", "", "files", YESTERDAY, None, A_DAY.date()), OATS, RYE,
        ]),
    ],
    ids=["append", "fill", "ignore", "overwrite"],
)  # fmt: skip
def test_what_is_noted_already_is_kept_or_written_over_as_chosen_and_back(
    business: object, policy: str, stands: list[tuple[object, ...]]
) -> None:
    topics = "Rye;Bran" if policy == "overwrite" else "Rye"
    before = A_DAY - timedelta(days=1)
    bring("customers", f"id,Name,Interests\n7,Ruth,{topics}\n", at=before)
    held, file = digests(), TOPICS.format(f"{OVER}\n{FULL}")

    done = bring("customers", file, mapping={"policies": {"interests_noted": policy}})

    assert noted() == stands
    again = bring("customers", file, mapping={"policies": {"interests_noted": policy}})
    assert counts(again) == (0, 0, 1, 0, 0)
    undo_now(Operation.objects.get(subject_id=done.pk), by=COMMAND, at=A_DAY)
    assert digests() == held


def test_lines_that_nobody_can_read_are_told_and_the_row_is_taken(business: object) -> None:
    file = (
        'id,Name,"Needs, as noted","Relations, as noted"\n'
        "7,Ruth,Rye; noted: yesterday,friend; name: Ada\n8,Ada,Oats; shoe size: 7,\n"
        "9,Thea,,works_at; name: Mill; since: 2026-02-01; until: 2026-01-01\n"
    )

    item = bring("customers", file)

    assert counts(item) == (3, 0, 0, 0, 0)
    assert not Interest.objects.exists()
    assert not Relation.objects.exists()
    told = RowProblem.objects.filter(file__of=item).order_by("row_no", "pk")
    assert [(one.row_no, one.column, one.is_rejected) for one in told] == [
        (2, "Needs, as noted", False), (2, "Relations, as noted", False),
        (3, "Needs, as noted", False), (4, "Relations, as noted", False),
    ]  # fmt: skip
    assert all("as our own files note it" in one.message for one in told)


RELATED = (
    'id,Name,Organisation,"Relations, as noted",Works at,Number in Regulars\n7,Ruth,,{},{},{}\n'
)


def test_of_two_of_one_name_our_own_number_says_who_is_meant(business: object) -> None:
    _other, mill = (make_customer("Weir Mill", kind="organisation") for _n in range(2))
    ruth = make_customer("Ruth")
    told = f"works_at; name: Weir Mill; number: {mill.pk}; since: 2020-02-29; source: fair"
    file = RELATED.format(told, "Weir Mill", ruth.pk)
    held = digests()

    item = bring("customers", file)

    stand = Relation.objects.values_list("of_id", "to_id", "since_on", "until_on", "source")
    assert list(stand) == [(ruth.pk, mill.pk, date(2020, 2, 29), None, "fair")]
    assert not RowProblem.objects.filter(file__of=item).exists()
    assert counts(bring("customers", file))[:2] == (0, 0)
    undo_now(Operation.objects.get(subject_id=item.pk), by=COMMAND, at=A_DAY)
    assert digests() == held


def test_a_number_of_ours_under_another_name_means_nobody(business: object) -> None:
    oscar, ruth = make_customer("Oscar"), make_customer("Ruth")
    told = f"referred_by; name: Ada; number: {oscar.pk}"

    item = bring("customers", RELATED.format(told, "", ruth.pk))

    assert not Relation.objects.exists()
    assert "stands neither" in RowProblem.objects.get(file__of=item).message


def test_a_day_that_was_not_known_is_filled_in_and_one_that_is_stays(business: object) -> None:
    ruth, mill, bakery = (
        make_customer("Ruth"),
        *(make_customer(name, kind="organisation") for name in ("Mill", "Bakery")),
    )
    make_relation(ruth, "works_at", mill)
    make_relation(ruth, "works_at", bakery, since_on=date(2019, 1, 1))
    told = "".join(f"works_at; name: {name}; since: 2020-01-01\n" for name in ("Mill", "Bakery"))

    bring("customers", RELATED.format(f'"{told}"', "", ruth.pk))

    days = Relation.objects.order_by("since_on").values_list("to_id", "since_on")
    assert list(days) == [(bakery.pk, date(2019, 1, 1)), (mill.pk, date(2020, 1, 1))]
