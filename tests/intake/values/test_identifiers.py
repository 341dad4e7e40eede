import pytest

from regulars.intake.values.identifiers import all_floats, read_identifier, read_text


@pytest.mark.parametrize(
    ("text", "is_float", "identifier"),
    [
        ("17850.0", True, "17850"),
        ("17850.0", False, "17850.0"),
        ("'7210448301122", False, "7210448301122"),
        (" 00004 ", False, "00004"),
        ("=1+1", False, "=1+1"),
        ("'=1+1", False, "=1+1"),
    ],
)
def test_an_identifier_is_freed_from_what_spreadsheets_did(
    text: str, is_float: bool, identifier: str
) -> None:
    assert read_identifier(text, is_float=is_float) == identifier


def test_a_column_is_of_floats_only_when_all_of_it_is() -> None:
    assert all_floats(["17850.0", "", "13047.00"])
    assert not all_floats(["17850.0", "13047.5"])


def test_a_text_is_kept_as_it_is() -> None:
    assert [read_text(text) for text in (" ''x ", "'=1+1", "'twas", "  ", "\t")] == [
        " ''x ",
        "=1+1",
        "'twas",
        "",
        "",
    ]
