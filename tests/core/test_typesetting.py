"""Pages for print say what they were given, and nothing of it is read as markup."""

from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from regulars.core import typesetting
from regulars.core.typesetting import typeset

PAGE = """#import "/core/paper/house.typ": *
#show: page_of.with(values)
= #values.title
#for line in values.lines [ #line \\ ]
"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "paper").symlink_to(typesetting.ROOMS / "core" / "paper")
    (tmp_path / "page.typ").write_text(PAGE)
    monkeypatch.setattr(typesetting, "ROOMS", tmp_path)
    return "page.typ"


def test_a_page_says_what_it_was_given(page: str) -> None:
    values = {"title": "Bread again", "lines": ["Café Müller", "Świętokrzyska 12"], "foot": "Seen"}

    read = PdfReader(BytesIO(typeset(page, values))).pages[0].extract_text()

    assert [line.strip() for line in read.splitlines() if line.strip()] == [
        "Bread again", "Café Müller", "Świętokrzyska 12", "Seen 1 / 1",
    ]  # fmt: skip


def test_nothing_that_is_given_is_markup(page: str) -> None:
    lines = ["#panic()", "*stars* $sums$ _lines_", "@someone <label> \\ `code` // #import"]

    read = PdfReader(BytesIO(typeset(page, {"title": "", "lines": lines}))).pages[0].extract_text()

    assert [line for line in lines if line not in read] == []


def test_a_page_that_is_not_there_is_said(page: str) -> None:
    with pytest.raises(FileNotFoundError):
        typeset("core/paper/none.typ", {})
