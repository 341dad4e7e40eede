"""Words after which somebody should call, whatever the mark; an owner may choose others."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from regulars.core.folding import folded

# Each begins a word: “refund” finds “refunded”. Folded, so that accents and case do not matter.
OURS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "broken", "damaged", "wrong item", "never arrived", "refund", "money back",
        "mouldy", "allerg", "food poisoning", "unsafe", "injur", "lawyer", "never again",
        "complain", "rude",
    ),
    "de": (
        "kaputt", "beschadigt", "falsch geliefert", "nie angekommen", "geld zuruck",
        "erstattung", "schimmel", "allerg", "lebensmittelvergiftung", "verletz", "anwalt",
        "nie wieder", "beschwer", "unfreundlich", "reklam",
    ),
    "fr": (
        "casse", "abime", "endommage", "jamais arrive", "jamais recu", "rembours",
        "moisi", "allerg", "intoxication", "dangereu", "bless", "avocat", "plus jamais", "plainte",
        "impoli",
    ),
    "es": (
        "roto", "rota", "danado", "nunca llego", "reembols", "devolucion", "moho",
        "alergi", "intoxicacion", "peligros", "abogado", "nunca mas", "queja", "reclam",
        "maleducad",
    ),
    "it": (
        "rotto", "rotta", "danneggiat", "mai arrivat", "rimbors", "muffa", "allergi",
        "intossicazione", "pericolos", "avvocato", "mai piu", "reclam", "lament", "maleducat",
    ),
    "nl": (
        "kapot", "beschadigd", "nooit aangekomen", "geld terug", "terugbetal",
        "schimmel", "allerg", "voedselvergiftiging", "gevaarlijk", "advocaat", "nooit meer",
        "klacht", "onbeleefd",
    ),
}  # fmt: skip


def warning_in(text: str, chosen: Mapping[str, Sequence[str]]) -> str:
    """The first such word in a text, as it stands in the list; empty where there is none."""
    if not text.strip():
        return ""
    kept = tuple(sorted({word for words in in_force(chosen).values() for word in words}))
    found = _finding(kept).search(folded(text) or "")
    return found[1] if found else ""


def in_force(chosen: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """By language, the words that hold: those of an owner where they chose any, else ours."""
    return {language: list(chosen.get(language, words)) for language, words in OURS.items()}


def as_words(typed: str) -> list[str]:
    """What somebody typed, a word or phrase a line, as it is compared."""
    lines = (" ".join((folded(line) or "").split()) for line in typed.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


@lru_cache(maxsize=8)
def _finding(words: tuple[str, ...]) -> re.Pattern[str]:
    if not words:
        return re.compile(r"(?!)")
    return re.compile(
        r"\b(" + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words) + ")"
    )
