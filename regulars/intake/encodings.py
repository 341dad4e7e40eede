"""Which letters the bytes of a text stand for: found by reading all of it, never by chance."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from regulars.core.errors import Refusal

PIECE = 1 << 20
SAMPLE = 1 << 18

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CANDIDATES = [
    "cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "iso8859_2", "iso8859_15", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "mac_roman",
    "cp850", "cp437",
]  # fmt: skip
# Signs that Western texts have between letters only when the bytes mean something else.
ODD_IN_WORDS = re.compile(r"[^\W\d_][£³¹²¥¿¦¢¤ª¼½¾÷×¶§][^\W\d_]|(?<!\w)[£³¥¿¦¼¾][a-z]{2}")
CONTROLS = bytes(set(range(32)) - {0, 9, 10, 11, 12, 13, 26, 27})


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding: its name, whether it was guessed, and whether NULs are in the text."""

    name: str
    is_guessed: bool
    has_nul: bool


def encoding_of(path: Path) -> Encoding:
    """Decide the encoding of a whole text file; refuses bytes that are no text."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    for mark, name in MARKS:
        if start.startswith(mark):
            return _checked(path, name, is_guessed=False)
    wide = _wide_without_mark(start)
    if wide:
        return _checked(path, wide, is_guessed=True)
    _refuse_binary(start)
    if _decodes(path, "utf-8"):
        return Encoding("utf-8", is_guessed=False, has_nul=_has_nul(path))
    return _checked(path, _eight_bit(_odd_sample(path)), is_guessed=True)


def _checked(path: Path, name: str, *, is_guessed: bool) -> Encoding:
    for candidate in (name, "latin-1") if is_guessed else (name,):
        if _decodes(path, candidate):
            has_nul = name.startswith("utf-8") and _has_nul(path)
            return Encoding(candidate, is_guessed=is_guessed, has_nul=has_nul)
    raise _undecodable()


def _undecodable() -> Refusal:
    return Refusal(
        _("The letters in this file cannot be read."),
        _("Save it again as CSV in UTF-8 (in Excel: “CSV UTF-8”), and bring in that file."),
    )


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _has_nul(path: Path) -> bool:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            if b"\0" in piece:
                return True
    return False


def _wide_without_mark(start: bytes) -> str:
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = max(1, len(start) // 2)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _refuse_binary(start: bytes) -> None:
    controls = len(start) - len(start.translate(None, CONTROLS))
    nuls = start.count(0)
    # dBASE and the like begin with a version as a number, which no text does.
    begins_odd = start[:1].translate(None, CONTROLS) == b""
    if begins_odd or controls > 0.05 * len(start) + 16 or nuls > 0.3 * len(start):
        raise _undecodable()


def _odd_sample(path: Path) -> bytes:
    """Lines with letters beyond ASCII, wherever in the file they stand."""
    odd: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                odd.append(line)
                size += len(line)
            if size > SAMPLE:
                break
    return b"".join(odd)


def _eight_bit(sample: bytes) -> str:
    try:
        western = sample.decode("cp1252")
    except UnicodeDecodeError:
        western = ""
    if western and _looks_western(western):
        return "cp1252"
    # Imported here: only files that are neither UTF-8 nor Western need it.
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=CANDIDATES, threshold=0.5).best()
    return best.encoding if best else "cp1252"


def _looks_western(text: str) -> bool:
    letters = sum(char.isalpha() for char in text)
    accented = sum(char.isalpha() and not char.isascii() for char in text)
    return accented < 0.35 * max(letters, 1) and not ODD_IN_WORDS.search(text)
