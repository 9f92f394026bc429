"""Storage by SQLAlchemy Core on SQLite and PostgreSQL."""
