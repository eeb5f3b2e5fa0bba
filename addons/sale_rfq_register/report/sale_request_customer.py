from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class SaleRequestCustomer(models.Model):
    """Who asked, and who still waits for an offer: a row for each customer and company (R5).

    Only the requests and offers that the user may see are counted: two people see different
    figures of one customer. Whoever reads it for another user in one transaction has to forget
    what was read before (``invalidate_model``).
    """

    _name = "sale.request.customer"
    _description = "Customer Who Asked"
    _auto = False
    _order = "open_request_count desc, last_request_date desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "sale.material.request": [
            "active",
            "commercial_partner_id",
            "company_id",
            "date_received",
            "merged_into_id",
            "order_ids",
            "state",
            "user_id",
        ],
        "sale.material.request.line": ["request_id", "state", "verdict"],
        "sale.order": ["amount_total", "company_id", "currency_rate", "partner_id", "state"],
        "res.partner": ["commercial_partner_id", "country_id", "email"],
    }

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    email = fields.Char(string="E-mail", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        readonly=True,
        help="Who is responsible for the latest request.",
    )
    request_count = fields.Integer(string="Requests", readonly=True)
    open_request_count = fields.Integer(
        string="Unanswered", readonly=True, help="Requests without an offer or another answer."
    )
    waiting_line_count = fields.Integer(
        string="Lines to Offer",
        readonly=True,
        help="Lines of open requests that can be offered and are in no offer yet.",
    )
    last_request_date = fields.Datetime(string="Last Request", readonly=True)
    offer_count = fields.Integer(string="Open Offers", readonly=True)
    offer_amount = fields.Monetary(
        string="Amount of Open Offers",
        readonly=True,
        help="With taxes, in the company's currency at the rate of each offer.",
    )
    answered_share = fields.Float(
        string="Answered",
        readonly=True,
        aggregator="avg",
        help="How many of the requests were answered, as a share.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    asked_product_id = fields.Many2one(
        "product.product",
        string="Asked for Product",
        compute="_compute_asked",
        search="_search_asked_product_id",
    )
    asked_material = fields.Char(
        string="Asked for", compute="_compute_asked", search="_search_asked_material"
    )

    def _compute_asked(self):
        """Only there to search by."""
        self.asked_product_id = False
        self.asked_material = False

    @api.model
    def _search_asked_product_id(self, operator, value):
        return self._get_asked_domain(Domain("line_ids.product_id", operator, value))

    @api.model
    def _search_asked_material(self, operator, value):
        return self._get_asked_domain(
            Domain.OR(
                Domain(f"line_ids.{name}", operator, value)
                for name in ("name", "customer_code", "supplier_code", "product_id")
            )
        )

    @api.model
    def _get_asked_domain(self, domain):
        requests = self.env["sale.material.request"]._search(
            domain & Domain("commercial_partner_id", "!=", False)
        )
        return Domain(
            "partner_id",
            "in",
            requests.subselect(
                SQL.identifier(self.env["sale.material.request"]._table, "commercial_partner_id")
            ),
        )

    # === QUERY === #

    @property
    def _table_query(self):
        return SQL(
            """WITH asked AS (%(requests)s), offered AS (%(offers)s)
               SELECT %(columns)s FROM %(tables)s
                GROUP BY asked.partner_id, asked.company_id, partner.id, company.id,
                         offered.count, offered.amount""",
            requests=self._get_requests(),
            offers=self._get_offers(),
            columns=SQL(", ").join(
                SQL("%s AS %s", expression, SQL.identifier(name))
                for name, expression in self._get_columns().items()
            ),
            tables=self._get_tables(),
        )

    def _get_columns(self):
        """The SQL of each column; extend it together with the fields."""
        return {
            "id": SQL("MIN(asked.id)"),
            "partner_id": SQL("asked.partner_id"),
            "company_id": SQL("asked.company_id"),
            "country_id": SQL("partner.country_id"),
            "email": SQL("partner.email"),
            "currency_id": SQL("company.currency_id"),
            "user_id": SQL(
                "(ARRAY_AGG(asked.user_id ORDER BY asked.date DESC, asked.id DESC))[1]"
            ),
            "request_count": SQL("COUNT(*)"),
            "open_request_count": SQL("COUNT(*) FILTER (WHERE asked.is_open)"),
            "waiting_line_count": SQL("SUM(asked.waiting_lines)::int"),
            "last_request_date": SQL("MAX(asked.date)"),
            "offer_count": SQL("COALESCE(offered.count, 0)"),
            "offer_amount": SQL("COALESCE(offered.amount, 0)"),
            "answered_share": SQL("AVG((NOT asked.is_open)::int)::float"),
        }

    def _get_tables(self):
        return SQL(
            """asked
            JOIN res_partner partner ON partner.id = asked.partner_id
            JOIN res_company company ON company.id = asked.company_id
            LEFT JOIN offered ON offered.partner_id = asked.partner_id
                             AND offered.company_id = asked.company_id"""
        )

    def _get_requests(self):
        """The requests that the user may see, with the lines of each that wait."""
        requests = self._get_visible_requests().subselect("id")
        return SQL(
            """SELECT request.id, request.commercial_partner_id AS partner_id,
                      request.company_id, request.user_id, request.date_received AS date,
                      request.state IN ('new', 'checked') AS is_open,
                      CASE WHEN request.state IN ('new', 'checked', 'offered', 'partly_won')
                           THEN (%s) ELSE 0 END AS waiting_lines
                 FROM sale_material_request request
                WHERE request.id IN %s""",
            self._get_waiting_lines(),
            requests,
        )

    def _get_visible_requests(self):
        return self.env["sale.material.request"]._search(
            [("commercial_partner_id", "!=", False), ("merged_into_id", "=", False)]
        )

    def _get_waiting_lines(self):
        return SQL(
            """SELECT COUNT(*)
                 FROM sale_material_request_line line
                WHERE line.request_id = request.id AND line.verdict = 'sellable'
                  AND line.state = 'open'"""
        )

    def _get_offers(self):
        """The open offers that the user may see and that answer requests."""
        offers = self.env["sale.order"]._search(self._get_open_offers_domain()).subselect("id")
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, sale.company_id,
                      COUNT(*)::int AS count,
                      SUM(sale.amount_total / sale.currency_rate) AS amount
                 FROM sale_order sale
                 JOIN res_partner partner ON partner.id = sale.partner_id
                WHERE sale.id IN %s
                GROUP BY partner.commercial_partner_id, sale.company_id""",
            offers,
        )

    @api.model
    def _get_open_offers_domain(self):
        return [("state", "in", ("draft", "sent")), ("request_ids", "!=", False)]

    # === ACTIONS === #

    def _get_own_domain(self, *path):
        """Records of the customers of these rows, each in the company of its row."""
        return Domain.OR(
            Domain(".".join(path), "=", row.partner_id.id)
            & Domain("company_id", "=", row.company_id.id)
            for row in self
        )

    def _get_open_requests(self):
        """What these customers asked for and what may still need an offer, oldest first."""
        return self.env["sale.material.request"].search(
            self._get_own_domain("commercial_partner_id")
            & Domain("state", "in", ("new", "checked", "offered", "partly_won"))
            & Domain("merged_into_id", "=", False)
            & (Domain("state", "in", ("new", "checked")) | self._get_waiting_domain()),
            order="date_received, id",
        )

    @api.model
    def _get_waiting_domain(self):
        """Requests with a line that could be offered and is in no offer in use."""
        return Domain("line_ids", "any", [("verdict", "=", "sellable"), ("state", "=", "open")])

    def _get_open_offers(self):
        return self.env["sale.order"].search(
            self._get_own_domain("partner_id", "commercial_partner_id")
            & Domain(self._get_open_offers_domain())
        )

    def action_view_requests(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.sale_material_request_action"
            ),
            "domain": list(self._get_own_domain("commercial_partner_id")),
            "context": {"default_partner_id": self.partner_id.id},
        }

    def action_view_offers(self):
        self.ensure_one()
        offers = self._get_open_offers()
        return {
            **offers._get_records_action(
                name=self.env._("Open Offers of %(customer)s", customer=self.partner_id.name),
                views=[(False, "list"), (False, "form")],
                view_mode="list,form",
            ),
            "domain": [("id", "in", offers.ids)],
            "res_id": False,
            "context": {"create": False},
        }

    def action_view_partner(self):
        self.ensure_one()
        return self.partner_id._get_records_action()
