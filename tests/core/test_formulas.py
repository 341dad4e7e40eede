import pytest

from regulars.core.formulas import marked, marked_phone, unmarked

RISKY = [
    "=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "-", "＝1", "'=1", "''=1",
    "'", "''", "'tis the season", "Ruth", "", " =1", "\0=1", "- listed",
]  # fmt: skip


@pytest.mark.parametrize("text", RISKY, ids=ascii)
def test_a_marked_cell_comes_back_unchanged(text: str) -> None:
    cell = marked(text)

    assert unmarked(cell) == text
    assert not cell.startswith(tuple("=+-@\t\r\0＝＋－＠"))


def test_only_what_a_spreadsheet_would_carry_out_is_marked() -> None:
    assert [marked(text) for text in ("=1", "'=1", "'tis", "Ruth", " =1")] == [
        "'=1", "''=1", "'tis", "Ruth", " =1",
    ]  # fmt: skip


def test_a_number_abroad_stays_as_it_is_written() -> None:
    assert [marked_phone(text) for text in ("+44 20 7946 0321", "+44|cmd", "-5", "(020) 7946")] == [
        "+44 20 7946 0321", "'+44|cmd", "'-5", "(020) 7946",
    ]  # fmt: skip
