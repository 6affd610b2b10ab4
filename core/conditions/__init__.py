"""The one condition language of the house: trees over registered facts, traced, told and queried.

A tree is `{}` (always), a group `{"all" | "any" | "none": [trees]}`, or a leaf
`{"field": "colour", "op": "is", "value": 3}`. Facts are a mapping of field keys to plain values;
`None` is a fact that is known to be empty, an absent key is a fact nobody knows.
"""

from core.conditions.cases import Case, Compiled, matches, trace
from core.conditions.checking import clean, clean_leaf
from core.conditions.describing import broken, describe, in_force
from core.conditions.fields import FieldSpec, Lookup, fields, is_id, names_of_rows
from core.conditions.querying import NotQueryable, column, computed, query, text, text_column
from core.conditions.tracing import LeafTrace, Trace
from core.conditions.tree import NEVER, Tree

__all__ = [
    "NEVER",
    "Case",
    "Compiled",
    "FieldSpec",
    "LeafTrace",
    "Lookup",
    "NotQueryable",
    "Trace",
    "Tree",
    "broken",
    "clean",
    "clean_leaf",
    "column",
    "computed",
    "describe",
    "fields",
    "in_force",
    "is_id",
    "matches",
    "names_of_rows",
    "query",
    "text",
    "text_column",
    "trace",
]
