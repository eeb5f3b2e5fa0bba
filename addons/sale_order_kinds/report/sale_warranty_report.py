from odoo import fields, models
from odoo.tools import SQL


class SaleWarrantyReport(models.Model):
    """How often and why goods come back, beside how much was delivered, and what it costs.

    Two kinds of rows: one for each delivery to a customer, one for each line of a claim that was
    not withdrawn. Quantities are in the unit of the product, costs are values of stock moves in
    the currency of the company. A rate is a quotient of sums, never an average of rates.
    """

    _name = "sale.warranty.report"
    _description = "Warranty Analysis"
    _auto = False
    _order = "date desc"
    _rec_name = "product_id"

    date = fields.Date(readonly=True, help="Of the delivery, or of the complaint.")
    claim_id = fields.Many2one("sale.warranty.claim", readonly=True)
    order_id = fields.Many2one("sale.order", string="Sales Order", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Product Category", readonly=True)
    reason_id = fields.Many2one("sale.warranty.reason", string="Defect", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    delivered_qty = fields.Float(string="Delivered", readonly=True)
    claimed_qty = fields.Float(string="Claimed", readonly=True)
    accepted_qty = fields.Float(string="Accepted", readonly=True)
    received_qty = fields.Float(string="Came Back", readonly=True)
    replaced_qty = fields.Float(string="Replaced", readonly=True)
    credited_qty = fields.Float(string="Credited", readonly=True)
    cost = fields.Monetary(
        string="Cost of Warranty",
        readonly=True,
        help="Value of replacements that left and of scrapped returns, less what came back.",
    )
    return_rate = fields.Float(
        string="Return Rate (%)",
        readonly=True,
        aggregator="avg",
        help="What came back of what was delivered.",
    )

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._get_deliveries_query(), self._get_claim_lines_query())

    def _get_deliveries_query(self):
        return SQL(
            """
            SELECT -move.id AS id,
                   timezone(zone.name, timezone('UTC', move.date))::date AS date,
                   NULL::int AS claim_id,
                   picking.sale_id AS order_id,
                   coalesce(buyer.commercial_partner_id, receiver.commercial_partner_id)
                       AS partner_id,
                   move.product_id, template.categ_id, NULL::int AS reason_id, move.company_id,
                   move.quantity * unit.factor / own.factor AS delivered_qty,
                   0 AS claimed_qty, 0 AS accepted_qty, 0 AS received_qty, 0 AS replaced_qty,
                   0 AS credited_qty, 0 AS cost, 0 AS return_rate
              FROM stock_move move
              JOIN stock_location place ON place.id = move.location_dest_id
              JOIN stock_picking picking ON picking.id = move.picking_id
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom unit ON unit.id = move.product_uom
              JOIN uom_uom own ON own.id = template.uom_id
              JOIN %s ON zone.company_id = move.company_id
         LEFT JOIN sale_order sale ON sale.id = picking.sale_id
         LEFT JOIN res_partner buyer ON buyer.id = sale.partner_id
         LEFT JOIN res_partner receiver ON receiver.id = picking.partner_id
             WHERE move.state = 'done' AND place.usage = 'customer'""",
            self.env["res.company"]._get_zone_table(),
        )

    def _get_claim_lines_query(self):
        return SQL(
            """
            SELECT line.id, line.date_complaint, line.claim_id, claim.order_id, line.partner_id,
                   line.product_id, template.categ_id, line.reason_id, line.company_id,
                   0, line.quantity, line.accepted_qty, line.received_qty,
                       line.replacement_delivered_qty,
                   line.credited_qty, coalesce(spent.value, 0), 0
              FROM sale_warranty_claim_line line
              JOIN sale_warranty_claim claim ON claim.id = line.claim_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN (SELECT charged.line_id, sum(charged.value) AS value
                      FROM (%s) charged
                     GROUP BY charged.line_id) spent ON spent.line_id = line.id
             WHERE claim.state NOT IN ('draft', 'cancel')""",
            self._get_charges_query(),
        )

    def _get_charges_query(self):
        """What left burdens a line, what came back relieves it; a sale that stands counts not."""
        return SQL(
            """
            SELECT sol.warranty_claim_line_id AS line_id, move.value
              FROM stock_move move JOIN sale_order_line sol ON sol.id = move.sale_line_id
             WHERE move.state = 'done' AND move.is_out AND sol.warranty_claim_line_id IS NOT NULL
         UNION ALL
            SELECT sol.warranty_claim_line_id, -move.value
              FROM stock_move move JOIN sale_order_line sol ON sol.id = move.warranty_order_line_id
             WHERE move.state = 'done' AND move.is_in AND NOT coalesce(move.to_refund, FALSE)
         UNION ALL
            SELECT disposition.claim_line_id, move.value
              FROM stock_move move
              JOIN sale_warranty_disposition disposition
                   ON disposition.id = move.warranty_disposition_id
             WHERE move.state = 'done' AND move.is_out AND disposition.decision = 'scrap'"""
        )

    def _read_group_select(self, aggregate_spec, query):
        """A rate over many rows is what came back in all of what was delivered in all."""
        if aggregate_spec.split(":")[0] != "return_rate":
            return super()._read_group_select(aggregate_spec, query)
        received = self._field_to_sql(self._table, "received_qty", query)
        delivered = self._field_to_sql(self._table, "delivered_qty", query)
        return SQL("100.0 * sum(%s) / nullif(sum(%s), 0)", received, delivered)
