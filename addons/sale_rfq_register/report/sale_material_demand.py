from odoo import fields, models
from odoo.tools import SQL

from ..models.sale_material_request import CHANNELS, STATES
from ..models.sale_material_request_line import VERDICTS
from ..models.sale_material_request_line_state import LINE_STATES


class SaleMaterialDemand(models.Model):
    """What the market asks for, and what becomes of it: a row for each requested line.

    Rates are averages of 0 and 1 over the lines that they are about, as fractions. Amounts are
    untaxed, in the company's currency at the rate of the offer. Requests that were merged into
    others are left out.
    """

    _name = "sale.material.demand"
    _description = "Material Demand"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "request_id"

    request_id = fields.Many2one("sale.material.request", readonly=True)
    line_id = fields.Many2one("sale.material.request.line", readonly=True)
    date = fields.Datetime(string="Received On", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    state = fields.Selection(STATES, string="Status", readonly=True)
    line_state = fields.Selection(LINE_STATES, string="Answer", readonly=True)
    verdict = fields.Selection(VERDICTS, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    region_id = fields.Many2one("res.country.state", readonly=True)
    name = fields.Char(string="Requested As", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Material Group", readonly=True)
    uom_id = fields.Many2one("uom.uom", string="Unit", readonly=True)
    close_reason_id = fields.Many2one("crm.lost.reason", string="Reason", readonly=True)

    quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="In the product's unit; summed only where all lines have the same unit.",
    )
    unmet_quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="What was requested and is not offered: lines of checked requests that are open, and"
        " what could never be offered. Summed like the quantity.",
    )
    assortment_rate = fields.Float(
        string="In Assortment", readonly=True, aggregator="avg", help="Of the checked lines."
    )
    offer_rate = fields.Float(
        string="Offered", readonly=True, aggregator="avg", help="Of all lines."
    )
    hit_rate = fields.Float(
        readonly=True, aggregator="avg", help="Lines that were ordered, of those offered."
    )
    offered_amount = fields.Monetary(readonly=True)
    won_amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    def _read_group_select(self, aggregate_spec, query):
        """Metres and pieces make no sum: where units differ, there is none."""
        if aggregate_spec in ("quantity:sum", "unmet_quantity:sum"):
            field = self._field_to_sql(self._table, aggregate_spec.partition(":")[0], query)
            unit = self._field_to_sql(self._table, "uom_id", query)
            return SQL("CASE WHEN COUNT(DISTINCT %s) = 1 THEN SUM(%s) END", unit, field)
        return super()._read_group_select(aggregate_spec, query)

    @property
    def _table_query(self):
        return SQL(
            "SELECT %s FROM %s WHERE %s",
            SQL(", ").join(
                SQL("%s AS %s", expression, SQL.identifier(name))
                for name, expression in self._get_columns().items()
            ),
            self._get_from(),
            self._get_where(),
        )

    def _get_columns(self):
        """The SQL of each column; extend it together with the fields."""
        return {
            "id": SQL("line.id"),
            "line_id": SQL("line.id"),
            "request_id": SQL("line.request_id"),
            "date": SQL("request.date_received"),
            "channel": SQL("request.channel"),
            "state": SQL("request.state"),
            "line_state": SQL("line.state"),
            "verdict": SQL("line.verdict"),
            "company_id": SQL("request.company_id"),
            "user_id": SQL("request.user_id"),
            "team_id": SQL("request.team_id"),
            "commercial_partner_id": SQL("request.commercial_partner_id"),
            "country_id": SQL("partner.country_id"),
            "region_id": SQL("partner.state_id"),
            "name": SQL("line.name"),
            "product_id": SQL("line.product_id"),
            "categ_id": SQL("COALESCE(line.categ_id, template.categ_id)"),
            "uom_id": SQL("COALESCE(template.uom_id, line.uom_id)"),
            "close_reason_id": SQL("COALESCE(line.close_reason_id, request.close_reason_id)"),
            "quantity": self._get_quantity(),
            "unmet_quantity": SQL(
                "CASE WHEN %s THEN %s ELSE 0 END", self._get_is_unmet(), self._get_quantity()
            ),
            "assortment_rate": SQL(
                "CASE WHEN line.verdict IS NOT NULL"
                " THEN (line.verdict IN ('sellable', 'group_match'))::int::float END"
            ),
            "offer_rate": SQL("(offer.count > 0)::int::float"),
            "hit_rate": SQL("CASE WHEN offer.count > 0 THEN offer.is_won::int::float END"),
            "offered_amount": SQL("offer.amount"),
            "won_amount": SQL("offer.won_amount"),
            "currency_id": SQL("company.currency_id"),
        }

    def _get_is_unmet(self):
        """What waits for an offer since the check, and what was never offered."""
        return SQL(
            """((line.state = 'open' AND request.state <> 'new')
                OR (offer.count = 0 AND line.state <> 'ordered'
                    AND (line.state = 'no_bid' OR line.verdict IN ('not_sold', 'unknown'))))"""
        )

    def _get_quantity(self):
        """The quantity in the product's unit; none where the unit is not known or converted."""
        return SQL(
            """CASE WHEN template.uom_id IS NULL OR line.uom_id = template.uom_id
                         OR (line.uom_id IS NULL AND line.uom_text IS NULL) THEN line.quantity
                    WHEN split_part(asked.parent_path, '/', 1)
                         = split_part(own.parent_path, '/', 1)
                    THEN line.quantity * asked.factor / own.factor END"""
        )

    def _get_from(self):
        return SQL(
            """sale_material_request_line line
            JOIN sale_material_request request ON request.id = line.request_id
            JOIN res_company company ON company.id = request.company_id
            LEFT JOIN res_partner partner ON partner.id = request.commercial_partner_id
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            LEFT JOIN uom_uom asked ON asked.id = line.uom_id
            LEFT JOIN uom_uom own ON own.id = template.uom_id
            CROSS JOIN LATERAL (%s) offer""",
            self._get_offers(),
        )

    def _get_offers(self):
        """What was offered for one line; cancelled offers were offers too, at their last price."""
        return SQL(
            """SELECT COUNT(*) AS count,
                      COALESCE(BOOL_OR(sale.state = 'sale'), FALSE) AS is_won,
                      COALESCE(MAX(position.price_subtotal / sale.currency_rate)
                               FILTER (WHERE sale.superseded_by_id IS NULL), 0) AS amount,
                      COALESCE(SUM(position.price_subtotal / sale.currency_rate)
                               FILTER (WHERE sale.state = 'sale'), 0) AS won_amount
                 FROM sale_order_line position
                 JOIN sale_order sale ON sale.id = position.order_id
                WHERE position.request_line_id = line.id"""
        )

    def _get_where(self):
        return SQL("request.merged_into_id IS NULL")

    def action_open_request(self):
        self.ensure_one()
        return self.request_id._get_records_action()
