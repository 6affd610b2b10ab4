"""What a browser would send of a form on a page, for tests that change one field of it."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode


def sent_by(page: str, *, form: str) -> dict[str, str]:
    """The filled fields of the form that the selector finds."""
    found = LexborHTMLParser(page).css_first(form)
    assert found is not None, f"no {form} on the page"
    fields = found.css("input[name], select[name], textarea[name]")
    pairs = [(field.attributes["name"] or "", _value(field)) for field in fields]
    return {name: value for name, value in pairs if value}


def _value(field: LexborNode) -> str:
    if field.tag == "select":
        chosen = field.css_first("option[selected]")
        return (chosen.attributes.get("value") or "") if chosen else ""
    if field.tag == "textarea":
        return field.text()
    is_tick = field.attributes.get("type") in {"checkbox", "radio"}
    if is_tick and "checked" not in field.attributes:
        return ""
    return field.attributes.get("value") or ("on" if is_tick else "")
