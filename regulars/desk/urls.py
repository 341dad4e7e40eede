from django.urls import path

from regulars.desk import design, people, search, views

app_name = "desk"
urlpatterns = [
    path("healthy", views.healthy, name="healthy"),
    path("search", search.search, name="search"),
    path("people/<int:member_id>/hand-over", people.hand_over, name="hand_over"),
    path("design", design.design, name="design"),
]
