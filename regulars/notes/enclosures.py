"""What in a note sells: percentages, amounts off, codes, links, words; found by plain rules.

No judgement of tone: whoever is told which words were found can see at once whether that is so.
The words are those of the six languages in which Regulars writes to customers.
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
_ENDS = "com|net|org|info|shop|store|online|eu|uk|de|at|ch|fr|es|it|nl|be|ie|us|example"
_LINK = rf"(?:https?://|www\.)\S+|(?<![@\w.-])(?:[a-z0-9-]+\.)+(?:{_ENDS})\b(?:/\S*)?"
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
|sconti?|buon[oi]\ (?:sconto|regalo)|offert[ae]\ speciali?|in\ saldo|metà\ prezzo|in\ omaggio
|kortingen|korting|kortingscode|aanbiedingen|aanbieding|cadeaubon|waardebon|halve\ prijs
"""
_ANY_CASE: Final = re.compile(
    "|".join(
        (
            _PERCENT, _MONEY + _OFF, _SAVE + _MONEY, _LINK, _NAMED_CODE,
            r"\b(?:" + re.sub(r"\s*\n", "", _WORDS.replace("\\ ", r"\s")) + r")\b",
        )
    ),
    re.IGNORECASE,
)  # fmt: skip
# THANKS10, SPRING-24: capitals and digits in one word, as nobody writes by hand.
_CODE: Final = re.compile(r"\b(?=[A-Z0-9-]*[A-Z]{2})(?=[A-Z0-9-]*[0-9])[A-Z][A-Z0-9-]{4,}\b")


def enclosed_offer(words: str) -> str:
    """The first words of a note that sell, as they stand there; empty where none do."""
    found = [one for one in (_ANY_CASE.search(words), _CODE.search(words)) if one]
    return min(found, key=lambda one: one.start())[0].strip() if found else ""
