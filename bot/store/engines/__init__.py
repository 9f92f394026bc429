"""SQLite and PostgreSQL: how units run there, and how one hears of another."""
