"""Known exports, and files of a shape that came in before."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from regulars.core.actor import COMMAND
from regulars.core.column_sets import column_sets, folded
from regulars.core.models import Operation
from regulars.customers.models import Customer
from regulars.customers.presets import PRESETS
from regulars.intake import actions
from regulars.intake.errors import ImportNotOpen
from regulars.intake.forms import ColumnsForm
from regulars.intake.looking import preset_of
from regulars.intake.models import Import, KnownShape
from regulars.intake.storing import folder_of
from regulars.team.models import Member
from tests.factories.intake import A_DAY, bring, counts, make_file

pytestmark = pytest.mark.django_db

LIST = "Wer,Wo,Wie\nRuth,ruth@example.com,Rye\n"
AS = {"name": "Wer", "email": "Wo", "about": "Wie"}


def begun(content: str) -> Import:
    return actions.begin_import("customers", [make_file(content)], by=COMMAND, at=A_DAY)


def test_a_file_of_the_same_shape_is_taken_as_the_last_one(business: object) -> None:
    told = {"columns": AS, "policies": {"about": "fill"}, "keys": ["email"]}
    bring("customers", LIST, mapping=told)

    item = begun("WER;wo;Wie\nRuth C.;ruth@example.com;Oats\n")

    file = item.files.get()
    assert file.mapping == {"name": "WER", "email": "wo", "about": "Wie"}
    assert file.choices["policies"] == {"about": "fill"}
    assert item.settings["keys"] == ["email"]
    actions.check_now(item, by=COMMAND, at=A_DAY)
    assert "has the columns of a file that came in before" in item.report["recognised"][0]
    actions.bring_in_now(item, by=COMMAND, at=A_DAY)
    assert Customer.objects.get().about == "Rye"


def test_nothing_is_remembered_of_a_file_that_was_only_looked_at(business: object) -> None:
    bring("customers", LIST, mapping=AS, dry=True)

    assert not KnownShape.objects.exists()


def test_what_is_said_goes_before_what_is_remembered(business: object) -> None:
    bring("customers", LIST, mapping=AS)

    item = bring("customers", LIST, mapping={"name": "Wie", "email": "Wo"})

    assert item.files.get().mapping == {"name": "Wie", "email": "Wo"}
    assert KnownShape.objects.get().mapping == {"name": "Wie", "email": "Wo"}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.maker)
def test_each_known_export_is_told_by_its_headings(db: None, preset: object) -> None:
    role = column_sets["customers"].roles[0]
    names = {field.name for field in role.fields}

    for told in preset.told_by:  # type: ignore[attr-defined]
        assert preset_of(role, [heading.upper() for heading in told]) is preset
    assert set(preset.columns) <= names  # type: ignore[attr-defined]
    assert all(folded(name) for name in preset.columns.values())  # type: ignore[attr-defined]


def test_a_known_export_is_named_on_the_screen(
    client_of: Callable[[Member], Client], owner: Member
) -> None:
    item = begun("Email Address,First Name,MEMBER_RATING\nruth@example.com,Ruth,4\n")

    page = client_of(owner).get(reverse("intake:show", args=[item.pk])).content.decode()

    assert "This looks like an export from Mailchimp." in page


def test_keys_and_policies_are_chosen_on_the_screen(
    client_of: Callable[[Member], Client], owner: Member
) -> None:
    bring("customers", "Name,Email,Note\nRuth,ruth@example.com,Rye\n")
    item = begun("Name,Email,Note,Email 2\nRuth,ruth@example.com,Oats,second@example.com\n")
    client = client_of(owner)
    page = client.get(reverse("intake:show", args=[item.pk])).content.decode()
    assert 'name="customers:email#2"' in page
    assert 'name="policy:customers:about"' in page
    assert 'name="clear:customers:about"' in page

    client.post(reverse("intake:columns", args=[item.pk]), {
        "customers:name": "Name", "customers:email": "Email", "customers:about": "Note",
        "customers:email#2": "Email 2", "policy:customers:about": "append", "key:email": "on",
        "clear:customers:about": "on",
    })  # fmt: skip

    item.refresh_from_db()
    file = item.files.get()
    assert item.settings["keys"] == ["email"]
    assert file.choices["policies"]["about"] == "append"
    assert file.choices["clear"] == ["about"]
    assert file.mapping["email#2"] == "Email 2"


def test_what_becomes_of_an_address_is_chosen_by_any_of_its_parts(
    client_of: Callable[[Member], Client], owner: Member
) -> None:
    bring("customers", "Name,Email,Street\nRuth,ruth@example.com,1 Quay\n")
    item = begun("Name,Email,Town,Country,Tags\nRuth,ruth@example.com,Amble,GB,rye\n")
    client = client_of(owner)

    page = client.get(reverse("intake:show", args=[item.pk])).content.decode()
    client.post(reverse("intake:columns", args=[item.pk]), {
        "customers:name": "Name", "customers:email": "Email", "customers:city": "Town",
        "customers:country": "Country", "customers:tags": "Tags",
        "policy:customers:city": "fill", "policy:customers:tags": "ignore",
    })  # fmt: skip

    assert "Address that is there already" in page
    assert 'name="policy:customers:city"' in page
    assert 'name="policy:customers:country"' not in page
    told = item.files.get().choices["policies"]
    assert (told["city"], told["tags"]) == ("fill", "ignore")
    # With another part before it, what was chosen stands there.
    file = item.files.get()
    file.mapping = {**file.mapping, "street": "Town"}
    file.save()
    kept = ColumnsForm(item)
    assert kept["policy:customers:street"].initial == "fill"


def test_a_sheet_is_chosen_on_the_screen(
    client_of: Callable[[Member], Client], owner: Member
) -> None:
    from tests.factories.intake import make_workbook

    file = make_file(make_workbook([["Name", "Email"], ["Ruth", "ruth@example.com"]]))
    item = actions.begin_import("customers", [file], by=COMMAND, at=A_DAY)
    address = reverse("intake:sheet", args=[item.pk])
    client, kept = client_of(owner), item.files.get()

    chosen = client.post(address, {"file": kept.pk, "sheet": "List"})
    wrong = client.post(address, {"file": kept.pk, "sheet": "Gone"})

    assert (chosen.status_code, wrong.status_code) == (302, 422)
    assert "has no sheet “Gone”" in wrong.content.decode()
    kept.refresh_from_db()
    assert kept.choices == {"sheet": "List"}
    assert counts(bring("customers", make_workbook([["Name"], ["Ada"]]))) == (1, 0, 0, 0, 0)


def test_a_remembered_file_is_called_otherwise_and_forgotten(
    client_of: Callable[[Member], Client], owner: Member
) -> None:
    bring("customers", LIST, mapping=AS)
    known, client = KnownShape.objects.get(), client_of(owner)
    page = client.get(reverse("intake:shapes")).content.decode()
    assert ["customers.csv" in page, "<span>Wo</span>" in page] == [True, True]
    change = reverse("intake:change_shape", args=[known.pk])

    client.post(change, {"name": "  The  stall "})
    bring("customers", LIST)

    known.refresh_from_db()
    assert known.name == "The stall"
    assert client.post(change, {"name": " "}).status_code == 422
    answer = client.post(change, {"forget": "1"}, follow=True)
    assert "the next file like “The stall” is guessed anew" in answer.content.decode()
    assert not KnownShape.objects.exists()
    assert client.post(change, {"forget": "1"}).status_code == 422


def test_a_helper_neither_sees_nor_forgets_remembered_files(
    client_of: Callable[[Member], Client], helper: Member
) -> None:
    bring("customers", LIST, mapping=AS)
    known, client = KnownShape.objects.get(), client_of(helper)

    answers = [
        client.get(reverse("intake:shapes")),
        client.post(reverse("intake:change_shape", args=[known.pk]), {"forget": "1"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert KnownShape.objects.exists()


def test_a_forgotten_import_leaves_what_it_brought_and_no_way_back(business: object) -> None:
    item = bring("customers", LIST, mapping=AS)
    folder = folder_of(item.pk)
    assert folder.exists()

    actions.forget_import(item, by=COMMAND, at=A_DAY)

    assert Customer.objects.count() == 1
    left = [model.objects.exists() for model in (Import, KnownShape, Operation)]
    assert left == [False, False, False]
    assert not folder.exists()


def test_an_open_import_is_not_forgotten(business: object) -> None:
    with pytest.raises(ImportNotOpen):
        actions.forget_import(begun(LIST), by=COMMAND, at=A_DAY)
