"""Rows written by one SQL statement: the ORM writes a hundred at a time."""

from odoo.tools import SQL

# What an array carries to PostgreSQL as it is. JSON columns (translations, values by company)
# are merged by the ORM, so they stay with it.
PLAIN_TYPES = {"bool", "date", "float8", "int4", "numeric", "text", "timestamp", "varchar"}


def has_plain_columns(model, names):
    """Whether the fields have columns that can be written by these functions."""
    columns = (model._fields[name].column_type for name in names)
    return all(column and column[0] in PLAIN_TYPES for column in columns)


def insert_rows(model, names, rows):
    """Insert ``rows``, whose values stand in the order of the stored fields ``names``.

    Return the ids in the order of the rows. The caller has checked the values and cares for the
    cache: neither ``create`` nor computed fields nor constraints in Python are asked.
    """
    if not rows:
        return []
    inserted = model.env.execute_query(
        SQL(
            "INSERT INTO %s (%s) SELECT * FROM %s RETURNING id",
            SQL.identifier(model._table),
            SQL(", ").join(map(SQL.identifier, names)),
            _unnest(model, names, rows),
        )
    )
    return [row_id for (row_id,) in inserted]


def update_rows(model, names, ids, rows):
    """Write ``rows`` to the records of ``ids``; an ORM method has prepared values and cache."""
    model.env.cr.execute(
        SQL(
            "UPDATE %s SET (%s) = ROW(%s) FROM %s AS new (row_id, %s) WHERE id = row_id",
            SQL.identifier(model._table),
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(SQL.identifier("new", name) for name in names),
            _unnest(
                model, ("id", *names), [(id_, *row) for id_, row in zip(ids, rows, strict=True)]
            ),
            SQL(", ").join(map(SQL.identifier, names)),
        )
    )


def _unnest(model, names, rows):
    """A set of rows made of one array for each column."""
    return SQL(
        "unnest(%s)",
        SQL(", ").join(
            SQL("%s::%s[]", list(values), SQL(model._fields[name].column_type[0]))
            for name, values in zip(names, zip(*rows, strict=True), strict=True)
        ),
    )
