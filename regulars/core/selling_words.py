"""Words that sell: percentages, amounts off, named codes, and what offers are called.

Found by plain rules, without a judgement of tone: whoever is told which words were found can see at
once whether that is so. The words are those of the six languages in which Regulars writes to
customers.
"""

import re
from typing import Final

# "100 % rye" is flour.
_PERCENT = (
    r"(?<!\d)(?!100\b)\d{1,3}(?:[.,]\d+)?\s?"
    r"(?:%|percent\b|per cent\b|prozent\b|pour cent\b|por ciento\b|per cento\b|procent\b)"
)
_MONEY = (
    r"(?:[£€$]\s?\d+(?:[.,]\d{1,2})?"
    r"|\d+(?:[.,]\d{1,2})?\s?(?:[£€$]|euros?\b|pounds?\b|dollars?\b|chf\b|eur\b|gbp\b))"
)
_OFF = (
    r"\s+(?:off|less|cheaper|rabatt|nachlass|günstiger|billiger|de réduction|de remise"
    r"|de descuento|menos|di sconto|in meno|korting)\b"
)
_SAVE = r"\b(?:save|spare|sparen sie|économisez|ahorra|ahorre|risparmi|risparmia|bespaar)\s+"
_NAMED_CODE = (
    r"\b(?:promo|discount|voucher|gutschein|rabatt|promotions?)?-?\s?(?:code|código|codice)\b"
    r":?\s+[a-z0-9-]{3,}"
)
_WORDS = r"""
discount(?:s|ed)?|vouchers?|coupons?|gift[ -]cards?|special\ offers?|(?:this|our|an|limited)\ offer
|on\ offer|offer\ (?:ends|is\ valid|expires)|half[ -]price|reduced\ prices?|money\ off
|off\ your\ next|on\ sale|our\ sale|sale\ ends|two\ for\ one|2\ for\ 1|2x1|buy\ one
|(?:buy|order|shop|book)\ now|black\ friday|our\ promotion|bargains?
|free\ (?:gift|delivery|shipping|sample|trial|month|coffee|cake|loaf|bread|drink|meal|item|entry)s?
|(?:gift|present|treat)\ (?:inside|enclosed|attached)
|rabatte?|gutscheine?|sonderangebote?|unser\ angebot|aktionspreise?|preisnachlass|schnäppchen
|zum\ halben\ preis|ermäßigt|kostenlose[rsn]?|gratis
|réductions?|bons?\ d[’']achat|offres?\ spéciales?|en\ promotion|soldes|code\ promo|carte\ cadeau
|moitié\ prix|gratuite?s?
|descuentos?|cup[oó]n(?:es)?|ofertas?|rebajas?|tarjeta\ regalo|mitad\ de\ precio|gratuit[oa]s?
|scont[oi]|buon[oi]\ (?:sconto|regalo)|offert[ae]\ speciali?|in\ saldo|metà\ prezzo|in\ omaggio
|kortingen|korting|kortingscode|aanbiedingen|aanbieding|cadeaubon|waardebon|halve\ prijs
"""
_SELLS: Final = re.compile(
    "|".join(
        (
            _PERCENT, _MONEY + _OFF, _SAVE + _MONEY, _NAMED_CODE,
            r"\b(?:" + re.sub(r"\s*\n", "", _WORDS.replace("\\ ", r"\s")) + r")\b",
        )
    ),
    re.IGNORECASE,
)  # fmt: skip
_ASKS: Final = re.compile(
    r"""\bhow\s+(?:can|may|could|might)\s+(?:we|i)\s+(?:be\s+of\s+)?(?:help|use|service)\b
      | \b(?:some|any)thing\s+(?:that\s+)?(?:we|i)\s+(?:can|could)\s+do\s+for\s+you\b
      | \bwhat\s+(?:can|could|may)\s+(?:we|i)\s+do\s+for\s+you\b
      | \b(?:wie|womit)\s+(?:können|kann|dürfen)\s+(?:wir|ich)\s+(?:\w+\s+)?helfen\b
      | \bwas\s+(?:können|kann|dürfen)\s+(?:wir|ich)\s+für\s+(?:sie|dich|euch)\s+tun\b
      | \betwas,?\s+(?:das|was)\s+wir\s+für\s+(?:sie|dich|euch)\s+tun\s+können\b
      | \bcomment\s+(?:pouvons-nous|puis-je|nous\s+pouvons)\s+(?:vous|t[’'])\s*aider\b
      | \bque\s+(?:pouvons-nous|puis-je)\s+faire\s+pour\s+(?:vous|toi)\b
      | \b(?:cómo|en\s+qué)\s+(?:podemos|puedo)\s+ayudar(?:le|les|te|os)?\b
      | \bqué\s+(?:podemos|puedo)\s+hacer\s+por\s+(?:usted|ustedes|ti)\b
      | \bcome\s+possiamo\s+(?:aiutar(?:vi|la|ti)?|esservi\s+d[’']aiuto)\b
      | \bche\s+cosa\s+possiamo\s+fare\s+per\s+(?:voi|lei|te)\b
      | \b(?:hoe|waarmee)\s+(?:kunnen|mogen)\s+we\s+(?:u|je|jullie)?\s*helpen\b
      | \bwat\s+kunnen\s+we\s+voor\s+(?:u|je|jullie)\s+doen\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Enough of any text; nobody's machine is kept busy by a book.
_READ = 50_000


def what_sells(words: str) -> "re.Match[str] | None":
    """The first words of a text that sell."""
    return _SELLS.search(words[:_READ])


def asks_how_to_help(words: str) -> bool:
    """Whether a text asks somebody how we can help them."""
    return _ASKS.search(words[:_READ]) is not None
