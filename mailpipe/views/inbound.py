"""The intake ledger: every received mail with its one outcome, and why (N4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models.role import Permission
from core import audit, clock
from core.access import permission_required
from core.files import FileMissing, open_compressed
from core.rendering import render_page
from core.text import clean_line
from mailpipe.actions.ledger import (
    NotReplayable,
    allow_sender,
    block_sender,
    discard_mail,
    release_mail,
    replay_mail,
)
from mailpipe.lists import MailLine, mail_list
from mailpipe.models import InboundMail
from mailpipe.templatetags.mail import outcome as mark_of

ACTS: dict[str, tuple[Callable[..., Any], str]] = {
    "replay": (replay_mail, _("The mail is settled anew within seconds.")),
    "release": (release_mail, _("The mail is let in within seconds.")),
    "discard": (discard_mail, _("Discarded; the ledger keeps it.")),
    "block": (block_sender, _("This sender's mail is held from now on.")),
    "allow": (allow_sender, _("This sender's mail is always let in from now on.")),
}


@permission_required(Permission.MAIL_INSPECT)
@require_safe
def ledger(request: HttpRequest) -> HttpResponseBase:
    """All received mails, newest first; by outcome and sender."""
    mails = InboundMail.objects.select_related("department", "ticket")
    outcome, sender = request.GET.get("outcome", ""), clean_line(request.GET.get("sender", ""), 254)
    if outcome in InboundMail.Outcome.values and outcome:
        mails = mails.filter(outcome=outcome)
    if sender:
        mails = mails.filter(from_address=sender.lower())
    context = {
        "page": mail_list(mails, request.GET, by="received_at", line=_line),
        "outcomes": [choice for choice in InboundMail.Outcome.choices if choice[0]],
        "outcome": outcome,
        "sender": sender,
    }
    return render_page(request, "mailpipe/ledger.html", context, fragment="list")


@permission_required(Permission.MAIL_INSPECT)
@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One received mail with its trace."""
    found = get_object_or_404(InboundMail.objects.select_related("department", "ticket"), pk=pk)
    is_quarantined = found.outcome == InboundMail.Outcome.QUARANTINED
    context = {"mail": found, "is_quarantined": is_quarantined}
    return render_page(request, "mailpipe/inbound_mail.html", context)


@permission_required(Permission.MAIL_INSPECT)
@require_safe
def raw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The raw bytes as a file; every look is in the audit log (mail.md 8)."""
    found = get_object_or_404(InboundMail, pk=pk, raw_deleted_at=None)
    try:
        content = open_compressed(found.stored_as)
    except FileMissing as missing:
        raise Http404 from missing
    audit.record("downloaded raw mail", found, actor=request.user, request=request)
    response = FileResponse(content, as_attachment=True, filename=f"mail-{pk}.eml")
    response["Content-Type"] = "message/rfc822"
    return response


@permission_required(Permission.MAIL_INSPECT)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Replay, release, discard; block or allow the sender."""
    found = get_object_or_404(InboundMail, pk=pk)
    action, words = ACTS.get(request.POST.get("act", ""), (None, ""))
    if action is None:
        raise Http404
    try:
        action(found, actor=request.user, now=clock.now())
    except NotReplayable:
        messages.error(request, _("This mail left a ticket, or its bytes are gone."))
    else:
        messages.success(request, words)
    return redirect("mailpipe:inbound_mail", pk=pk)


def _line(mail: InboundMail) -> MailLine:
    return MailLine(
        at=mail.received_at,
        who=mail.from_address or mail.envelope_sender,
        url=reverse("mailpipe:inbound_mail", args=[mail.pk]),
        subject=mail.subject,
        mark=mark_of(mail),
    )
