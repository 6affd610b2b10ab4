"""Mail addresses: repaired, compared, and made safe for the headers we send."""

import re
import unicodedata
from email.headerregistry import Address as HeaderAddress

import idna

LENGTH_LIMIT = 254
_LOCAL_LIMIT = 64
_LOCAL = re.compile(r'"[^"\\\x00-\x1f]+"|[^\s@<>"(),:;\\\[\]\x00-\x20\x7f]+')
_DOMAIN = re.compile(
    r"[^\W_](?:[\w\-]*[^\W_])?(?:\.[^\W_](?:[\w\-]*[^\W_])?)*|\[[0-9a-fA-F.:IPv]+\]"
)
_ENCODED_WORD = re.compile(r"=\?[^?\s]{0,80}\?[bBqQ]\?")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HEADER_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_NO_REPLY = re.compile(
    r"(?:.*[-_.+])?(?:no|not|dont|donot|do[-_.]not|ne|nicht|nao|pas)[-_.]?(?:reply|replay|response|responder"
    r"|responda|respuesta|repondre|antworten|svar)(?:[-_.+\d].*)?"
    r"|no[-_.]?reply.*|mailer[-_.]?daemon|daemon|bounces?(?:[-_.+=].*)?|.*[-_.+]bounces?|nobody|null"
)


class UnsafeAddress(ValueError):
    """The address cannot stand in a header or an envelope we send."""


def repair(written: str) -> str:
    """The address somebody meant: `< a @b.c. >`, `<a<b@c>`, `mailto:a@b`, quotes (mail.md 20)."""
    text = written.rpartition("<")[2].partition(">")[0]
    text = "".join(text.split()).strip("'`,;")
    if text[:7].lower() == "mailto:":
        text = text[7:].partition("?")[0]
    if text.startswith("@"):  # a source route, RFC 5322 4.4
        text = text.rpartition(":")[2]
    if text.startswith('"') and text.endswith('"'):
        text = text.strip('"')
    local, at, domain = text.rpartition("@")
    return f"{local.strip('.')}{at}{domain.strip('.').lower()}"


def valid(email: str) -> bool:
    """True for one plain address that mail can be sent to, also of one's own machine."""
    local, at, domain = email.rpartition("@")
    return (
        bool(at)
        and len(email) <= LENGTH_LIMIT
        and len(local) <= _LOCAL_LIMIT * 2
        and not _ENCODED_WORD.match(local)
        and _LOCAL.fullmatch(local) is not None
        and _DOMAIN.fullmatch(domain) is not None
    )


def canonical(email: str) -> str:
    """The one form to compare by: repaired, lower case, domain in its ASCII form, NFC."""
    local, at, domain = repair(unicodedata.normalize("NFC", email)).rpartition("@")
    return f"{local.lower()}{at}{_ascii_domain(domain)}"


def ascii_form(email: str) -> str:
    """The address with its domain as A-labels (RFC 5891), as mail servers want it."""
    local, at, domain = email.rpartition("@")
    return f"{local}{at}{_ascii_domain(domain)}"


def unicode_form(email: str) -> str:
    """The address with its domain as people read it."""
    local, at, domain = email.rpartition("@")
    try:
        return f"{local}{at}{idna.decode(domain)}"
    except (idna.IDNAError, UnicodeError):
        return email


def strip_plus(email: str) -> str:
    """`support+billing@example.org` is a mailbox of support@example.org."""
    local, at, domain = email.rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"


def plus_part(email: str) -> str:
    """What stands between the plus and the at sign, "" without one."""
    return email.rpartition("@")[0].partition("+")[2]


def is_no_reply(email: str) -> bool:
    """True for addresses that say nobody reads them: never followers, never answered."""
    return _NO_REPLY.fullmatch(email.rpartition("@")[0].lower()[:_LOCAL_LIMIT]) is not None


def needs_smtputf8(email: str) -> bool:
    """A local part beyond ASCII travels only between servers that agree on RFC 6531."""
    return not email.rpartition("@")[0].isascii()


def without_bidi(text: str) -> str:
    """Direction overrides let a text show other letters than it has (U+202E)."""
    return _BIDI.sub("", text)


def header_safe(value: str) -> str:
    """A value fit for any header we send: one line, no controls, no direction tricks (60, X-07)."""
    return " ".join(_HEADER_CONTROLS.sub(" ", without_bidi(value)).split())


def mailbox(name: str, email: str) -> str:
    """`"Name" <address>` as exactly one recipient, whatever the name contains (X-08)."""
    address = ascii_form(repair(email))
    if not valid(address) or header_safe(email) != email.strip():
        raise UnsafeAddress(email)
    shown = header_safe(name)
    if needs_smtputf8(address):
        return f'"{_quoted(shown)}" <{address}>' if shown else address
    return str(HeaderAddress(display_name=shown, addr_spec=address))


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def _ascii_domain(domain: str) -> str:
    domain = domain.rstrip(".").lower()
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return domain
