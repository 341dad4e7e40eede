"""`regulars duplicates find`, `merge`, `unmerge` and `show duplicates`."""

import json

import pytest
from click.testing import CliRunner, Result

from regulars.cli.main import main
from regulars.customers.models import Customer
from tests.factories.customers import make_customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def pair() -> tuple[Customer, Customer]:
    return tuple(make_customer("Ruth Hale", email="ruth@hale.example") for _card in range(2))  # type: ignore[return-value]


def test_find_says_what_waits_and_show_lists_it_in_words() -> None:
    one, other = pair()

    found = json.loads(run("duplicates", "find", "--json").stdout)
    listed = json.loads(run("show", "duplicates", "--json").stdout)

    assert {**found, "seconds": 0} == {
        "customers": 2, "open": 1, "automatic": 1, "merged": 0, "seconds": 0,
    }  # fmt: skip
    assert listed["count"] == 1
    assert listed["items"][0]["words"] == ["same name", "same e-mail"]
    assert listed["items"][0]["customers"] == [
        {"id": one.pk, "name": "Ruth Hale"}, {"id": other.pk, "name": "Ruth Hale"},
    ]  # fmt: skip


def test_find_merges_who_speaks_for_it_when_told_to() -> None:
    pair()

    assert json.loads(run("duplicates", "find", "--automatic", "--json").stdout)["merged"] == 1


def test_merge_and_unmerge_by_number() -> None:
    one, other = pair()

    done = json.loads(run("merge", str(one.pk), str(other.pk), "--json").stdout)
    assert Customer.objects.get(pk=other.pk).merged_into_id == one.pk
    said = run("unmerge", str(done["merge_id"]))

    assert said.exit_code == 0
    assert said.stdout == "Ruth Hale and Ruth Hale are two again.\n"
    assert Customer.objects.get(pk=other.pk).merged_into_id is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("merge", "{one}", "{one}"), "Ruth Hale cannot be merged with themselves."),
        (("merge", "{one}", "household 3"), "A household is no customer"),
        (("merge", "{one}", "999999"), "There is no such customer"),
        (("unmerge", "999999"), "There is no such merge."),
    ],
    ids=["oneself", "household", "nobody", "no merge"],
)
def test_what_cannot_be_is_refused_in_a_sentence(words: tuple[str, ...], sentence: str) -> None:
    one, _other = pair()

    said = run(*(word.format(one=one.pk) for word in words))

    assert said.exit_code == 1
    assert sentence in said.stderr
