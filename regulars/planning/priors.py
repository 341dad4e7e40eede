"""What the plan believes before this business's own verdicts say better: each with its source.

Every number that weighs one customer or one channel against another stands here and nowhere else.
"""

from typing import Final

from regulars.consent.choices import Channel
from regulars.insight.choices import Tier

# How many minutes of a member one touch takes. A visit is a short one nearby, as long as nothing
# tells how far it is; where addresses do, it is the talk and the way there. Our own estimate.
MINUTES: Final = {
    Channel.VISIT: 15,
    Channel.CALL: 6,
    Channel.NOTE: 6,
    Channel.EMAIL: 3,
    Channel.TEXT: 2,
}
TALK_MINUTES: Final = 12

# How likely one touch matters, by channel. The order is the founding essay's: a visit, then a
# call, then a handwritten note, then an e-mail. The sizes are our own prior. They are kept modest
# because the field is: calls by strangers months later did nothing (Samek & Longfield, AEJ
# Applied 2023); a handwritten note doubled later spending, of loyal customers only (J. Interactive
# Marketing 2022, 10.1177/10949968221102306).
MATTERS: Final = {
    Channel.VISIT: 0.60,
    Channel.CALL: 0.32,
    Channel.NOTE: 0.28,
    Channel.EMAIL: 0.10,
    Channel.TEXT: 0.06,
}

# What control groups say of what we write goes before what we believe: the chance stays within the
# bounds of their verdict, and never falls to nothing (it would still be a word from us).
LEAST_MATTERS: Final = 0.01

# Whoever is reached today is left alone for a while: a text takes the place of the call that could
# have come tomorrow. What grows back with time is worth waiting for (Kleinberg and Immorlica,
# "Recharging bandits", FOCS 2018; Simchi-Levi, Zheng and Zhu, "Dynamic planning and learning under
# recovering rewards", ICML 2021). This is how likely the better touch that is waited for comes
# about. Our own prior, chosen on the made-up years of `docs/plan.md`, where 1 does better as long
# as a visit is worth as much as we believe, and worse where it is not.
WAITED_FOR: Final = 0.5

# How often somebody answers when we try, before they have been tried; and how many tries this
# belief is worth beside what they did. Our own priors.
ANSWERS: Final = {
    Channel.VISIT: 0.7,
    Channel.CALL: 0.5,
    Channel.EMAIL: 0.2,
    Channel.TEXT: 0.3,
}
TRIES_BELIEVED: Final = 4
# Answering moves the chance no further than this, either way.
ANSWERS_LEAST, ANSWERS_MOST = 0.5, 1.5
ANSWERS_DAYS: Final = 365

# Somebody said by which means they like to hear from us. Our own prior.
PREFERRED: Final = 1.25

# What each touch from us in the last four weeks takes from the next, beyond the share that grows
# back since the last one. Our own prior.
EACH_TOUCH_WEIGHS: Final = 0.15

# Who stood on the list yesterday and was not reached keeps a place before others who are worth as
# much; who was tried or put off until today, more so: a list that jumps is not trusted.
# Our own priors.
KEPT_PLACE, BEGUN = 1.15, 1.5

# A customer of whom no way to reach them is written down: the number stands on an invoice, in the
# till or in the telephone book. Finding it takes so long, and works out so often. Our own prior.
FINDING_MINUTES: Final = 4
FOUND: Final = 0.5

# How much attention can still change, by tier. The riskiest customers are not the best ones to
# call (Ascarza, J. Marketing Research 2018): those who slip can still be kept, those who are lost
# seldom come back for a call.
TIER_WEIGHT: Final = {
    Tier.CORE: 1.0,
    Tier.ACTIVE: 0.8,
    Tier.NEW: 0.9,
    Tier.SLIPPING: 1.2,
    Tier.LAPSED: 0.5,
    Tier.LOST: 0.15,
}

# How often each tier should hear from us at least, until the business says otherwise. The core
# every month is the founding essay's "stay in touch"; the rest is our own prior.
CADENCE_DAYS: Final = {
    Tier.CORE: 30,
    Tier.ACTIVE: 60,
    Tier.NEW: 45,
    Tier.SLIPPING: 30,
    Tier.LAPSED: 120,
    Tier.LOST: 365,
}

# Lateness beyond this many times the cadence weighs no more, or the longest forgotten would
# crowd out everyone who can still be kept. Our own prior.
MOST_OVERDUE: Final = 3.0

# A touch weighs on the customer for this long: what follows within it counts less. Our own prior.
BURDEN_DAYS: Final = 28

# A first purchase is thanked for while it is fresh; a late thank-you by a stranger did nothing
# (Samek & Longfield, see above). How many days counts as fresh is our own prior.
FRESH_DAYS: Final = 14

# A call that nobody answered is tried again after so many days. Our own prior.
RETRY_DAYS: Final = 3

# Tiers that are worth a visit even when they are one person.
VISITED_TIERS: Final = (Tier.CORE, Tier.SLIPPING)

# First touches of a list without history are spread over so many days.
SPREAD_DAYS: Final = 28

# How long "not now" lasts.
NOT_NOW_DAYS: Final = 30

# How many of those who did not fit are kept, with why, for each member.
WAITING_KEPT: Final = 50

# How many messages go by themselves from one list a day, where nobody says otherwise: as many as
# somebody still reads through before letting them go. Our own prior.
MOST_BY_ITSELF: Final = 10

# How many of the most worthy are looked at closely, for all lists together, if more than fit.
SHORTLISTED: Final = 2_000

# Customers of a colleague who is away wait for their return where no cadence will then have run
# longer than one and a half times its days. Our own prior.
WAITS_FOR_OWNER: Final = 1.5
# Customers of nobody are shared by minutes, and by how full each one's days of so long were; this
# much fullness is believed of everybody, and nobody gets more than so many times their share.
EVENED_DAYS: Final = 28
FULL_BELIEVED: Final = 0.25
EVEN_OUT_MOST: Final = 3.0
