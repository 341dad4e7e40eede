from django.urls import path

from regulars.offers.views import letters, offers, sorts, telling, till, waves

app_name = "offers"
urlpatterns = [
    path("", offers.home, name="home"),
    path("new", offers.new, name="new"),
    path("by-sort", sorts.home, name="sorts"),
    path("<int:offer_id>/", offers.show, name="show"),
    path("<int:offer_id>/change", offers.change, name="change"),
    path("<int:offer_id>/plan", offers.plan, name="plan"),
    path("<int:offer_id>/draft", offers.draft, name="draft"),
    path("<int:offer_id>/end", offers.end, name="end"),
    path("<int:offer_id>/open-again/<int:stamp>", offers.again, name="open_again"),
    path("<int:offer_id>/stock", offers.stock, name="stock"),
    path("<int:offer_id>/throw-away", offers.discard, name="discard"),
    path("<int:offer_id>/preview", waves.preview, name="preview"),
    path("<int:offer_id>/first", waves.first, name="first"),
    path("<int:offer_id>/waves/new", waves.new, name="new_wave"),
    path("waves/<int:wave_id>/", waves.change, name="wave"),
    path("waves/<int:wave_id>/drop", waves.drop, name="drop_wave"),
    path("waves/<int:wave_id>/ways", waves.ways, name="ways"),
    path("waves/<int:wave_id>/ways/back/<str:named>", waves.ways_back, name="ways_back"),
    path("waves/<int:wave_id>/tell", telling.tell, name="tell"),
    path("waves/<int:wave_id>/letters", letters.letters, name="letters"),
    path("waves/<int:wave_id>/letters.pdf", letters.printed, name="letters_pdf"),
    path("waves/<int:wave_id>/posted", letters.posted, name="posted"),
    path("waves/<int:wave_id>/not-posted/<int:stamp>", letters.not_posted, name="not_posted"),
    path("of/<int:customer_id>", till.panel, name="of"),
    path("of/<int:customer_id>/new-code/<int:offer_id>", till.replace, name="replace"),
]
