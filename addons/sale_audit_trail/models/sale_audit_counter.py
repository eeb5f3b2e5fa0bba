from odoo import api, fields, models
from odoo.tools import SQL


class SaleAuditCounter(models.Model):
    """The latest number of a series of a company: numbers without gaps.

    A number is taken in the transaction that uses it, and is free again when that fails. Of two
    transactions the second waits, fails to serialize and is tried again by Odoo: take the number
    last.
    """

    _name = "sale.audit.counter"
    _description = "Series of Numbers"
    _order = "series, company_id"
    _rec_name = "series"
    _check_company_auto = True

    series = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    number = fields.Integer(required=True, readonly=True, aggregator=None)

    _series_unique = models.Constraint(
        "UNIQUE (series, company_id)", "A company has each series of numbers once."
    )

    @api.model
    def _take(self, series, company, count=1):
        """Take the next numbers of a series.

        :return: the numbers, a ``range`` of ``count``
        """
        [(last,)] = self.env.execute_query(
            SQL(
                """
                INSERT INTO sale_audit_counter AS counter (series, company_id, number)
                     VALUES (%s, %s, %s)
                ON CONFLICT (series, company_id)
                  DO UPDATE SET number = counter.number + excluded.number
                  RETURNING number
                """,
                series,
                company.id,
                count,
            )
        )
        self.invalidate_model(["number"])
        return range(last - count + 1, last + 1)
