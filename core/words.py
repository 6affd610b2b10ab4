"""What scripts say: translated on the server, read by elements from `#words`."""

from __future__ import annotations

from django.utils.translation import gettext


def for_scripts() -> dict[str, str]:
    """Key to sentence; names in braces are filled in by the element."""
    return {
        "now": gettext("now"),
        "minutes": gettext("{m} m"),
        "hours": gettext("{h} h"),
        "hoursMinutes": gettext("{h} h {m} m"),
        "daysHours": gettext("{d} d {h} h"),
        "left": gettext("{t} left"),
        "overdue": gettext("Overdue {t}"),
        "draftSaved": gettext("Draft saved"),
        "draftFailed": gettext("Draft not saved"),
        "fileTooBig": gettext("{name} was not added: the limit is {limit}."),
        "tooManyFiles": gettext("Only {n} files can be sent at once."),
        "quoted": gettext("On {date}, {author} wrote:"),
        "copied": gettext("Copied"),
        "linkCopied": gettext("Link copied"),
        "notTheirs": gettext(
            "Another customer wrote this. Answer them, or quote it in an internal note."
        ),
        "pasted": gettext("Pasted picture"),
        "tooLarge": gettext("Not sent: too large. All of it is still here: take something out."),
        "notSaved": gettext("Not saved. What you typed is still here: send it again."),
        "notLoaded": gettext("This could not be loaded. Try again."),
        "forbidden": gettext("Not saved: your role does not allow this."),
        "offline": gettext("You are offline. What you typed stays here until the line is back."),
        "signedOut": gettext("You are signed out. What you typed is still here."),
    }


def close() -> str:
    """The name of every closing cross."""
    return gettext("Close")
