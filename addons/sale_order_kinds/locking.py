"""Two presses of one button, at once: the second gets what the first has made."""

from weakref import WeakKeyDictionary

from psycopg2 import OperationalError

from odoo.tools import SQL

# {cursor: rows that another transaction held}; a cursor stays the same when it is tried again
_sent_back = WeakKeyDictionary()


def lock_rows(records):
    """Let of two transactions that make something of the same records only one go on.

    It is an update and not only a lock: the transaction that waits then fails to serialize, and
    Odoo tries it again with what the other has written.

    :return: whether this transaction is tried again for that reason
    """
    if not records.ids:
        return False
    sent_back = _sent_back.setdefault(records.env.cr, set())
    key = (records._name, tuple(sorted(records.ids)))
    try:
        records.env.execute_query(
            SQL(
                "UPDATE %s SET write_uid = write_uid WHERE id IN %s RETURNING id",
                SQL.identifier(records._table),
                key[1],
            )
        )
    except OperationalError:
        sent_back.add(key)
        raise
    return key in sent_back
