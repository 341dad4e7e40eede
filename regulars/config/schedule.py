"""What happens every day, and when, in the time of the business."""

from datetime import time

from regulars.core.worker import Daily

DAILY = (
    # Whatever happened to the job that each event leaves, no event waits longer than a day.
    Daily("messaging.hear", after=time(1, 0)),
    Daily("exports.forget", after=time(1, 30)),
    # It leaves itself every quarter of an hour; this brings it back whatever happened to that.
    Daily("intake.look_at_inlets", after=time(0, 15)),
    Daily("core.backup", after=time(2, 0)),
    Daily("customers.empty_trash", after=time(2, 30)),
    Daily("intake.forget_files", after=time(2, 35)),
    Daily("core.empty_images", after=time(2, 40)),
    Daily("insight.end_tiers", after=time(0, 1)),
    Daily("recovery.follow", after=time(0, 5)),
    Daily("insight.refresh", after=time(3, 0)),
    # After the count, which leaves it too: rolling days roll even where nothing is counted.
    Daily("lists.refresh_segments", after=time(3, 30)),
    Daily("customers.find_duplicates", after=time(3, 30)),
    # Names that nobody bears any more are forgotten.
    Daily("lists.learn_words", after=time(3, 45)),
    Daily("desk.count_health", after=time(3, 50)),
    # Looks whether a week has passed.
    Daily("insight.look_back", after=time(4, 30)),
    # Before the plans: whom somebody is to call after a delivery is a reason to get in touch.
    Daily("care.learn_delays", after=time(3, 50)),
    Daily("care.check_ins", after=time(3, 55)),
    Daily("care.listen", after=time(3, 57)),
    # What customers wrote, by theme.
    Daily("learning.read", after=time(3, 58)),
    # After the reading: whether what was done about a cause or a theme made it rarer.
    Daily("learning.look", after=time(4, 12)),
    # Should anything have come between: each public page as it ought to be.
    Daily("bulletins.keep_pages", after=time(1, 15)),
    Daily("promises.keep_pledge", after=time(4, 10)),
    Daily("planning.make_plans", after=time(4, 0)),
    Daily("planning.next_contacts", after=time(4, 20)),
    Daily("planning.count_reasons", after=time(4, 25)),
    Daily("planning.morning_mails", after=time(4, 50)),
    # After the count: whoever came into a live wave, whatever was left undone.
    Daily("offers.keep", after=time(3, 50)),
    # What everybody pays in the shop today: before it is compared, and before the plans.
    Daily("prices.fetch", after=time(3, 10)),
    # Who paid more than what everybody pays now, or paid it too long ago to count.
    Daily("prices.check_daily", after=time(3, 55)),
    # Before the plans: whom a new article fits is a reason to get in touch.
    Daily("library.fit_new", after=time(3, 40)),
    # Before the plans: who could close the gap of a goal is a reason to get in touch.
    Daily("goals.count", after=time(3, 45)),
    # After the plans, whose words it takes.
    Daily("recovery.write_card", after=time(4, 45)),
)
