from django.urls import path

from regulars.mentions import views

app_name = "mentions"
urlpatterns = [
    path("", views.home, name="home"),
    path("new", views.new, name="new"),
    path("new/paste", views.paste, name="paste"),
    path("<int:mention_id>/", views.show, name="show"),
    path("<int:mention_id>/draft", views.draft, name="draft"),
    path("<int:mention_id>/answered", views.answered, name="answered"),
    path("<int:mention_id>/aside", views.aside, name="aside"),
    path("<int:mention_id>/whose", views.whose, name="whose"),
    path("<int:mention_id>/nobody", views.nobody, name="nobody"),
    path("<int:mention_id>/complaint", views.complaint, name="complaint"),
    path("<int:mention_id>/give", views.give, name="give"),
    path("<int:mention_id>/back/<slug:state>", views.back, name="back"),
]
