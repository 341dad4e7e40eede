"""How the lot fell stays when a customer is erased: a verdict must not change by it."""

from regulars.core.erasers import let_stay
from regulars.verdicts.models import Lot

let_stay(Lot, "How a lot fell, for a number without a name: what a verdict counts.")
