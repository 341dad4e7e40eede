"""Every pair of colours that is used together can be read: WCAG 2.2, computed from the tokens."""

import re
from pathlib import Path

import pytest

FRONTEND = Path(__file__).resolve().parents[2] / "frontend" / "src"
TEMPLATES = Path(__file__).resolve().parents[2] / "regulars"
TOKENS = (FRONTEND / "tokens.css").read_text(encoding="utf-8")

PAGE = ("paper", "inset", "sheet")
TINTS = ("marker", "act-soft", "late-soft", "warn-soft", "pen-soft")
TIERS = ("core", "active", "new", "slipping", "lapsed", "lost")

# Role, grounds it stands on, lowest ratio in light and in dark (cut to a tenth), what it needs.
TABLE = [
    (("ink",), (*PAGE, "counter"), 12.5, 12.4, 7),
    (("ink",), TINTS, 9.9, 7.7, 7),
    (("ink-2",), (*PAGE, "counter"), 7.3, 8.8, 7),
    (("pencil",), (*PAGE, "counter"), 4.9, 6.2, 4.5),
    (("pen",), (*PAGE, "pen-soft"), 8.7, 8.7, 7),
    (("act",), (*PAGE, "act-soft"), 6.5, 7.1, 4.5),
    (("on-act",), ("act", "act-hover"), 7.9, 9.5, 4.5),
    (("late",), (*PAGE, "late-soft"), 6.0, 7.1, 4.5),
    (("warn",), (*PAGE, "warn-soft"), 6.7, 8.3, 4.5),
    (("cloth-ink",), ("cloth", "cloth-2"), 7.8, 10.7, 4.5),
    (("cloth-ink-2",), ("cloth", "cloth-2"), 5.3, 5.9, 4.5),
    (("rule-strong",), PAGE, 3.4, 4.0, 3),
    (tuple(f"tier-{tier}" for tier in TIERS), (*PAGE, "act-soft"), 4.7, 5.5, 4.5),
    (tuple(f"c{number}" for number in range(1, 7)), ("paper", "sheet"), 3.1, 3.4, 3),
]


def _block(opening: str) -> dict[str, str]:
    start = TOKENS.index(opening) + len(opening)
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", TOKENS[start : TOKENS.index("}", start)]))


LIGHT = _block(":root {")
DARK_BY_CHOICE = _block(':root[data-theme="dark"] {')
DARK_BY_SYSTEM = _block(':root:not([data-theme="light"]) {')


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ratio(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _lowest(theme: dict[str, str], roles: tuple[str, ...], grounds: tuple[str, ...]) -> float:
    return min(_ratio(theme[role], theme[ground]) for role in roles for ground in grounds)


@pytest.mark.parametrize(("roles", "grounds", "light", "dark", "need"), TABLE)
def test_each_role_can_be_read_on_its_grounds(
    roles: tuple[str, ...], grounds: tuple[str, ...], light: float, dark: float, need: float
) -> None:
    in_light, in_dark = (
        _lowest(LIGHT, roles, grounds),
        _lowest({**LIGHT, **DARK_BY_CHOICE}, roles, grounds),
    )

    assert (in_light >= need, in_dark >= need) == (True, True)
    assert (round(in_light, 1), round(in_dark, 1)) == (light, dark)


def test_the_ratio_is_the_one_of_the_standard() -> None:
    assert round(_ratio("#ffffff", "#000000"), 2) == 21
    assert round(_ratio("#777777", "#ffffff"), 2) == 4.48


def test_dark_is_the_same_by_choice_and_by_system() -> None:
    assert DARK_BY_CHOICE == DARK_BY_SYSTEM
    assert len(DARK_BY_CHOICE) > 40


def test_dark_renames_nothing() -> None:
    assert set(DARK_BY_CHOICE) <= set(LIGHT)


RAW_COLOUR = re.compile(
    r"#[0-9a-fA-F]{3,8}\b(?![^\n]*\{%)|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|hwb)\("
)
SOURCES = [
    *sorted(path for path in FRONTEND.rglob("*.css") if path.name != "tokens.css"),
    *sorted(TEMPLATES.glob("*/templates/**/*.html")),
]


def _raw_colours(text: str) -> list[str]:
    # An address or a label's target (#main, #add) is not a colour; a declaration or attribute is.
    inside = re.findall(r":\s*[^;{}]*;|(?:fill|stroke|style|bgcolor|color)=\"[^\"]*\"", text)
    return [found for piece in inside for found in RAW_COLOUR.findall(piece)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_raw_colour_outside_the_tokens(path: Path) -> None:
    assert _raw_colours(path.read_text(encoding="utf-8")) == []


def test_a_raw_colour_would_be_seen() -> None:
    assert _raw_colours("a { color: #1c5c47; }") == ["#1c5c47"]
    assert _raw_colours('<rect fill="rgb(0 0 0)"/>') == ["rgb("]
    assert _raw_colours('<a href="#add">x</a>') == []


def test_every_token_that_a_style_uses_exists() -> None:
    known = set(LIGHT)
    used = {
        name
        for path in SOURCES
        for name in re.findall(r"var\(--([\w-]+)\)", path.read_text(encoding="utf-8"))
    }

    assert used - known == set()


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if path.suffix == ".html"], ids=lambda path: path.name
)
def test_no_template_needs_an_inline_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"\sstyle=|\son[a-z]+=|hx-on|<script(?![^>]*\bsrc=)", text) == []
