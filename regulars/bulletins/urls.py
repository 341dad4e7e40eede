from django.urls import path

from regulars.bulletins.views import bulletins, writing

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
    path("<int:bulletin_id>/close", bulletins.close, name="close"),
]
