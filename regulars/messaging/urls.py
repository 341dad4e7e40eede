from django.urls import URLPattern, URLResolver, path

from regulars.messaging.views import texts

app_name = "messaging"
text_pages: list[URLPattern | URLResolver] = [
    path("texts/", texts.index, name="templates"),
    path("texts/starters", texts.bring_starters, name="bring_starters"),
    path("texts/new", texts.new, name="new_template"),
    path("texts/check", texts.check, name="check_text"),
    path("texts/<int:template_id>", texts.edit, name="template"),
    path("texts/<int:template_id>/preview", texts.preview, name="preview"),
    path("texts/<int:template_id>/sheet", texts.sheet, name="sheet"),
    path("texts/<int:template_id>/test", texts.send_test, name="send_test"),
    path("texts/<int:template_id>/restore", texts.restore, name="restore_template"),
    path("texts/<int:template_id>/put-away", texts.put_away, name="put_away_template"),
]

urlpatterns: list[URLPattern | URLResolver] = [*text_pages]
