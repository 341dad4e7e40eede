from django.urls import path

from regulars.learning.views import causes, improvements, satisfaction, themes, words

app_name = "learning"
urlpatterns = [
    path("", themes.home, name="home"),
    path("themes.csv", themes.as_csv, name="themes_csv"),
    path("themes/<slug:key>/", themes.show, name="theme"),
    path("causes/", causes.home, name="causes"),
    path("causes.csv", causes.as_csv, name="causes_csv"),
    path("causes/none/", causes.unnamed, name="no_cause"),
    path("causes/<int:cause_id>/", causes.show, name="cause"),
    path("improvements/", improvements.home, name="improvements"),
    path("improvements/new", improvements.new, name="new_improvement"),
    path("improvements/<int:improvement_id>/", improvements.change, name="change_improvement"),
    path(
        "improvements/<int:improvement_id>/<slug:stage>", improvements.move, name="move_improvement"
    ),
    path(
        "improvements/<int:improvement_id>/back/<int:stamp>",
        improvements.back,
        name="back_improvement",
    ),
    path("satisfaction/", satisfaction.home, name="satisfaction"),
    path("satisfaction.csv", satisfaction.as_csv, name="satisfaction_csv"),
    path("satisfaction/<slug:kind>/", satisfaction.behind, name="those_behind"),
    path("words/", words.home, name="words"),
    path("words/new", words.new, name="new_theme"),
    path("words/<slug:key>/", words.change, name="change_theme"),
    path("words/<slug:key>/switch", words.switch, name="switch_theme"),
    path("words/<slug:key>/forget", words.forget, name="forget_theme"),
    path("words/<slug:key>/back/<int:stamp>", words.back, name="back_theme"),
]
