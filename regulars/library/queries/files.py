"""The PDFs that are ours: what is known of one, handing it out, and whose link leads to which."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from regulars.library.choices import WHOM_IT_FITS
from regulars.library.errors import ArticleNotFound
from regulars.library.models import Article, ArticleFile, Share
from regulars.messaging.models import Message


def about_file(article: Article) -> ArticleFile | None:
    """Its name and size, without what it holds."""
    return ArticleFile.objects.defer("content").filter(article=article).first()


def file_of(article: Article) -> ArticleFile:
    found = ArticleFile.objects.filter(article=article).first()
    if found is None:
        raise ArticleNotFound
    return found


def as_download(file: ArticleFile) -> HttpResponse:
    """To be saved and opened beside the browser: it is nothing of our pages (RELIABILITY U1)."""
    answer = HttpResponse(bytes(file.content), content_type="application/pdf")
    shown_as = content_disposition_header(as_attachment=True, filename=file.name)
    answer["Content-Disposition"] = shown_as or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def file_sent_by(message_id: UUID) -> ArticleFile | None:
    """The PDF to which the link in a message leads; nothing where that is gone."""
    files = ArticleFile.objects.defer("content").select_related("article")
    share = Share.objects.filter(message=message_id).values_list("article", flat=True).first()
    if share is None:
        sent = Message.objects.filter(pk=message_id, mailing__audience=WHOM_IT_FITS)
        share = sent.values_list("mailing__definition__article", flat=True).first()
    return files.filter(article=share).first() if share is not None else None


def share_with(article: Article, customer_id: int) -> Share | None:
    return Share.objects.filter(article=article, customer=customer_id).first()
