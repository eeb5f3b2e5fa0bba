from odoo import api, fields, models
from odoo.tools import SQL

from ..wording import code_key, words_key

KINDS = [
    ("code", "Article Code"),
    ("words", "Words"),
]


class SaleCustomerArticle(models.Model):
    """What one customer calls a product of ours, learned from what people chose for him.

    A row with a code is found by the code; a row without one by the customer's words. Archived
    rows are what was chosen before.
    """

    _name = "sale.customer.article"
    _description = "Customer Article"
    _order = "partner_id, customer_code, name, id"
    _rec_names_search = ["customer_code", "name"]
    _check_company_auto = True

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
        help="The customer's company: all its contacts write the same codes.",
    )
    customer_code = fields.Char(
        string="Customer's Article", help="The article number in the customer's words."
    )
    name = fields.Char(
        string="Customer's Words",
        help="How the customer describes it. Without an article number it is found by these"
        " words.",
    )
    kind = fields.Selection(
        KINDS, string="Found By", compute="_compute_key", store=True, precompute=True
    )
    key = fields.Char(
        string="Compared As",
        compute="_compute_key",
        store=True,
        precompute=True,
        help="The code or the words without what does not matter: capitals and spaces.",
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
        domain="[('sale_ok', '=', True)]",
    )
    times_chosen = fields.Integer(readonly=True, copy=False, aggregator="sum")
    last_chosen_date = fields.Datetime(string="Last Chosen On", readonly=True, copy=False)
    last_chosen_user_id = fields.Many2one(
        "res.users", string="Last Chosen By", readonly=True, copy=False, ondelete="set null"
    )

    _key_uniq = models.UniqueIndex(
        "(company_id, partner_id, kind, key) WHERE active",
        "This customer has an article with this code or these words already: change that one.",
    )
    _something_to_recognise = models.Constraint(
        "CHECK(key IS NOT NULL)",
        "An article of a customer needs a code or words with at least one letter or digit.",
    )
    _times_chosen_positive = models.Constraint(
        "CHECK(times_chosen >= 0)", "An article cannot be chosen less than never."
    )

    @api.depends("customer_code", "name")
    def _compute_key(self):
        for article in self:
            code = code_key(article.customer_code)
            article.kind = "code" if code else "words"
            article.key = code or words_key(article.name)

    @api.depends("customer_code", "name")
    def _compute_display_name(self):
        for article in self:
            parts = [article.customer_code and f"[{article.customer_code}]", article.name]
            article.display_name = " ".join(part for part in parts if part)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_commercial_partner(vals) for vals in vals_list])

    def write(self, vals):
        """Another product was not chosen as often as the old one."""
        vals = self._with_commercial_partner(vals)
        if "product_id" in vals and any(row.product_id.id != vals["product_id"] for row in self):
            vals = {**self._prepare_unchosen_values(), **vals}
        return super().write(vals)

    @api.model
    def _with_commercial_partner(self, vals):
        if not vals.get("partner_id"):
            return vals
        partner = self.env["res.partner"].browse(vals["partner_id"])
        return {**vals, "partner_id": partner.commercial_partner_id.id}

    @api.model
    def _prepare_unchosen_values(self):
        return {"times_chosen": 0, "last_chosen_date": False, "last_chosen_user_id": False}

    # === ACTIONS === #

    @api.model
    def _get_view_action(self, domain, **defaults):
        """The list of the articles of a customer or of a product."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.sale_customer_article_action"
            ),
            "domain": domain,
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }

    # === LEARNING === #

    @api.model
    def _learn(self, lines):
        """Remember what people chose for the customers' codes and words.

        Costs one query however many lines there are. Two transactions that learn the same at
        once do not lose a choice: the second one fails to serialize and is tried again.

        :param lines: ``sale.material.request.line`` with a customer and a chosen product
        """
        rows = self._get_learnable_rows(lines)
        if not rows:
            return
        self.flush_model()
        self.env.execute_query(self._get_learning_query(rows))
        self.invalidate_model()

    @api.model
    def _get_learnable_rows(self, lines):
        """One row for each code and each text; one with two answers at once teaches nothing.

        :return: list of ``(company, partner, kind, key, code, words, product)`` in order of the
            keys, so that two transactions do not wait for each other in a circle
        """
        rows, doubtful = {}, set()
        for line in lines:
            for row in self._prepare_learnable_rows(line):
                place, product_id = row[:4], row[-1]
                if rows.setdefault(place, row)[-1] != product_id:
                    doubtful.add(place)
        return [rows[place] for place in sorted(set(rows) - doubtful)]

    @api.model
    def _prepare_learnable_rows(self, line):
        request, product = line.request_id, line.product_id
        found = (
            ("code", code_key(line.customer_code), line.customer_code, None),
            ("words", words_key(line.name), None, line.name),
        )
        return [
            (
                request.company_id.id,
                request.commercial_partner_id.id,
                kind,
                key,
                code,
                words,
                product.id,
            )
            for kind, key, code, words in found
            if key
        ]

    @api.model
    def _get_learning_query(self, rows):
        """Keep what is replaced as an archived row, then enter or count the choices."""
        return SQL(
            """
            WITH learned (company_id, partner_id, kind, key, customer_code, name, product_id) AS (
                VALUES %(rows)s
            ), replaced AS (
                INSERT INTO sale_customer_article (
                       active, company_id, partner_id, kind, key, customer_code, name, product_id,
                       times_chosen, last_chosen_date, last_chosen_user_id,
                       create_uid, create_date, write_uid, write_date)
                SELECT FALSE, old.company_id, old.partner_id, old.kind, old.key,
                       old.customer_code, old.name, old.product_id, old.times_chosen,
                       old.last_chosen_date, old.last_chosen_user_id,
                       old.create_uid, old.create_date, %(user)s, %(now)s
                  FROM sale_customer_article old
                  JOIN learned USING (company_id, partner_id, kind, key)
                 WHERE old.active AND old.product_id != learned.product_id
            )
            INSERT INTO sale_customer_article AS article (
                   active, company_id, partner_id, kind, key, customer_code, name, product_id,
                   times_chosen, last_chosen_date, last_chosen_user_id,
                   create_uid, create_date, write_uid, write_date)
            SELECT TRUE, company_id, partner_id, kind, key, customer_code, name, product_id,
                   1, %(now)s, %(user)s, %(user)s, %(now)s, %(user)s, %(now)s
              FROM learned
             ORDER BY company_id, partner_id, kind, key
                ON CONFLICT (company_id, partner_id, kind, key) WHERE active DO UPDATE
               SET product_id = excluded.product_id,
                   times_chosen = CASE WHEN article.product_id = excluded.product_id
                                       THEN COALESCE(article.times_chosen, 0) ELSE 0 END + 1,
                   last_chosen_date = excluded.last_chosen_date,
                   last_chosen_user_id = excluded.last_chosen_user_id,
                   write_uid = excluded.write_uid, write_date = excluded.write_date
            """,
            rows=SQL(", ").join(
                SQL("(%s::int, %s::int, %s, %s, %s::varchar, %s::varchar, %s::int)", *row)
                for row in rows
            ),
            user=self.env.uid,
            now=fields.Datetime.now(),
        )
