"""Stores: databases and file trees that hold personal data, bound to the declaration by `stores.yaml`."""
