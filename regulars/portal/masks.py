"""What is shown of an address or a number: enough to know one's own, no more."""

HIDDEN = "…"
SHOWN_DIGITS = 3


def masked_address(address: str) -> str:
    """`ruth@mail.example` is `r…@m….example`."""
    local, at, domain = address.rpartition("@")
    if not at:
        return HIDDEN
    name, _dot, last = domain.rpartition(".")
    return f"{local[:1]}{HIDDEN}@{name[:1]}{HIDDEN}.{last}"


def masked_number(number: str) -> str:
    """The last three digits, as on the slip from a card."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return f"{HIDDEN} {digits[-SHOWN_DIGITS:]}" if len(digits) > 2 * SHOWN_DIGITS else HIDDEN
