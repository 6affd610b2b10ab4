"""The design system's tags: atoms by `format_html`, slots as block tags, chrome as templates."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db.models import Model
from django.forms import BaseForm, BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import get_language

from core import assets, clock, commands, theme, ui, words
from core.form_ui import FieldView, field_view
from core.quick_html import fill
from core.times import Times

register = template.Library()

register.simple_tag(ui.icon)
register.simple_tag(ui.badge)
register.simple_tag(ui.badge, name="status_badge")
register.simple_tag(ui.glyph)
register.simple_tag(ui.priority_mark)
register.simple_tag(ui.avatar)
register.simple_tag(ui.counter)


@register.simple_tag
def due_chip(due: datetime | None, **options: Any) -> SafeString:
    """`{% due_chip ticket.due_at risk_at=ticket.risk_at %}`; see `core.ui.due_chip`."""
    return ui.due_chip(due, times=Times(clock.now()), **options)


@register.simple_tag
def time_ago(moment: datetime | None) -> SafeString:
    """`{% time_ago message.created_at %}`."""
    return ui.time_ago(moment, now=clock.now())


@register.simple_tag
def dom_id(row: Model, part: str = "") -> str:
    """`{% dom_id ticket "properties" %}` is ticket-42-properties."""
    return ui.dom_id(row, part=part)


@register.simple_tag
def button(text: str, **options: Any) -> SafeString:
    """A button, or a link that looks like one when `url` is given.

    `kind` primary, brand, danger, quiet; `size` s, l; `icon`; any further option becomes an
    attribute: `hx_post=url` is `hx-post`.
    """
    url, picture = options.pop("url", ""), options.pop("icon", "")
    css = _button_class(options.pop("kind", ""), options.pop("size", ""), options.pop("css", ""))
    attributes = format_html_join(
        "", ' {}="{}"', ((name.replace("_", "-"), value) for name, value in options.items())
    )
    inside = format_html("{}{}", ui.icon(picture) if picture else "", text)
    if url:
        return format_html('<a class="{}" href="{}"{}>{}</a>', css, url, attributes, inside)
    return format_html('<button class="{}"{}>{}</button>', css, attributes, inside)


@register.simple_block_tag
def card(content: str, title: str = "", **options: Any) -> SafeString:
    """`{% card "Members" %}…{% endcard %}`: one hairline, a heading, a body."""
    anchor = options.get("id") or f"card-{slugify(title) or 'plain'}"
    if not title:
        return format_html('<div class="card"><div class="card__body">{}</div></div>', content)
    return format_html(
        '<section class="card" id="{0}" aria-labelledby="{0}-title"><div class="card__head">'
        '<h2 id="{0}-title">{1}</h2></div><div class="card__body">{2}</div></section>',
        anchor,
        title,
        content,
    )


@register.simple_block_tag
def dialog(content: str, id: str, title: str, size: str = "") -> SafeString:
    """`{% dialog "merge" "Merge" %}…{% enddialog %}`, opened by `data-open-dialog="merge"`."""
    return format_html(
        '<dialog class="dialog{}" id="{}" aria-labelledby="{}-title"><div class="dialog__head">'
        '<h2 id="{}-title">{}</h2><form method="dialog"><button class="button button--quiet'
        ' button--icon button--s" aria-label="{}">{}</button></form></div>'
        '<div class="dialog__body">{}</div></dialog>',
        f" dialog--{size}" if size else "",
        id,
        id,
        id,
        title,
        words.close(),
        ui.icon("x"),
        content,
    )


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, label: str = "") -> dict[str, FieldView | str]:
    """Label, hint, control and error of one form field."""
    return {"view": field_view(bound), "label": label or str(bound.label)}


@register.inclusion_tag("ui/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """The summary above a refused form; it takes the focus and links to each field."""
    fields = [bound for bound in form if bound.errors] if form.is_bound else []
    return {"general": form.non_field_errors() if form.is_bound else [], "fields": fields}


@register.inclusion_tag("ui/form_fields.html")
def form_fields(form: BaseForm) -> dict[str, BaseForm]:
    """Summary, hidden and visible fields of a plain form, one below the other."""
    return {"form": form}


@register.inclusion_tag("ui/empty_state.html")
def empty_state(
    icon: str, title: str, text: str = "", action_url: str = "", action_text: str = ""
) -> dict[str, str]:
    """Nothing here: what that means and what to do next."""
    return {
        "icon": icon,
        "title": title,
        "text": text,
        "action_url": action_url,
        "action_text": action_text,
    }


@register.inclusion_tag("ui/pager.html")
def pager(previous_url: str = "", next_url: str = "", text: str = "") -> dict[str, str]:
    """Links to the pages before and after; no totals (performance.md 4d)."""
    return {"previous_url": previous_url, "next_url": next_url, "text": text}


@register.inclusion_tag("ui/file_drop.html")
def file_drop(name: str = "attachments", max_bytes: int = 0, max_files: int = 0) -> dict[str, Any]:
    """A file field by button, paste and drop; a plain input without scripts."""
    return {"name": name, "max_bytes": max_bytes, "max_files": max_files}


@register.simple_tag(takes_context=True)
def known_keys(context: Context) -> str:
    """The keys of this person for hot-keys.js, and as the help dialog lists them."""
    user = context["request"].user
    return (
        SafeString("")
        if user.is_anonymous
        else _keys(commands.rights_of(user), get_language() or "")
    )


@lru_cache(maxsize=64)
def _keys(rights: frozenset[str], language: str) -> str:
    """Every page has them, and they change with the code only: drawn once."""
    offers = commands.offered_to(rights, language)
    context = {"commands": commands.for_scripts(offers), "groups": commands.for_help(offers)}
    return render_to_string("ui/keys.html", context)


@register.simple_tag
def stylesheets() -> SafeString:
    """Our stylesheet and the theme's: two requests, both cached for ever."""
    return fill(
        '<link rel="stylesheet" href="{}"><link rel="stylesheet" href="{}">',
        staticfiles_storage.url(assets.STYLES),
        theme.url(),
    )


@register.simple_tag(takes_context=True)
def scripts(context: Context) -> SafeString:
    """htmx and our elements in one deferred file, with the nonce of this answer."""
    return _deferred(context, assets.SCRIPTS)


@register.simple_tag(takes_context=True)
def staff_scripts(context: Context) -> SafeString:
    """The elements of the agents' pages; deferred, so it runs after `scripts`."""
    return _deferred(context, assets.DESK_SCRIPTS)


def _deferred(context: Context, bundle: str) -> SafeString:
    nonce = getattr(context.get("request"), "csp_nonce", "")
    url = staticfiles_storage.url(bundle)
    return fill('<script src="{}" nonce="{}" defer></script>', url, str(nonce))


@register.simple_tag
def htmx_config() -> SafeString:
    """No eval, no scripts in fragments, no pages kept past a logout (screens.md 6.6)."""
    return format_html('<meta name="htmx-config" content="{}">', assets.HTMX_CONFIG)


@register.simple_tag
def script_words() -> SafeString:
    """The words our elements say, in the reader's language."""
    return json_script(words.for_scripts(), "words")


def _button_class(kind: str, size: str, css: str) -> str:
    parts = ["button", f"button--{kind}" if kind else "", f"button--{size}" if size else "", css]
    return " ".join(part for part in parts if part)
