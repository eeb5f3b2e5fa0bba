from odoo import api, models
from odoo.tools import SQL

from .commission_split_engine import MOVE, ORDER


class CommissionSplitEngine(models.AbstractModel):
    """Credits: what a line of a document counts for a component, pinned once."""

    _inherit = "commission.split.engine"

    @api.model
    def _credit(self, source_ids, model, is_preview=False):
        """Credit what lines count: invoices and orders first, then what notes give back."""
        self._retire_credits(source_ids, model, is_note=False)
        self._add_credits(source_ids, model, is_preview)
        note_ids = self._get_note_ids(source_ids) if model == MOVE else []
        if note_ids:
            self._retire_credits(note_ids, model, is_note=True)
            self._add_note_credits(note_ids)

    @api.model
    def _get_note_ids(self, move_ids):
        """Return which of the documents are credit notes, or were credited as such."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM account_move WHERE id = ANY(%(ids)s) AND move_type = 'out_refund'
                 UNION SELECT source_id FROM commission_split_credit
                 WHERE source_id = ANY(%(ids)s) AND source_model = %(model)s AND is_current
                   AND origin_credit_id IS NOT NULL
                """,
                ids=list(move_ids),
                model=MOVE,
            )
        )
        return [move_id for (move_id,) in rows]

    # === LINES === #

    @api.model
    def _get_lines_sql(self, source_ids, model):
        """Return the SELECT of what counts: lines with deal, amount, quantity and cost.

        Amounts are in the company's currency and in the document's; quantities in the product's
        unit; all are negative on credit notes.
        """
        if model == MOVE:
            return self._get_move_lines_sql(source_ids)
        return self._get_order_lines_sql(source_ids)

    @api.model
    def _get_move_lines_sql(self, source_ids):
        return SQL(
            """
            SELECT l.id AS line, m.id AS document,
                   CASE m.move_type WHEN 'out_invoice' THEN 1 ELSE -1 END AS sign,
                   coalesce(m.invoice_date, m.date) AS date, m.company_id, m.partner_id,
                   m.reversed_entry_id, l.product_id, -l.balance AS untaxed,
                   company.currency_id AS company_currency_id, -l.amount_currency AS own_untaxed,
                   m.currency_id, ol.order_line,
                   coalesce(od.id, rd.id, md.id) AS deal_id,
                   coalesce(sol.is_downpayment, FALSE) AS is_advance, l.discount,
                   l.quantity * (CASE m.move_type WHEN 'out_invoice' THEN 1 ELSE -1 END)
                       * coalesce(unit.factor / base.factor, 1) AS quantity
              FROM account_move m
              JOIN res_company company ON company.id = m.company_id
               AND coalesce(m.invoice_date, m.date) >= company.commission_split_start
              JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
              LEFT JOIN LATERAL (
                   SELECT min(r.order_line_id) AS order_line FROM sale_order_line_invoice_rel r
                    WHERE r.invoice_line_id = l.id) ol ON TRUE
              LEFT JOIN sale_order_line sol ON sol.id = ol.order_line
              LEFT JOIN commission_split_deal od ON od.order_id = sol.order_id
              LEFT JOIN commission_split_deal rd ON rd.move_id = m.reversed_entry_id
              LEFT JOIN commission_split_deal md ON md.move_id = m.id
              LEFT JOIN product_product product ON product.id = l.product_id
              LEFT JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN uom_uom unit ON unit.id = l.product_uom_id
              LEFT JOIN uom_uom base ON base.id = template.uom_id
             WHERE m.id = ANY(%(ids)s) AND m.state = 'posted'
               AND m.move_type IN ('out_invoice', 'out_refund')
               AND m.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
               AND NOT EXISTS (SELECT FROM commission_split_journal_rel x
                                WHERE x.company_id = m.company_id AND x.journal_id = m.journal_id)
            """,
            ids=list(source_ids),
        )

    @api.model
    def _get_order_lines_sql(self, source_ids):
        return SQL(
            """
            SELECT sol.id AS line, o.id AS document, 1 AS sign, deal.date, o.company_id,
                   o.partner_id, NULL::int AS reversed_entry_id, sol.product_id,
                   round(sol.price_subtotal / coalesce(nullif(o.currency_rate, 0), 1)
                         / currency.rounding) * currency.rounding AS untaxed,
                   currency.id AS company_currency_id, sol.price_subtotal AS own_untaxed,
                   o.currency_id, sol.id AS order_line, deal.id AS deal_id,
                   coalesce(sol.is_downpayment, FALSE) AS is_advance, sol.discount,
                   sol.product_uom_qty * coalesce(unit.factor / base.factor, 1) AS quantity
              FROM sale_order o
              JOIN commission_split_deal deal ON deal.order_id = o.id
              JOIN res_company company ON company.id = o.company_id
               AND deal.date >= company.commission_split_start
              JOIN res_currency currency ON currency.id = company.currency_id
              JOIN sale_order_line sol ON sol.order_id = o.id AND sol.display_type IS NULL
              JOIN res_partner customer ON customer.id = o.partner_id
              LEFT JOIN product_product product ON product.id = sol.product_id
              LEFT JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN uom_uom unit ON unit.id = sol.product_uom_id
              LEFT JOIN uom_uom base ON base.id = template.uom_id
             WHERE o.id = ANY(%(ids)s) AND o.state = 'sale'
               AND customer.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
            """,
            ids=list(source_ids),
        )

    @api.model
    def _get_cost_sql(self):
        """Return the expression of what the goods of a line cost, in the company's currency.

        It is the cost on the order line where margins are kept there, else the product's in the
        company.
        """
        standard = SQL(
            "coalesce((product.standard_price ->> line.company_id::text)::numeric, 0)"
            " * line.quantity"
        )
        field = self.env["sale.order.line"]._fields.get("purchase_price")
        if not (field and field.store):
            return standard
        return SQL(
            """
            coalesce((SELECT ordered.purchase_price / coalesce(nullif(o.currency_rate, 0), 1)
                             * line.quantity / coalesce(nullif(unit.factor, 0), 1)
                             * coalesce(base.factor, 1)
                        FROM sale_order_line ordered
                        JOIN sale_order o ON o.id = ordered.order_id
                        LEFT JOIN uom_uom unit ON unit.id = ordered.product_uom_id
                        LEFT JOIN uom_uom base ON base.id = template.uom_id
                       WHERE ordered.id = line.order_line), %s)
            """,
            standard,
        )

    # === CREDITS OF INVOICES AND ORDERS === #

    @api.model
    def _add_credits(self, source_ids, model, is_preview):
        """Credit lines that have no credit for a component yet.

        Pots go by the plan that held on the deal's day, what was promised; a person's plan by the
        day of the document. Of orders count the components that pay by the order.

        :param is_preview: of orders count all components
        """
        self.env.execute_query(
            SQL(
                """
                WITH line AS MATERIALIZED (%(lines)s), source AS (
                    SELECT DISTINCT document AS source_id, deal_id, date, company_id
                      FROM line WHERE sign > 0 AND deal_id IS NOT NULL
                ), place AS (
                    SELECT DISTINCT deal.company_id, deal.team_id, deal.date
                      FROM source JOIN commission_split_deal deal ON deal.id = source.deal_id
                ), pot_plan AS (
                    SELECT place.*, plan.id AS plan_id FROM place JOIN LATERAL (%(plan)s) plan
                        ON TRUE
                ), concerned AS (%(concerned)s), wanted AS (
                    SELECT source.source_id, source.deal_id, c.id AS component_id, c.plan_id,
                           NULL::int AS plan_root, NULL::int AS component_root
                      FROM source
                      JOIN commission_split_deal deal ON deal.id = source.deal_id
                      JOIN pot_plan ON pot_plan.company_id = deal.company_id
                       AND pot_plan.team_id IS NOT DISTINCT FROM deal.team_id
                       AND pot_plan.date = deal.date
                      JOIN commission_split_component c
                        ON c.plan_id = pot_plan.plan_id AND c.credit = 'pot'
                     UNION ALL
                    SELECT DISTINCT source_id, deal_id, component_id, plan_id, plan_root,
                           component_root
                      FROM concerned
                ), fresh AS (
                    SELECT line.*, wanted.component_id, wanted.plan_id
                      FROM wanted
                      JOIN line ON line.document = wanted.source_id
                       AND line.deal_id = wanted.deal_id
                     WHERE NOT EXISTS (
                           SELECT FROM commission_split_credit x
                             JOIN commission_split_component xc ON xc.id = x.component_id
                             JOIN commission_split_plan xp ON xp.id = xc.plan_id
                            WHERE x.is_current AND x.source_model = %(model)s
                              AND x.source_id = line.document AND x.source_line = line.line
                              AND CASE WHEN wanted.plan_root IS NULL THEN xc.credit = 'pot'
                                       ELSE xp.root_id = wanted.plan_root
                                        AND xc.root_id = wanted.component_root END)
                ), counted AS (
                    SELECT line.*, c.pays, rate.id AS rate_id, rate.percent, rate.amount,
                           CASE c.basis WHEN 'quantity' THEN line.quantity
                                WHEN 'margin' THEN line.untaxed - %(cost)s
                                ELSE money.untaxed END AS basis,
                           money.untaxed AS paid_untaxed, money.currency_id AS paid_currency_id,
                           CASE c.basis WHEN 'margin' THEN %(cost)s END AS cost,
                           business.kind AS business
                      FROM fresh line
                      JOIN commission_split_deal deal ON deal.id = line.deal_id
                      JOIN commission_split_component c ON c.id = line.component_id
                      JOIN commission_split_plan plan ON plan.id = line.plan_id
                      JOIN res_partner customer ON customer.id = line.partner_id
                     CROSS JOIN LATERAL (%(money)s) money
                      LEFT JOIN product_product product ON product.id = line.product_id
                      LEFT JOIN product_template template
                        ON template.id = product.product_tmpl_id
                      LEFT JOIN product_category category ON category.id = template.categ_id
                      %(business_join)s
                      LEFT JOIN LATERAL (%(rate)s) rate ON TRUE
                     WHERE (rate.id IS NOT NULL OR c.pays NOT IN ('percent', 'unit'))
                       AND (NOT line.is_advance OR plan.advance = 'invoiced')
                       AND (%(is_preview)s OR (c.event = 'ordered') = %(is_order)s)
                )
                INSERT INTO commission_split_credit (company_id, component_id, plan_id, rate_id,
                       deal_id, source_model, source_id, source_line, date, currency_id, untaxed,
                       quantity, cost, business, basis, raw, is_current, create_uid, create_date)
                SELECT company_id, component_id, plan_id, rate_id, deal_id, %(model)s, document,
                       line, date, paid_currency_id, paid_untaxed, quantity, cost, business,
                       basis,
                       CASE pays WHEN 'percent' THEN basis * percent / 100
                            WHEN 'unit' THEN quantity * amount
                            WHEN 'quota' THEN basis ELSE 0 END,
                       TRUE, %(uid)s, %(now)s
                  FROM counted
                ON CONFLICT DO NOTHING RETURNING id
                """,
                lines=self._get_lines_sql(source_ids, model),
                plan=self._get_version_sql(
                    "commission_split_plan", "place", SQL("v.number"), SQL("v.kind = 'pot'")
                ),
                concerned=self._get_concerned_sql(),
                cost=self._get_cost_sql(),
                money=self._get_money_sql(),
                business_join=self._get_business_sql(),
                rate=self._get_rate_sql(),
                model=model,
                is_preview=is_preview,
                is_order=model == ORDER,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )

    @api.model
    def _get_money_sql(self):
        """Return the SELECT of a line's untaxed amount in the currency in which a plan pays."""
        return SQL(
            """
            SELECT CASE plan.pay_currency WHEN 'document' THEN line.own_untaxed
                        ELSE line.untaxed END AS untaxed,
                   CASE plan.pay_currency WHEN 'document' THEN line.currency_id
                        ELSE line.company_currency_id END AS currency_id
            """
        )

    @api.model
    def _get_business_sql(self):
        """Return the JOIN that tells new business from renewal and upsell, line by line.

        A customer who bought nothing within the company's months before the deal is new; what he
        bought before is renewed; another product is upsell. It is read where a rate asks for it.
        """
        [(is_asked,)] = self.env.execute_query(
            SQL("SELECT EXISTS (SELECT FROM commission_split_rate WHERE business IS NOT NULL)")
        )
        if not is_asked:
            return SQL("CROSS JOIN (SELECT NULL::varchar AS kind) business")
        return SQL(
            """
            LEFT JOIN LATERAL (
                 SELECT coalesce(deal.business,
                        CASE WHEN count(*) = 0 THEN 'new'
                             WHEN bool_or(before.product_id = line.product_id) THEN 'renewal'
                             ELSE 'upsell' END) AS kind
                   FROM account_move bought
                   JOIN account_move_line before
                     ON before.move_id = bought.id AND before.display_type = 'product'
                   JOIN res_company company ON company.id = line.company_id
                   LEFT JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = before.id
                   LEFT JOIN sale_order_line ordered ON ordered.id = r.order_line_id
                  WHERE bought.commercial_partner_id = customer.commercial_partner_id
                    AND bought.company_id = line.company_id AND bought.state = 'posted'
                    AND bought.move_type = 'out_invoice'
                    AND coalesce(bought.invoice_date, bought.date) <= deal.date
                    AND coalesce(bought.invoice_date, bought.date) >= deal.date
                        - coalesce(company.commission_split_history_months, 24)
                          * interval '1 month'
                    AND bought.id IS DISTINCT FROM deal.move_id
                    AND ordered.order_id IS DISTINCT FROM coalesce(deal.order_id, 0)
            ) business ON TRUE
            """
        )

    @api.model
    def _get_rate_sql(self):
        """Return the SELECT of the first rate of a component that fits a line."""
        return SQL(
            """
            SELECT r.id, r.percent, r.amount FROM commission_split_rate r
              LEFT JOIN product_category above ON above.id = r.categ_id
             WHERE r.component_id = c.id
               AND (r.product_tmpl_id IS NULL OR r.product_tmpl_id = template.id)
               AND (r.categ_id IS NULL OR category.parent_path LIKE above.parent_path || '%%')
               AND (r.country_id IS NULL OR r.country_id = customer.country_id)
               AND (r.team_id IS NULL OR r.team_id = deal.team_id)
               AND (r.business IS NULL OR r.business = business.kind)
               AND (r.discount_from IS NULL OR r.discount_from = 0
                    OR coalesce(line.discount, 0) >= r.discount_from)
               AND (r.discount_to IS NULL OR r.discount_to = 0
                    OR coalesce(line.discount, 0) < r.discount_to)
               AND (r.partner_tag_id IS NULL
                    OR EXISTS (SELECT FROM res_partner_res_partner_category_rel tag
                                WHERE tag.category_id = r.partner_tag_id
                                  AND tag.partner_id IN (customer.id,
                                                         customer.commercial_partner_id)))
          ORDER BY r.sequence, r.id LIMIT 1
            """
        )

    @api.model
    def _retire_credits(self, source_ids, model, is_note):
        """Mark credits whose line is gone or changed; rate and version alone change nothing."""
        self.env.execute_query(
            SQL(
                """
                WITH line AS MATERIALIZED (%(lines)s), note AS (%(notes)s)
                UPDATE commission_split_credit c SET is_current = FALSE
                 WHERE c.is_current AND c.source_model = %(model)s
                   AND c.source_id = ANY(%(ids)s)
                   AND (c.origin_credit_id IS NOT NULL) = %(is_note)s
                   AND NOT EXISTS (
                       SELECT FROM line
                         JOIN commission_split_plan plan ON plan.id = c.plan_id
                        CROSS JOIN LATERAL (%(money)s) money
                        WHERE line.line = c.source_line AND line.sign > 0
                          AND money.untaxed = coalesce(c.untaxed, c.basis)
                          AND money.currency_id = c.currency_id
                          AND line.quantity = coalesce(c.quantity, line.quantity)
                          AND line.deal_id = c.deal_id AND c.origin_credit_id IS NULL)
                   AND NOT EXISTS (
                       SELECT FROM note
                        WHERE note.line = c.source_line AND note.component_id = c.component_id
                          AND note.origin_id = c.origin_credit_id
                          AND note.basis = c.basis AND note.raw = c.raw)
             RETURNING c.id
                """,
                lines=self._get_lines_sql(source_ids, model),
                money=self._get_money_sql(),
                notes=self._get_notes_sql() if is_note else self._get_no_notes_sql(),
                model=model,
                ids=list(source_ids),
                is_note=is_note,
            )
        )

    # === CREDIT NOTES === #

    @api.model
    def _get_no_notes_sql(self):
        return SQL(
            "SELECT 0 AS line, 0 AS component_id, 0 AS origin_id, 0::numeric AS basis,"
            " 0::numeric AS raw WHERE FALSE"
        )

    @api.model
    def _get_notes_sql(self):
        """Return the SELECT of what lines of credit notes give back, from ``line``.

        It is the credit of the same order line or product of the invoice that is reversed, else
        the latest one of that order line before; else all of the reversed invoice, in part. Which
        part is told in the document's currency: another rate gives back no more and no less.
        """
        return SQL(
            """
            SELECT * FROM (
                SELECT DISTINCT ON (line.line, oc.root_id, op.root_id)
                       line.line, line.document, line.date, line.company_id, o.component_id,
                       o.plan_id, o.rate_id, o.deal_id, o.id AS origin_id, o.currency_id,
                       given.part * o.basis / given.whole AS basis,
                       given.part * o.raw / given.whole AS raw
                  FROM line
                  JOIN commission_split_credit o
                    ON o.is_current AND o.origin_credit_id IS NULL
                   AND o.source_model = %(model)s AND o.company_id = line.company_id
                  JOIN account_move_line invoiced ON invoiced.id = o.source_line
                  JOIN LATERAL (
                       SELECT CASE WHEN invoiced.currency_id = line.currency_id
                                   THEN line.own_untaxed ELSE line.untaxed END AS part,
                              CASE WHEN invoiced.currency_id = line.currency_id
                                   THEN -invoiced.amount_currency ELSE -invoiced.balance END
                                  AS whole) given ON given.whole <> 0
                  JOIN commission_split_component oc ON oc.id = o.component_id
                  JOIN commission_split_plan op ON op.id = oc.plan_id
                  LEFT JOIN sale_order_line_invoice_rel r
                    ON r.invoice_line_id = o.source_line AND r.order_line_id = line.order_line
                  LEFT JOIN account_move_line same
                    ON same.id = o.source_line AND line.order_line IS NULL
                   AND o.source_id = line.reversed_entry_id
                   AND same.product_id = line.product_id
                 WHERE line.sign < 0
                   AND (o.source_id = line.reversed_entry_id
                        OR line.order_line IS NOT NULL AND o.date <= line.date)
                   AND (r.order_line_id IS NOT NULL OR same.id IS NOT NULL)
              ORDER BY line.line, oc.root_id, op.root_id,
                       (o.source_id IS NOT DISTINCT FROM line.reversed_entry_id) DESC,
                       o.date DESC, o.id DESC
            ) matched
             UNION ALL
            SELECT line.line, line.document, line.date, line.company_id, o.component_id,
                   min(o.plan_id), min(o.rate_id), o.deal_id, min(o.id), o.currency_id,
                   sum(CASE WHEN whole.currency_id = line.currency_id
                            THEN line.own_untaxed * o.basis / whole.own
                            ELSE line.untaxed * o.basis / whole.untaxed END),
                   sum(CASE WHEN whole.currency_id = line.currency_id
                            THEN line.own_untaxed * o.raw / whole.own
                            ELSE line.untaxed * o.raw / whole.untaxed END)
              FROM line
              JOIN commission_split_credit o
                ON o.is_current AND o.origin_credit_id IS NULL
               AND o.source_model = %(model)s AND o.source_id = line.reversed_entry_id
              JOIN LATERAL (
                   SELECT nullif(-sum(balance), 0) AS untaxed,
                          nullif(-sum(amount_currency), 0) AS own,
                          min(x.currency_id) AS currency_id
                     FROM account_move_line x
                    WHERE x.move_id = line.reversed_entry_id AND x.display_type = 'product'
                   ) whole ON TRUE
             WHERE line.sign < 0
               AND NOT EXISTS (
                   SELECT FROM commission_split_credit c
                     LEFT JOIN sale_order_line_invoice_rel r
                       ON r.invoice_line_id = c.source_line AND r.order_line_id = line.order_line
                     LEFT JOIN account_move_line same
                       ON same.id = c.source_line AND line.order_line IS NULL
                      AND same.product_id = line.product_id
                    WHERE c.is_current AND c.origin_credit_id IS NULL
                      AND c.source_model = %(model)s AND c.source_id = line.reversed_entry_id
                      AND (r.order_line_id IS NOT NULL OR same.id IS NOT NULL))
          GROUP BY line.line, line.document, line.date, line.company_id, o.component_id, o.deal_id,
                   o.currency_id
            """,
            model=MOVE,
        )

    @api.model
    def _add_note_credits(self, move_ids):
        """Enter what lines of credit notes give back."""
        self.env.execute_query(
            SQL(
                """
                WITH line AS MATERIALIZED (%(lines)s), note AS (%(notes)s)
                INSERT INTO commission_split_credit (company_id, component_id, plan_id, rate_id,
                       deal_id, source_model, source_id, source_line, date, currency_id, basis,
                       raw, origin_credit_id, is_current, create_uid, create_date)
                SELECT company_id, component_id, plan_id, rate_id, deal_id, %(model)s, document,
                       note.line, date, currency_id, basis, raw, origin_id, TRUE, %(uid)s,
                       %(now)s
                  FROM note
                 WHERE NOT EXISTS (SELECT FROM commission_split_credit x
                                    WHERE x.is_current AND x.source_model = %(model)s
                                      AND x.source_id = note.document
                                      AND x.source_line = note.line
                                      AND x.component_id = note.component_id
                                      AND x.deal_id = note.deal_id)
                ON CONFLICT DO NOTHING RETURNING id
                """,
                lines=self._get_lines_sql(move_ids, MOVE),
                notes=self._get_notes_sql(),
                model=MOVE,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
