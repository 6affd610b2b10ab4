"""Refusals as machines read them: problem details (RFC 9457), never a page."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
_KEPT_HEADERS = ("Retry-After", "Allow")

Answer = Callable[[HttpRequest], HttpResponseBase]


class Problem(Exception):
    """A refusal: its status, a sentence what to do, and headers or further members."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.headers, self.members = headers or {}, members

    def response(self) -> HttpResponse:
        """The answer that says so."""
        told = {"title": self.status.phrase, "status": int(self.status), "detail": self.detail}
        return JsonResponse(
            {**told, **self.members},
            status=self.status,
            headers={"Cache-Control": "no-store", **self.headers},
            content_type=MEDIA_TYPE,
        )


def no_pages(get_response: Answer) -> Answer:
    """Whatever the house refuses with a page, below /api/ it refuses with a problem."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        is_refusal = response.status_code >= HTTPStatus.BAD_REQUEST and is_page
        if not request.path_info.startswith(PREFIX) or not is_refusal:
            return response
        headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
        status = HTTPStatus(response.status_code)
        return Problem(status, _("The request was refused."), headers=headers).response()

    return middleware
