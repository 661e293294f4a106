"""Stores: databases and file trees that hold personal data, bound to the declaration by `stores.yaml`."""

from zusage.stores.bindings import Bindings
from zusage.stores.loading import load_bindings
from zusage.stores.opening import open_stores
from zusage.stores.store import Store, Stores

__all__ = ["Bindings", "Store", "Stores", "load_bindings", "open_stores"]
