"""The hidden field that makes one rendered form have one effect."""

from __future__ import annotations

import uuid

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.submissions import FIELD

register = template.Library()


@register.simple_tag
def idempotency_key() -> SafeString:
    """A fresh key for each rendering of a form (D-20)."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid.uuid4())
