"""The one `metadata` of the state database. Every room defines its own tables on it, where it uses them."""

from __future__ import annotations

from sqlalchemy import MetaData

#: Names of all constraints from day one: without a name a constraint cannot be altered on every database.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING)
