"""Facts that the library announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArticleShared:
    """An article went to a customer; `channel` says how."""

    share_id: int
    article_id: int
    customer_id: int
    channel: str


@dataclass(frozen=True, slots=True)
class ArticleMailed:
    """An article went to many in one mailing; one fact for what left together."""

    article_id: int
    customer_ids: list[int]


@dataclass(frozen=True, slots=True)
class ShareAnswered:
    """What came back of an article: read, thanked, not for them."""

    share_id: int
    customer_id: int
    answer: str
