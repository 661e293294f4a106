"""Databases: SQLite, PostgreSQL and MariaDB through SQLAlchemy Core."""
