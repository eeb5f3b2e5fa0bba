"""Many posted invoices at once: rows like those of a posted one, written by SQL."""

from odoo.tools import SQL

MOVE, LINE = "account.move", "account.move.line"


def copy_invoices(env, move, source):
    """Add posted, unpaid invoices like a posted one with one line and no tax.

    :param move: the one that is copied
    :param source: a SELECT of name, partner_id, day, user_id, lines and amount of each line
    """
    env.flush_all()
    cr = env.cr
    cr.execute("DROP TABLE IF EXISTS copied_invoice")
    cr.execute(
        SQL(
            "CREATE TEMPORARY TABLE copied_invoice AS"
            " SELECT nextval('account_move_id_seq')::int AS id, s.* FROM (%s) s",
            source,
        )
    )
    cr.execute("ANALYZE copied_invoice")
    total = SQL("n.lines * n.amount")
    moves = {
        "id": SQL("n.id"),
        "name": SQL("n.name"),
        "payment_reference": SQL("n.name"),
        "partner_id": SQL("n.partner_id"),
        "commercial_partner_id": SQL("n.partner_id"),
        "partner_shipping_id": SQL("n.partner_id"),
        "invoice_user_id": SQL("n.user_id"),
        "invoice_date": SQL("n.day"),
        "date": SQL("n.day"),
        "invoice_date_due": SQL("n.day"),
        "access_token": SQL("NULL"),
        "sequence_number": SQL("n.id"),
        **dict.fromkeys(
            (
                *("amount_untaxed", "amount_total", "amount_residual"),
                *("amount_untaxed_signed", "amount_total_signed", "amount_residual_signed"),
                *("amount_total_in_currency_signed", "amount_untaxed_in_currency_signed"),
            ),
            total,
        ),
    }
    _copy(env, MOVE, move.id, SQL("copied_invoice n"), moves)
    product, receivable = (
        move.line_ids.filtered(lambda line, kind=kind: line.display_type == kind)
        for kind in ("product", "payment_term")
    )
    lines = {
        "id": SQL("nextval('account_move_line_id_seq')"),
        "move_id": SQL("n.id"),
        "move_name": SQL("n.name"),
        "partner_id": SQL("n.partner_id"),
        "date": SQL("n.day"),
        "invoice_date": SQL("n.day"),
    }
    sold = {
        **lines,
        "debit": SQL("0"),
        "credit": SQL("n.amount"),
        **dict.fromkeys(("balance", "amount_currency"), SQL("-n.amount")),
        **dict.fromkeys(("price_unit", "price_subtotal", "price_total"), SQL("n.amount")),
    }
    _copy(
        env,
        LINE,
        product.id,
        SQL("copied_invoice n CROSS JOIN LATERAL generate_series(1, n.lines) number"),
        sold,
    )
    owed = {
        **lines,
        "credit": SQL("0"),
        **dict.fromkeys(
            (
                *("debit", "balance", "amount_currency"),
                *("amount_residual", "amount_residual_currency"),
            ),
            total,
        ),
    }
    _copy(env, LINE, receivable.id, SQL("copied_invoice n"), owed)
    env.invalidate_all()
    # what the server does by itself a minute after such a load
    cr.execute("ANALYZE account_move, account_move_line")
    cr.execute("SELECT id FROM copied_invoice ORDER BY id")
    return [row[0] for row in cr.fetchall()]


def _copy(env, model, record_id, rows, changed):
    names = [
        name
        for name, field in env[model]._fields.items()
        if field.store and field.column_type and name != "id"
    ]
    names.append("id")
    columns = SQL(", ").join(map(SQL.identifier, names))
    values = SQL(", ").join(changed.get(name) or SQL.identifier("t", name) for name in names)
    env.cr.execute(
        SQL(
            "INSERT INTO %(table)s (%(columns)s) SELECT %(values)s FROM %(table)s t"
            " CROSS JOIN %(rows)s WHERE t.id = %(id)s",
            table=SQL.identifier(env[model]._table),
            columns=columns,
            values=values,
            rows=rows,
            id=record_id,
        )
    )
