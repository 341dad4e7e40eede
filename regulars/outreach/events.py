"""Facts that outreach announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CampaignApproved:
    """A campaign begins: so many are to be called, and so many meant to be written to."""

    campaign_id: int
    called_count: int
    written_count: int


@dataclass(frozen=True, slots=True)
class CampaignStopped:
    """A campaign was stopped for good: nobody else is called or written to because of it."""

    campaign_id: int
