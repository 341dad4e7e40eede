"""When a verdict is looked at, and how much chance of a false alarm each look may use up.

Looking again and again at the same interval fools: with enough looks it leaves out zero sooner or
later though nothing happened. So the one chance in twenty is shared out over four looks, most of it
kept for the last (O'Brien and Fleming 1979; the sharing out is Lan and DeMets's 1983). The shares
are added up (Bonferroni), which holds however the looks hang together.
"""

from datetime import date, timedelta

# The early looks catch only what is plain. The shares add up to 4.5 %: a half is kept back, so that
# what is measured stays below one in twenty too.
ALPHAS = (0.001, 0.003, 0.006, 0.035)
LAST = len(ALPHAS)
FINAL_ALPHA = ALPHAS[-1]
# Where nobody has bought since, the books may be complete all the same.
PATIENCE = timedelta(days=14)


def day_of_look(begins_on: date, window_days: int, look: int) -> date:
    """The last day that a look counts; look 4 is the end of the window."""
    return begins_on + timedelta(days=-(-window_days * look // LAST) - 1)


def latest_due(begins_on: date, window_days: int, *, today: date, books_end_on: date | None) -> int:
    """The number of the last look that may be taken; 0 before the first.

    A day counts once it is over and the books reach it: orders that have not been brought in yet
    are no orders that were not placed.
    """
    due = 0
    for look in range(1, LAST + 1):
        day = day_of_look(begins_on, window_days, look)
        is_in_the_books = books_end_on is not None and books_end_on >= day
        if today > day and (is_in_the_books or today > day + PATIENCE):
            due = look
    return due
