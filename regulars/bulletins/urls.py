from django.urls import path

from regulars.bulletins.views import bulletins, questions, telling, writing

app_name = "bulletins"
urlpatterns = [
    path("", bulletins.index, name="home"),
    path("new", bulletins.new, name="new"),
    path("<int:bulletin_id>/", bulletins.show, name="show"),
    path("<int:bulletin_id>/write", writing.write, name="write"),
    path("<int:bulletin_id>/look", writing.look, name="look"),
    path("<int:bulletin_id>/paper", writing.draft_paper, name="draft_paper"),
    path("<int:bulletin_id>/paper/<int:number>", writing.paper, name="paper"),
    path("<int:bulletin_id>/publish", writing.publish, name="publish"),
    path("<int:bulletin_id>/readers", bulletins.choose_readers, name="readers"),
    path("<int:bulletin_id>/tell", telling.before, name="before"),
    path("<int:bulletin_id>/send", telling.send, name="send"),
    path("<int:bulletin_id>/stop", telling.stop, name="stop"),
    path("<int:bulletin_id>/owed", telling.owed, name="owed"),
    path("<int:bulletin_id>/letters", telling.letters, name="letters"),
    path("<int:bulletin_id>/posted", telling.posted, name="posted"),
    path("<int:bulletin_id>/read-out", telling.read_out, name="read_out"),
    path("<int:bulletin_id>/questions", questions.note, name="note"),
    path("<int:bulletin_id>/questions/aside", questions.aside, name="aside"),
    path("<int:bulletin_id>/close", bulletins.close, name="close"),
]
