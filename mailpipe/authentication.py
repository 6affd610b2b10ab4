"""What our own mail server found out about the sender: SPF, DKIM, DMARC (RFC 8601; mail.md 49)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from authres import AuthenticationResultsHeader
from authres.core import AuthResError

_VALUE_LIMIT = 8 * 1024
_RESULTS = frozenset(
    ["pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror"]
)


@dataclass(frozen=True, kw_only=True)
class AuthVerdict:
    """One word a method; `none` also when nobody we trust has looked."""

    spf: str = "none"
    dkim: str = "none"
    dmarc: str = "none"
    from_domain: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

    def proves(self, email: str) -> bool:
        """True when DMARC passed for exactly the domain this address belongs to."""
        domain = email.rpartition("@")[2].lower()
        return self.dmarc == "pass" and self.from_domain in ("", domain)


UNKNOWN = AuthVerdict()


def verdict(values: Sequence[str], authserv_id: str) -> AuthVerdict:
    """Read the topmost header signed with our server's name; all others may be forged."""
    ours = (parsed for parsed in map(_parsed, values) if _is_from(parsed, authserv_id))
    topmost = next(ours, None) if authserv_id else None
    if topmost is None:
        return UNKNOWN
    return AuthVerdict(
        spf=_result(topmost, "spf"),
        dkim=_result(topmost, "dkim"),
        dmarc=_result(topmost, "dmarc"),
        from_domain=_from_domain(topmost),
    )


def _parsed(value: str) -> AuthenticationResultsHeader | None:
    """What cannot be read proves nothing."""
    try:
        return AuthenticationResultsHeader.parse(f"Authentication-Results: {value[:_VALUE_LIMIT]}")
    except (AuthResError, RecursionError, ValueError, IndexError):
        return None


def _is_from(parsed: AuthenticationResultsHeader | None, authserv_id: str) -> bool:
    return parsed is not None and str(parsed.authserv_id).lower() == authserv_id.lower()


def _result(parsed: AuthenticationResultsHeader, method: str) -> str:
    """Of several signatures one that passes is enough (RFC 6376 4.2)."""
    found = [str(each.result).lower() for each in parsed.results if each.method.lower() == method]
    known = [result for result in found if result in _RESULTS]
    return "pass" if "pass" in known else next(iter(known), "none")


def _from_domain(parsed: AuthenticationResultsHeader) -> str:
    values = (
        str(found.value)
        for each in parsed.results
        if each.method.lower() == "dmarc"
        for found in each.properties
        if found.name.lower() == "from"
    )
    return next(values, "").rpartition("@")[2].lower()
