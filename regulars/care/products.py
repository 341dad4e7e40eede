"""By what a product is known: its number in the till, and its words as they are compared."""

from regulars.core.folding import folded

LONGEST = 100


def keys_of(sku: str, description: str) -> tuple[str, ...]:
    """By what a line's product is known, the surest first."""
    words = words_key(description)
    return tuple(one for one in dict.fromkeys((sku.strip()[:LONGEST], words)) if one)


def key_of(sku: str, description: str) -> str:
    return next(iter(keys_of(sku, description)), "")


def words_key(typed: str) -> str:
    """Words without case, accents and needless spaces."""
    return (folded(" ".join(typed.split())) or "")[:LONGEST].strip()
