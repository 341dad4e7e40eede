from django.urls import path

from regulars.notes import views

app_name = "notes"
urlpatterns = [
    path("", views.home, name="home"),
    path("to/<int:customer_id>", views.to, name="to"),
    path("print", views.put_on_paper, name="print"),
    path("written", views.written, name="written"),
    path("posted", views.posted, name="posted"),
    path("drop", views.drop, name="drop"),
    path("<int:note_id>/back/<slug:state>", views.back, name="back"),
    path("printings/<int:printing_id>/", views.printing, name="printing"),
    path("printings/<int:printing_id>/back", views.unprint, name="unprint"),
    path("printings/<int:printing_id>/<slug:what>.pdf", views.paper, name="paper"),
]
