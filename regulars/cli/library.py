"""The library from the command line: the shelf, and who would thank us for an article or a text."""

from typing import Any

import click

from regulars.cli.main import put_json
from regulars.cli.readiness import with_database


@click.group()
def library() -> None:
    """See what is on the shelf, and who would thank you for it."""


@library.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def shelf(as_json: bool) -> None:
    """List the articles that may be shared today, the newest first."""
    from regulars.core import clock
    from regulars.library.queries import articles
    from regulars.team.queries import the_named_business

    rows = articles.shelf("now", the_named_business().day_of(clock.now()))
    items = [
        {
            "id": one.pk, "title": one.title, "kind": one.kind,
            "topics": [topic.topic for topic in one.topics.all()],
            "true_until": one.true_until.isoformat() if one.true_until else None,
            "shared": getattr(one, "share_count", 0), "thanked": getattr(one, "thanks_count", 0),
        }
        for one in rows
    ]  # fmt: skip
    if as_json:
        put_json({"articles": items})
        return
    for item in items:
        click.echo(f"{item['id']:>5}  {item['title']}  ({item['shared']} shared)")
    if not items:
        click.echo("The shelf is empty.")


@library.command()
@click.argument("article", required=False, type=int)
@click.option("--text", type=click.File(encoding="utf-8"), help="A text, or - to paste one.")
@click.option("--title", default="", help="The title of the text.")
@click.option("--most", default=25, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def who(article: int | None, text: Any, title: str, most: int, as_json: bool) -> None:
    """Say who would thank you for an article of the shelf, or for a text."""
    if (article is None) == (text is None):
        raise click.UsageError("Give the number of an article, or a text by --text.")
    people = _found(article, text.read() if text else "", title, max(1, most))
    if as_json:
        put_json({"people": people})
        return
    for one in people:
        click.echo(f"{one['customer_id']:>9}  {one['name']}  {one['why']}")
    if not people:
        click.echo("Nobody of whom we know that they care about it, need it or bought it lately.")


def _found(article_id: int | None, text: str, title: str, most: int) -> list[dict[str, Any]]:
    from regulars.core import clock
    from regulars.customers.models import Customer
    from regulars.library.queries import articles, people
    from regulars.library.sentences import line_for, why_it_fits

    article = articles.article_for(article_id) if article_id is not None else None
    told = articles.told_by(article) if article else articles.told_of_text(title, text)
    found = people.who_would_thank(
        told, among=Customer.objects.all(), at=clock.now(), most=most, article=article
    )
    names = Customer.objects.in_bulk([one.customer_id for one in found])
    return [
        {
            "customer_id": one.customer_id, "name": names[one.customer_id].name,
            "because": one.because.value, "words": one.words, "why": why_it_fits(one),
            "line": line_for(one), "score": round(one.score, 3),
        }
        for one in found
    ]  # fmt: skip
