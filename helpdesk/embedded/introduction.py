"""What bin/up tells a newcomer once the help desk answers."""

import shlex
import sys
from collections.abc import Sequence

from .options import Choices
from .places import ROOT, Places

SUPPORT_ADDRESS = "support@company.com"  # General Support of the demo company (R2)
SAMPLE_MAIL = (
    f"From: Anna Berg <anna.berg@example.net>\\nTo: {SUPPORT_ADDRESS}\\n"
    "Subject: The printer is on fire\\n\\nPlease help, it smells.\\n"
)


def text(choices: Choices, places: Places, *, seconds: float, people: Sequence[str]) -> str:
    """`people` says who may sign in, or how somebody comes to be allowed to."""
    site = choices.site_url.rstrip("/")
    return "\n".join(
        [
            "",
            f"Helpdesk answers after {seconds:.0f} seconds.",
            "",
            f"  Customers     {site}/",
            f"  Agents        {site}/admin/tickets",
            f"  Sent mail     {site}/admin/mail/outbox",
            "",
            *(f"  {line}" for line in people),
            "",
            "  Pipe a mail in, from another terminal:",
            f"    {pipe_command(places)}",
            "",
            "  Ctrl-C stops everything; the files stay in " + str(places.var),
            "",
        ]
    )


def sign_ins(choices: Choices, lines: Sequence[str]) -> list[str]:
    """What `manage.py demo --sign-ins` prints: role, address and password between tabs."""
    rows = [line.split("\t") for line in lines]
    width = max((len(address) for _, address, _ in rows), default=0)
    return [
        f"Sign in at {choices.site_url}/authentication/login as",
        *(f"  {role:<9} {address:<{width}}  {password}" for role, address, password in rows),
    ]


def owner_hint() -> list[str]:
    """An installation without the demo has nobody in it yet."""
    manage = shlex.join([sys.executable, str(ROOT / "manage.py")])
    return [
        "Make the first owner, from another terminal:",
        f"  {manage} createowner --email YOU@EXAMPLE.COM --name 'YOUR NAME'",
    ]


def pipe_command(places: Places) -> str:
    manage = shlex.join([sys.executable, str(ROOT / "manage.py"), "mailpipe"])
    elsewhere = places.var != ROOT / "var"
    spool = f"MAIL_SPOOL={shlex.quote(str(places.var / 'spool'))} " if elsewhere else ""
    return f"printf '{SAMPLE_MAIL}' | {spool}{manage} --recipient {SUPPORT_ADDRESS}"
