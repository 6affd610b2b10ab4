"""The one module that talks SMTP: a session, and what the server said about each recipient."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import time
from dataclasses import dataclass
from typing import Any

from django.core.mail.utils import DNS_NAME

from core.text import clean_line

# One answer may take this long, and one whole mail that long: together less than a row's lease.
ANSWER_SECONDS = 30.0
MAIL_SECONDS = 50.0
SENT, RETRY, FAILED = "sent", "retry", "failed"
_WELL, _PERMANENT = range(200, 300), range(500, 600)
# The server doesn't believe us (RFC 4954): a setting to mend, not a mail to give up.
_OUR_FAULT = (530, 534, 535, 538)


class Unreachable(Exception):
    """No session with the server: refused, hanging, or not letting us in."""


@dataclass(frozen=True)
class Result:
    """What became of the mail for one recipient, in the server's words."""

    state: str
    code: int
    words: str

    def __str__(self) -> str:
        return f"{self.code} {self.words}".strip() if self.code else self.words

    @property
    def names_nobody(self) -> bool:
        """The address is wrong (RFC 3463, 5.1.x); other refusals are about us or the mail."""
        return self.state == FAILED and self.words.startswith("5.1.")


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """Who sends what to whom."""

    sender: str
    recipients: list[str]
    content: bytes
    is_utf8: bool = False


class Session:
    """A connection that takes one mail after the other; `is_broken` once it must be renewed."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self._server = server
        self._ends_at = 0.0
        self.is_broken = False

    def send(self, envelope: Envelope) -> dict[str, Result]:
        """Hand over one mail; a result for each recipient. Never raises for what a server does.

        A connection lost after DATA leaves open whether the mail arrived: it is sent again under
        the same Message-ID (D-11).
        """
        self._ends_at = time.monotonic() + MAIL_SECONDS
        try:
            return self._converse(envelope)
        except (smtplib.SMTPException, OSError) as lost:
            self.is_broken = True
            words = clean_line(str(lost) or type(lost).__name__, 300)
            return dict.fromkeys(envelope.recipients, Result(RETRY, 0, words))

    def close(self) -> None:
        """Say goodbye, or just hang up."""
        with contextlib.suppress(smtplib.SMTPException, OSError):
            if not self.is_broken:
                self._server.quit()
        self._server.close()

    def _converse(self, envelope: Envelope) -> dict[str, Result]:
        if envelope.is_utf8 and not self._server.has_extn("smtputf8"):
            refusal = Result(FAILED, 550, "The mail server can't reach addresses beyond ASCII")
            return dict.fromkeys(envelope.recipients, refusal)
        code, words = self._timed().mail(envelope.sender, self._options(envelope))
        if code not in _WELL:
            return dict.fromkeys(envelope.recipients, self._refused(code, words))
        results = {email: self._offer(email) for email in envelope.recipients}
        taken = [email for email, result in results.items() if result.state == SENT]
        if not taken:
            self._reset()
            return results
        return results | dict.fromkeys(taken, self._transmit(envelope.content))

    def _transmit(self, content: bytes) -> Result:
        try:
            code, words = self._timed().data(content)
        except smtplib.SMTPDataError as refusal:
            code, words = refusal.smtp_code, _octets(refusal.smtp_error)
        self._note_closing(code)
        return _result(code, words)

    def _offer(self, email: str) -> Result:
        code, words = self._timed().rcpt(email)
        self._note_closing(code)
        return _result(code, words)

    def _refused(self, code: int, words: bytes) -> Result:
        self._note_closing(code)
        self._reset()
        result = _result(code, words)
        return Result(RETRY, code, result.words) if code in _OUR_FAULT else result

    def _options(self, envelope: Envelope) -> list[str]:
        options = ["SMTPUTF8", "BODY=8BITMIME"] if envelope.is_utf8 else []
        if self._server.has_extn("size"):
            options.append(f"size={len(envelope.content)}")
        return options

    def _reset(self) -> None:
        if not self.is_broken:
            self._timed().rset()

    def _note_closing(self, code: int) -> None:
        """421: the server closes the connection (RFC 5321, 3.8)."""
        self.is_broken = self.is_broken or code == 421  # noqa: PLR2004 -- named in the docstring

    def _timed(self) -> smtplib.SMTP:
        left = self._ends_at - time.monotonic()
        if left <= 0 or self._server.sock is None:
            raise TimeoutError("the mail server took too long")
        self._server.sock.settimeout(min(ANSWER_SECONDS, left))
        return self._server


def open_session(smtp: dict[str, Any]) -> Session:
    """Connect, secure and sign in as the deployment says. Raises Unreachable."""
    server: smtplib.SMTP | None = None
    try:
        server = _connected(smtp)
        server.ehlo_or_helo_if_needed()
        if smtp.get("EMAIL_USE_TLS"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if smtp.get("EMAIL_HOST_USER"):
            server.login(smtp["EMAIL_HOST_USER"], smtp.get("EMAIL_HOST_PASSWORD") or "")
    except (smtplib.SMTPException, OSError) as failure:
        if server is not None:
            server.close()
        raise Unreachable(clean_line(str(failure) or type(failure).__name__, 300)) from failure
    return Session(server)


def _connected(smtp: dict[str, Any]) -> smtplib.SMTP:
    host, port = smtp.get("EMAIL_HOST") or "localhost", int(smtp.get("EMAIL_PORT") or 25)
    name = DNS_NAME.get_fqdn()
    if smtp.get("EMAIL_USE_SSL"):
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            host, port, local_hostname=name, timeout=ANSWER_SECONDS, context=context
        )
    return smtplib.SMTP(host, port, local_hostname=name, timeout=ANSWER_SECONDS)


def _octets(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()


def _result(code: int, words: bytes) -> Result:
    said = clean_line(words.decode("utf-8", "replace"), 300)
    if code in _WELL:
        return Result(SENT, code, said)
    return Result(FAILED if code in _PERMANENT else RETRY, code, said)
