from django.urls import path

from regulars.insight import behind_views, hindsight_views, page_views, views

app_name = "insight"
urlpatterns = [
    path("", views.home, name="home"),
    path("buying-less", views.buying_less, name="buying_less"),
    path("count-again", views.count_again, name="count_again"),
    path("counting", views.counting, name="counting"),
    path("hindsight", hindsight_views.show, name="hindsight"),
    path("hindsight/look-again", hindsight_views.look_again, name="look_again"),
    path("hindsight/looking", hindsight_views.looking, name="looking"),
    path("figures/<slug:name>.csv", page_views.figure_as_csv, name="csv"),
    path("figures/<slug:name>.svg", page_views.figure_as_svg, name="svg"),
    path("behind/<slug:name>/<path:cell>", behind_views.show, name="behind"),
    path("listed/<slug:name>/<path:cell>", behind_views.as_list, name="list_behind"),
    path("<slug:slug>/", page_views.page, name="page"),
]
