"""What can be done to customers; the only writer of their rows."""

from customers.actions.addresses import add_address, flag_undeliverable, remove_address
from customers.actions.arrivals import find_or_create_customer
from customers.actions.assets import AssetFacts, add_asset, change_asset, move_assets
from customers.actions.changes import change_customer, create_customer, link_portal_account
from customers.actions.connections import save_connection
from customers.actions.imports import keep_columns, keep_file, start_import
from customers.actions.lookups import order_lookups, try_connection
from customers.actions.merging import MergeRefused, merge_customers
from customers.actions.notes import add_note, pin_note, remove_note
from customers.actions.organisations import adopt_customers, move_customers, move_tier
from customers.actions.records import Taken, drop_records, upsert_records

__all__ = [
    "AssetFacts",
    "MergeRefused",
    "Taken",
    "add_address",
    "add_asset",
    "add_note",
    "adopt_customers",
    "change_asset",
    "change_customer",
    "create_customer",
    "drop_records",
    "find_or_create_customer",
    "flag_undeliverable",
    "keep_columns",
    "keep_file",
    "link_portal_account",
    "merge_customers",
    "move_assets",
    "move_customers",
    "move_tier",
    "order_lookups",
    "pin_note",
    "remove_address",
    "remove_note",
    "save_connection",
    "start_import",
    "try_connection",
    "upsert_records",
]
