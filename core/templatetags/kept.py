"""`{% kept %}`: a piece of a page that is drawn once for each set of facts it shows."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django import template
from django.template import Context, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Node, Parser, Token, token_kwargs
from django.urls import get_urlconf
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# Of each piece; what is drawn for one person only takes the most, a few hundred bytes each.
MOST_KEPT = 256


class KeptNode(Node):
    """The nodes between the tags, and the facts they are drawn from."""

    def __init__(self, nodelist: NodeList, facts: dict[str, FilterExpression]) -> None:
        self.nodelist = nodelist
        self._facts = facts
        self._drawn: dict[Hashable, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        facts = {name: fact.resolve(context) for name, fact in self._facts.items()}
        # With their types: 1 equals True, and markup equals the same text that is to be escaped.
        told = tuple((type(fact), fact) for fact in facts.values())
        key = (get_language(), get_urlconf(), told)
        drawn = self._drawn.get(key)
        if drawn is None:
            drawn = self._keep(key, self.nodelist.render(context.new(facts)))
        return drawn

    def _keep(self, key: Hashable, drawn: SafeString) -> SafeString:
        if len(self._drawn) >= MOST_KEPT:
            self._drawn.clear()
        self._drawn[key] = drawn
        return drawn


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """`{% kept items=shell.rail %}…{% endkept %}`: what lies between knows the named facts only.

    It is drawn again for other facts, another language and other addresses: so no token, no nonce
    and no other person's page can be in it. Facts are hashable (text, numbers, frozen dataclasses,
    tuples of these); times are told by nobody's clock, so no dates.
    """
    name, *words = token.split_contents()
    facts: dict[str, Any] = token_kwargs(words, parser)
    if words:
        raise TemplateSyntaxError(f"{name} takes facts by name only, not {words[0]}.")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, facts)
