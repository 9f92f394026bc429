"""Tables whose rows are written once: the database itself refuses to change or remove them."""

from alembic import op


def protect(table: str, columns: str, blanked: str = "") -> None:
    """Refuse changes and removals; one column may be blanked when its retention ends."""
    postgres = op.get_bind().dialect.name == "postgresql"
    distinct = "IS DISTINCT FROM" if postgres else "IS NOT"
    changed = [f'NEW."{name}" {distinct} OLD."{name}"' for name in columns.split()]
    if blanked:
        changed.append(f"NEW.\"{blanked}\" <> ''")
    condition = " OR ".join(changed)
    if postgres:
        _protect_postgres(table, condition)
        return
    for event, when in (("UPDATE", f"WHEN {condition}"), ("DELETE", "")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
            f"FOR EACH ROW {when} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _protect_postgres(table: str, condition: str) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    for event, when in (("UPDATE", f"WHEN ({condition})"), ("DELETE", "")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
            f"FOR EACH ROW {when} EXECUTE FUNCTION {table}_append_only()"
        )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"EXECUTE FUNCTION {table}_append_only()"
    )
