"""Two presses of one button, at once: the second gets what the first has made."""

from odoo.tools import SQL


def lock_rows(records):
    """Let of two transactions that decide about the same records only one go on.

    It is an update and not only a lock: the transaction that waits then fails to serialize, and
    Odoo tries it again with what the other has written.
    """
    if records.ids:
        records.env.execute_query(
            SQL(
                "UPDATE %s SET write_uid = write_uid WHERE id IN %s RETURNING id",
                SQL.identifier(records._table),
                tuple(sorted(records.ids)),
            )
        )
