"""The outbox: every mail that leaves, where it stands, and what can be done about it (N18)."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.models.role import Permission
from core import clock
from core.access import permission_required
from core.outbox import NotRedrivable
from core.rendering import render_page
from core.sanitiser import sanitise_frame
from mailpipe.actions.outgoing import AlreadyLeft, discard, send_again
from mailpipe.lists import MailLine, mail_list
from mailpipe.models import OutgoingMail
from mailpipe.secrets import readable_body
from mailpipe.templatetags.mail import delivery_state
from tickets.actors import Actor

TROUBLED = ("failed", "dead", "needs_review", "uncertain")
MANY = 500


@permission_required(Permission.MAIL_INSPECT)
@require_safe
def outbox(request: HttpRequest) -> HttpResponseBase:
    """All outgoing mails, newest first, by state."""
    mails = OutgoingMail.objects.select_related("ticket", "department").defer("html", "text")
    state = request.GET.get("state", "")
    if state in OutgoingMail.State.values:
        mails = mails.filter(state=state)
    context = {
        "page": mail_list(mails, request.GET, by="created_at", line=_line),
        "states": OutgoingMail.State.choices,
        "state": state,
        "has_troubled": OutgoingMail.objects.filter(state__in=TROUBLED).exists(),
        "is_kept": settings.SMTP is None,
    }
    return render_page(request, "mailpipe/outbox.html", context, fragment="list")


@permission_required(Permission.MAIL_INSPECT)
@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One outgoing mail: recipients, headers, text, what each server said."""
    found = get_object_or_404(OutgoingMail.objects.select_related("ticket"), pk=pk)
    context = {
        "mail": found,
        "text": _readable(found),
        "results": sorted(found.recipient_results.items()),
        "may_send_again": found.state in TROUBLED or _is_kept_in_vain(found),
        "is_troubled": found.state in TROUBLED,
        "is_waiting": found.state in ("pending", "kept"),
    }
    return render_page(request, "mailpipe/outgoing_mail.html", context)


@permission_required(Permission.MAIL_INSPECT)
@require_safe
@xframe_options_sameorigin
def frame(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part, for a sandboxed frame (X-31)."""
    found = get_object_or_404(OutgoingMail, pk=pk)
    html = readable_body(found)[1] if settings.DEMO else found.html
    response = HttpResponse(sanitise_frame(html))
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
        "frame-ancestors 'self'; sandbox"
    )
    return response


@permission_required(Permission.MAIL_INSPECT)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Send again, or never send."""
    found = get_object_or_404(OutgoingMail, pk=pk)
    action = {"retry": send_again, "discard": discard}.get(request.POST.get("act", ""))
    if action is None:
        raise Http404
    try:
        action(found, actor=_actor(request), now=clock.now())
    except (NotRedrivable, AlreadyLeft):
        messages.error(request, _("This mail is on its way, has arrived, or was withdrawn."))
    else:
        messages.success(request, _("Done."))
    return redirect("mailpipe:outgoing_mail", pk=pk)


@permission_required(Permission.MAIL_INSPECT)
@require_POST
def retry_all(request: HttpRequest) -> HttpResponse:
    """Send everything again that failed or was set aside, five hundred at a time."""
    rows = OutgoingMail.objects.filter(state__in=("failed", "dead")).order_by("pk")[:MANY]
    count = sum(_sent_again(row, _actor(request)) for row in rows)
    messages.success(
        request,
        ngettext("%(n)d mail is tried again.", "%(n)d mails are tried again.", count)
        % {"n": count},
    )
    return redirect("mailpipe:outbox")


def _line(mail: OutgoingMail) -> MailLine:
    return MailLine(
        at=mail.created_at,
        who=", ".join(mail.to),
        url=reverse("mailpipe:outgoing_mail", args=[mail.pk]),
        subject=mail.subject,
        mark=delivery_state(mail),
    )


def _is_kept_in_vain(mail: OutgoingMail) -> bool:
    """Kept while there was no mail server, and now there is one."""
    return mail.state == OutgoingMail.State.KEPT and settings.SMTP is not None


def _sent_again(row: OutgoingMail, actor: Actor) -> bool:
    try:
        send_again(row, actor=actor, now=clock.now())
    except NotRedrivable:
        return False
    return True


def _readable(mail: OutgoingMail) -> str:
    """The text; what only its reader may know, such as a sign-in code, the demo alone shows."""
    if settings.DEMO and mail.sealed_body is not None:
        return readable_body(mail)[0]
    if mail.kind == OutgoingMail.Kind.ACCOUNT:
        return str(_("The text of account mails is sealed."))
    return mail.text


def _actor(request: HttpRequest) -> Actor:
    if not isinstance(request.user, User):
        raise Http404
    return Actor.of_user(request.user)
