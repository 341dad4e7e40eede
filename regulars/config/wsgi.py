import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
application = get_wsgi_application()

# Only now: these need the settings. A half-done restore is finished before a page is served.
from regulars.core.presence import be_here  # noqa: E402
from regulars.core.restore import finish_if_begun  # noqa: E402

be_here(finish_if_begun)
