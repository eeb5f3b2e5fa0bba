"""UCI "Online Retail" (D. Chen, 2015, CC BY 4.0), summed per invoice: 18,532 of one wholesaler.

Read where the shared data is beside the checkout, and registered as posted invoices.
"""

from datetime import date
from pathlib import Path

from odoo.modules import get_module_path
from odoo.tools import SQL

INVOICES = (
    Path(get_module_path("sale_abc_segmentation")).parents[2]
    / "shared/data/online_retail/invoices.csv"
)
DAY = date(2011, 12, 1)  # of the run: the last whole month is November


def load():
    """A frame of the invoices, with whole pence."""
    import pandas

    frame = pandas.read_csv(INVOICES, parse_dates=["InvoiceDate"])
    frame["pence"] = (frame["TotalPrice"] * 100).round().astype("int64")
    return frame


def register(env, frame, move):
    """The invoices as rows like that of a posted one, which goes."""
    numbers = frame["CustomerID"].unique().tolist()
    partners = env["res.partner"].create([{"name": f"Customer {one}"} for one in numbers])
    ids = dict(zip(numbers, partners.ids, strict=True))
    env.flush_all()
    changed = ("id", "access_token", "partner_id", "invoice_date", "amount_untaxed_signed", "name")
    columns = [
        name
        for name, field in env["account.move"]._fields.items()
        if field.store and field.column_type and name not in changed
    ]
    env.cr.execute(
        SQL(
            """INSERT INTO account_move (%(names)s, partner_id, invoice_date,
                                         amount_untaxed_signed, name)
               SELECT %(names)s, new.*
                 FROM account_move,
                      unnest(%(partners)s::int[], %(days)s::date[], %(amounts)s::numeric[],
                             %(numbers)s::text[]) AS new (partner, day, amount, number)
                WHERE id = %(move)s""",
            names=SQL(", ").join(map(SQL.identifier, columns)),
            partners=[ids[one] for one in frame["CustomerID"].tolist()],
            days=[day.date() for day in frame["InvoiceDate"]],
            amounts=[f"{pence / 100:.2f}" for pence in frame["pence"].tolist()],
            numbers=[str(one) for one in frame["InvoiceNo"].tolist()],
            move=move.id,
        )
    )
    env.cr.execute("DELETE FROM account_move WHERE id = %s", [move.id])
    env.invalidate_all()
