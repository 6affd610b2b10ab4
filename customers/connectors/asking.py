"""One GET of JSON from a system of the customers' records, through core/http.py."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from core.http import FetchFailed, FetchRefused, fetch
from customers.connectors import CrmUnavailable

REFUSED = (401, 403)


def get_json(url: str, *, headers: dict[str, str]) -> dict[str, Any]:
    """The object the address answers with. Raises CrmUnavailable, with words for staff."""
    try:
        answer = fetch("GET", url, headers=headers)
    except FetchRefused as refusal:
        raise CrmUnavailable(_("The address is not allowed: %(why)s.") % {"why": refusal}) from None
    except FetchFailed:
        raise CrmUnavailable(_("It could not be reached, or did not answer in time.")) from None
    if answer.status in REFUSED:
        raise CrmUnavailable(_("It refuses our token."))
    if not answer.is_success:
        raise CrmUnavailable(_("It answered with error %(code)d.") % {"code": answer.status})
    try:
        found = json.loads(answer.body)
    except ValueError:
        raise CrmUnavailable(_("Its answer can't be read.")) from None
    if not isinstance(found, dict):
        raise CrmUnavailable(_("Its answer can't be read."))
    return found
