from django.urls import URLPattern, URLResolver, path

from regulars.messaging.views import holds, mailings, messages, papers, rules, server, switch, texts

app_name = "messaging"
sending_pages: list[URLPattern | URLResolver] = [
    path("", messages.index, name="home"),
    path("waiting/", messages.waiting, name="waiting"),
    path("needs-a-look/", messages.needs_look, name="needs_a_look"),
    path("stop", switch.stop, name="stop"),
    path("resume", switch.resume, name="resume"),
    path("to/<int:customer_id>/", messages.write, name="write"),
    path("m/<uuid:message_id>/", messages.show, name="message"),
    path("m/<uuid:message_id>/take-back", messages.take_back, name="take_back"),
    path("m/<uuid:message_id>/try-again", messages.again, name="try_again"),
    path("m/<uuid:message_id>/arrived", messages.arrived, name="arrived"),
    path("m/<uuid:message_id>/send-again", messages.send_again, name="send_again"),
    path("to/<int:customer_id>/verdict", papers.verdict, name="verdict"),
    path("paper", papers.try_words, name="try_words"),
    path("paper/<int:version_id>/<int:customer_id>", papers.of_version, name="version_paper"),
    path("mailings/new", mailings.new, name="new_mailing"),
    path("mailings/<int:mailing_id>/", mailings.show, name="mailing"),
    path("mailings/<int:mailing_id>/progress", mailings.progress, name="mailing_progress"),
    path("mailings/<int:mailing_id>/of/<slug:group>/", mailings.listed, name="mailing_list"),
    path("mailings/<int:mailing_id>/approve", mailings.approve, name="approve_mailing"),
    path("mailings/<int:mailing_id>/pause", mailings.pause, name="pause_mailing"),
    path("mailings/<int:mailing_id>/resume", mailings.go_on, name="resume_mailing"),
    path("mailings/<int:mailing_id>/stop", mailings.stop, name="stop_mailing"),
]
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
server_pages: list[URLPattern | URLResolver] = [
    path("server/", server.server, name="server"),
    path("server/describe", server.describe, name="describe_server"),
    path("server/texts", server.describe_texts, name="describe_texts"),
    path("server/test", server.send_test, name="test_server"),
    path("server/key", server.make_key, name="make_dkim_key"),
    path("server/no-key", server.stop_signing, name="stop_signing"),
    path("server/resume", server.resume, name="resume_server"),
    path("server/dns", server.check_dns, name="check_dns"),
]
hold_pages: list[URLPattern | URLResolver] = [
    path("rules/", rules.rules, name="rules"),
    path("holds/", holds.index, name="holds"),
    path("holds/everybody", holds.place_for_everybody, name="hold_everybody"),
    path("holds/<int:hold_id>/lift", holds.lift_any, name="lift_any_hold"),
    path("holds/<int:customer_id>/place", holds.place, name="place_hold"),
    path("holds/<int:customer_id>/<int:hold_id>/lift", holds.lift, name="lift_hold"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *sending_pages, *text_pages, *server_pages, *hold_pages,
]  # fmt: skip
