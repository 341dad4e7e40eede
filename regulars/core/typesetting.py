"""Pages for print: a template of the house and plain values become a PDF."""

import json
from collections.abc import Mapping
from pathlib import Path

import typst

ROOMS = Path(__file__).resolve().parent.parent
# The hand of note cards comes with the assets, as browsers get it.
FONTS = ROOMS / "core" / "static" / "dist" / "assets"


def typeset(template: str, values: Mapping[str, object]) -> bytes:
    """The PDF of a template under a room's `paper/`, such as "bulletins/paper/letters.typ".

    `values` is anything that JSON knows. They reach the page as data, so that nothing in them is
    ever read as markup. Raises FileNotFoundError where there is no such template, ValueError where
    a value is no JSON, and typst.TypstError where the template itself is wrong.
    """
    source = ROOMS / template
    if not source.is_file():
        raise FileNotFoundError(source)
    inputs = {"values": json.dumps(values, ensure_ascii=False, allow_nan=False)}
    return typst.compile(source, root=ROOMS, sys_inputs=inputs, font_paths=[FONTS])
