from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

SOURCE = "account.move"


class CommissionSplitEngine(models.AbstractModel):
    """The ledger follows the documents.

    For a set of documents the engine computes what ought to stand in the ledger today, sums up
    what stands there under the same key, and enters the difference. Nothing else writes rows of
    documents: posting, reset, payment, refund, another sharing and the nightly check are one
    statement. A second run adds nothing, the order cannot matter, what was missed is found.

    Amounts are whole numbers of the company currency's unit until they are entered; weights and
    rates are numeric. No binary fraction is involved.
    """

    _name = "commission.split.engine"
    _description = "Commission Engine"

    @api.model
    def _follow(self, move_ids, cause="document"):
        """Let the ledger follow documents, deleted ones included.

        :param move_ids: ids of invoices and credit notes
        :param cause: why, written on the rows
        :return: how many rows were entered
        """
        if not move_ids:
            return 0
        self.env.flush_all()
        self.env.execute_query(SQL("SELECT set_config('jit', 'off', TRUE)"))
        move_ids = self._add_notes(move_ids)
        self._open_deals_of_documents(move_ids)
        self._ensure_periods(move_ids)
        self._credit(move_ids)
        rows = self._enter(self._add_origins(move_ids), cause)
        self.env["commission.split.credit"].invalidate_model(flush=False)
        self.env["commission.split.entry"].invalidate_model(flush=False)
        self.env["commission.split.deal"].invalidate_model(flush=False)
        return len(rows)

    # === WHICH DOCUMENTS === #

    @api.model
    def _add_notes(self, move_ids):
        """Add the credit notes of invoices: what they give back rests on them."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT unnest(%(ids)s)
                 UNION SELECT id FROM account_move WHERE reversed_entry_id = ANY(%(ids)s)
                 UNION SELECT note.source_id FROM commission_split_credit note
                  JOIN commission_split_credit o ON o.id = note.origin_credit_id
                 WHERE note.is_current AND o.source_model = %(model)s
                   AND o.source_id = ANY(%(ids)s)
                """,
                ids=list(move_ids),
                model=SOURCE,
            )
        )
        return [move_id for (move_id,) in rows]

    @api.model
    def _add_origins(self, move_ids):
        """Add the invoices that credit notes give back, and their other notes."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH origin AS (
                    SELECT o.source_id FROM commission_split_credit note
                      JOIN commission_split_credit o ON o.id = note.origin_credit_id
                     WHERE note.is_current AND note.source_model = %(model)s
                       AND note.source_id = ANY(%(ids)s)
                )
                SELECT unnest(%(ids)s) UNION SELECT source_id FROM origin
                 UNION SELECT note.source_id FROM commission_split_credit o
                  JOIN commission_split_credit note ON note.origin_credit_id = o.id
                 WHERE note.is_current AND o.source_id IN (SELECT source_id FROM origin)
                """,
                ids=list(move_ids),
                model=SOURCE,
            )
        )
        return [move_id for (move_id,) in rows]

    # === DEALS === #

    @api.model
    def _open_deals_of_orders(self, order_ids):
        """Freeze deals, their sharing and who takes part for confirmed orders, once each."""
        source = SQL(
            """
            SELECT o.id AS order_id, NULL::int AS move_id, o.name, o.partner_id, o.team_id,
                   (o.date_order AT TIME ZONE 'utc' AT TIME ZONE coalesce(zone.name, 'utc'))::date
                       AS date,
                   o.company_id, o.user_id, o.create_uid
              FROM sale_order o
              LEFT JOIN %s ON zone.company_id = o.company_id
             WHERE o.id = ANY(%s) AND o.state = 'sale'
               AND NOT EXISTS (SELECT FROM commission_split_deal d WHERE d.order_id = o.id)
            """,
            self.env["res.company"]._get_zone_table(),
            list(order_ids),
        )
        self._open_deals(source)

    @api.model
    def _open_deals_of_documents(self, move_ids):
        """Freeze deals of what has none: orders confirmed earlier, invoices without an order."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ol.order_id
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id AND m.state = 'posted'
                  JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id
                  JOIN sale_order_line ol ON ol.id = r.order_line_id
                 WHERE l.move_id = ANY(%s)
                   AND NOT EXISTS (SELECT FROM commission_split_deal d
                                    WHERE d.order_id = ol.order_id)
                """,
                list(move_ids),
            )
        )
        if rows:
            self._open_deals_of_orders([order_id for (order_id,) in rows])
        self._open_deals(
            SQL(
                """
                SELECT NULL::int AS order_id, m.id AS move_id, m.name, m.partner_id, m.team_id,
                       coalesce(m.invoice_date, m.date) AS date, m.company_id,
                       m.invoice_user_id AS user_id, m.create_uid
                  FROM account_move m
                 WHERE m.id = ANY(%s) AND m.state = 'posted' AND m.move_type = 'out_invoice'
                   AND NOT EXISTS (SELECT FROM commission_split_deal d WHERE d.move_id = m.id)
                   AND EXISTS (
                       SELECT FROM account_move_line l
                        WHERE l.move_id = m.id AND l.display_type = 'product'
                          AND NOT EXISTS (SELECT FROM sale_order_line_invoice_rel r
                                           WHERE r.invoice_line_id = l.id))
                """,
                list(move_ids),
            )
        )

    @api.model
    def _open_deals(self, source):
        """Insert deals with a first sharing in force and its participants, in one statement.

        :param source: a SELECT of order_id, move_id, name, partner_id, team_id, date,
            company_id, user_id, create_uid
        """
        self.env.execute_query(
            SQL(
                """
                WITH source AS (%(source)s), chosen AS (
                    SELECT source.*, customer.commercial_partner_id,
                           coalesce(customer.user_id, firm.user_id) AS customer_user_id,
                           team.user_id AS leader_id, policy.id AS policy_id,
                           coalesce(policy.method, 'weights') AS method
                      FROM source
                      JOIN res_partner customer ON customer.id = source.partner_id
                      LEFT JOIN res_partner firm ON firm.id = customer.commercial_partner_id
                      LEFT JOIN crm_team team ON team.id = source.team_id
                      LEFT JOIN LATERAL (%(policy)s) policy ON TRUE
                ), deal AS (
                    INSERT INTO commission_split_deal (order_id, move_id, name, partner_id,
                           team_id, date, company_id, create_uid, create_date, write_uid,
                           write_date)
                    SELECT order_id, move_id, coalesce(name, '/'), commercial_partner_id, team_id,
                           date, company_id, %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM chosen
                        ON CONFLICT DO NOTHING
                 RETURNING id, order_id, move_id
                ), sharing AS (
                    INSERT INTO commission_split_sharing (deal_id, company_id, number, method,
                           policy_id, state, create_uid, create_date, write_uid, write_date)
                    SELECT deal.id, chosen.company_id, 1, chosen.method, chosen.policy_id,
                           'in_force', %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM deal JOIN chosen
                        ON (chosen.order_id, chosen.move_id)
                           IS NOT DISTINCT FROM (deal.order_id, deal.move_id)
                 RETURNING id, deal_id, method, policy_id
                )
                INSERT INTO commission_split_participant (sharing_id, company_id, person_id,
                       role_id, weight, origin, create_uid, create_date, write_uid, write_date)
                SELECT sharing.id, chosen.company_id, person.partner_id, role.id,
                       CASE sharing.method WHEN 'equal' THEN 1 ELSE role.weight END, 'proposed',
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM sharing
                  JOIN deal ON deal.id = sharing.deal_id
                  JOIN chosen ON (chosen.order_id, chosen.move_id)
                                 IS NOT DISTINCT FROM (deal.order_id, deal.move_id)
                 CROSS JOIN commission_split_role role
                  JOIN res_users person ON person.id = CASE role.source
                           WHEN 'salesperson' THEN chosen.user_id
                           WHEN 'creator' THEN chosen.create_uid
                           WHEN 'customer' THEN chosen.customer_user_id
                           WHEN 'leader' THEN chosen.leader_id END
                   AND person.share IS NOT TRUE AND person.id <> 1
                 WHERE role.active AND role.shares
                   AND (NOT EXISTS (SELECT FROM commission_split_policy_commission_split_role_rel x
                                     WHERE x.commission_split_policy_id = sharing.policy_id)
                        OR EXISTS (SELECT FROM commission_split_policy_commission_split_role_rel x
                                    WHERE x.commission_split_policy_id = sharing.policy_id
                                      AND x.commission_split_role_id = role.id))
             RETURNING id
                """,
                source=source,
                policy=self._get_version_sql("commission_split_policy", "source", SQL("v.method")),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )

    @api.model
    def _get_version_sql(self, table, holder, columns):
        """Return the SELECT of the version that holds for a deal's day and team.

        :param holder: the alias that has company_id, team_id and date
        :param columns: what is selected beside the id
        """
        holder = SQL.identifier(holder)
        teams = SQL(
            "SELECT FROM %s t WHERE t.%s = v.id",
            SQL.identifier(f"{table}_crm_team_rel"),
            SQL.identifier(f"{table}_id"),
        )
        return SQL(
            """
            SELECT v.id, %(columns)s FROM %(table)s v
             WHERE v.company_id = %(holder)s.company_id AND v.state = 'approved'
               AND v.date_from <= %(holder)s.date
               AND (NOT EXISTS (%(teams)s)
                    OR EXISTS (%(teams)s AND t.crm_team_id = %(holder)s.team_id))
          ORDER BY EXISTS (%(teams)s) DESC, v.date_from DESC, v.number DESC, v.id DESC LIMIT 1
            """,
            columns=columns,
            table=SQL.identifier(table),
            holder=holder,
            teams=teams,
        )

    # === PERIODS === #

    @api.model
    def _ensure_periods(self, move_ids):
        """Make the months that will be needed, and hold open ones open meanwhile."""
        companies = self.env["account.move"].sudo().browse(move_ids).exists().company_id
        periods = self.env["commission.split.period"].sudo()
        for company in companies or self.env.companies:
            latest = self._get_latest(company, move_ids)
            periods._ensure(company, max(latest, company._get_today()) + relativedelta(months=1))
        periods.flush_model()
        self.env.execute_query(
            SQL("SELECT id FROM commission_split_period WHERE state = 'open' FOR SHARE")
        )

    @api.model
    def _get_latest(self, company, move_ids):
        [(latest,)] = self.env.execute_query(
            SQL(
                "SELECT max(coalesce(invoice_date, date)) FROM account_move"
                " WHERE id = ANY(%s) AND company_id = %s",
                list(move_ids),
                company.id,
            )
        )
        return latest or company._get_today()

    # === CREDITS === #

    @api.model
    def _get_lines_sql(self, move_ids):
        """Return the SELECT of what counts: lines of posted documents with deal and basis."""
        return SQL(
            """
            SELECT l.id AS line, m.id AS document,
                   CASE m.move_type WHEN 'out_invoice' THEN 1 ELSE -1 END AS sign,
                   coalesce(m.invoice_date, m.date) AS date, m.company_id, m.partner_id,
                   m.reversed_entry_id, l.product_id, -l.balance AS basis, ol.order_line,
                   coalesce(od.id, rd.id, md.id) AS deal_id
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
             WHERE m.id = ANY(%s) AND m.state = 'posted'
               AND m.move_type IN ('out_invoice', 'out_refund')
               AND sol.is_downpayment IS NOT TRUE
               AND m.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
            """,
            list(move_ids),
        )

    @api.model
    def _get_notes_sql(self):
        """Return the SELECT of what lines of credit notes give back, from ``line``.

        It is the credit of the same order line or product of the invoice that is reversed, else
        the latest one of that order line before; else all of the reversed invoice, in part.
        """
        return SQL(
            """
            SELECT * FROM (
                SELECT DISTINCT ON (line.line, o.component_id)
                       line.line, line.document, line.date, line.company_id, o.component_id,
                       o.plan_id, o.rate_id, o.deal_id, o.id AS origin_id, line.basis,
                       line.basis * o.raw / o.basis AS raw
                  FROM line
                  JOIN commission_split_credit o
                    ON o.is_current AND o.origin_credit_id IS NULL AND o.basis <> 0
                   AND o.source_model = %(model)s AND o.company_id = line.company_id
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
              ORDER BY line.line, o.component_id,
                       (o.source_id IS NOT DISTINCT FROM line.reversed_entry_id) DESC,
                       o.date DESC, o.id DESC
            ) matched
             UNION ALL
            SELECT line.line, line.document, line.date, line.company_id, o.component_id,
                   min(o.plan_id), min(o.rate_id), o.deal_id, min(o.id),
                   sum(line.basis * o.basis / whole.basis), sum(line.basis * o.raw / whole.basis)
              FROM line
              JOIN commission_split_credit o
                ON o.is_current AND o.origin_credit_id IS NULL
               AND o.source_model = %(model)s AND o.source_id = line.reversed_entry_id
              JOIN LATERAL (
                   SELECT nullif(-sum(balance), 0) AS basis FROM account_move_line x
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
          GROUP BY line.line, line.document, line.date, line.company_id, o.component_id, o.deal_id
            """,
            model=SOURCE,
        )

    @api.model
    def _credit(self, move_ids):
        """Credit what lines count: invoices first, then what notes give back of them."""
        self._retire_credits(move_ids, is_note=False)
        self._add_invoice_credits(move_ids)
        self._retire_credits(move_ids, is_note=True)
        self._add_note_credits(move_ids)

    @api.model
    def _retire_credits(self, move_ids, is_note):
        """Mark credits whose line is gone or changed; rate and version alone change nothing."""
        self.env.execute_query(
            SQL(
                """
                WITH line AS (%(lines)s), note AS (%(notes)s)
                UPDATE commission_split_credit c SET is_current = FALSE
                 WHERE c.is_current AND c.source_model = %(model)s
                   AND c.source_id = ANY(%(ids)s)
                   AND (c.origin_credit_id IS NOT NULL) = %(is_note)s
                   AND NOT EXISTS (
                       SELECT FROM line
                        WHERE line.line = c.source_line AND line.sign > 0
                          AND line.basis = c.basis AND line.deal_id = c.deal_id
                          AND c.origin_credit_id IS NULL)
                   AND NOT EXISTS (
                       SELECT FROM note
                        WHERE note.line = c.source_line AND note.component_id = c.component_id
                          AND note.origin_id = c.origin_credit_id
                          AND note.basis = c.basis AND note.raw = c.raw)
             RETURNING c.id
                """,
                lines=self._get_lines_sql(move_ids),
                notes=self._get_notes_sql(),
                model=SOURCE,
                ids=list(move_ids),
                is_note=is_note,
            )
        )

    @api.model
    def _add_invoice_credits(self, move_ids):
        """Credit lines of invoices that have no credit yet, by the plan that held for the deal."""
        self.env.execute_query(
            SQL(
                """
                WITH line AS (%(lines)s)
                INSERT INTO commission_split_credit (company_id, component_id, plan_id, rate_id,
                       deal_id, source_model, source_id, source_line, date, basis, raw,
                       is_current, create_uid, create_date)
                SELECT line.company_id, c.id, plan.id, rate.id, line.deal_id, %(model)s,
                       line.document, line.line, line.date, line.basis,
                       line.basis * rate.percent / 100, TRUE, %(uid)s, %(now)s
                  FROM line
                  JOIN commission_split_deal deal ON deal.id = line.deal_id
                  JOIN LATERAL (%(plan)s) plan ON TRUE
                  JOIN commission_split_component c ON c.plan_id = plan.id
                  JOIN res_partner customer ON customer.id = line.partner_id
                  LEFT JOIN product_product product ON product.id = line.product_id
                  LEFT JOIN product_template template ON template.id = product.product_tmpl_id
                  LEFT JOIN product_category category ON category.id = template.categ_id
                  JOIN LATERAL (%(rate)s) rate ON TRUE
                 WHERE line.sign > 0
                   AND NOT EXISTS (SELECT FROM commission_split_credit x
                                    WHERE x.is_current AND x.source_model = %(model)s
                                      AND x.source_id = line.document
                                      AND x.source_line = line.line)
                ON CONFLICT DO NOTHING RETURNING id
                """,
                lines=self._get_lines_sql(move_ids),
                plan=self._get_version_sql("commission_split_plan", "deal", SQL("v.number")),
                rate=self._get_rate_sql(),
                model=SOURCE,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )

    @api.model
    def _get_rate_sql(self):
        """Return the SELECT of the first rate of a pot that fits a line."""
        return SQL(
            """
            SELECT r.id, r.percent FROM commission_split_rate r
              LEFT JOIN product_category above ON above.id = r.categ_id
             WHERE r.component_id = c.id
               AND (r.product_tmpl_id IS NULL OR r.product_tmpl_id = template.id)
               AND (r.categ_id IS NULL OR category.parent_path LIKE above.parent_path || '%%')
               AND (r.country_id IS NULL OR r.country_id = customer.country_id)
               AND (r.partner_tag_id IS NULL
                    OR EXISTS (SELECT FROM res_partner_res_partner_category_rel tag
                                WHERE tag.category_id = r.partner_tag_id
                                  AND tag.partner_id IN (customer.id,
                                                         customer.commercial_partner_id)))
          ORDER BY r.sequence, r.id LIMIT 1
            """
        )

    @api.model
    def _add_note_credits(self, move_ids):
        """Enter what lines of credit notes give back."""
        self.env.execute_query(
            SQL(
                """
                WITH line AS (%(lines)s), note AS (%(notes)s)
                INSERT INTO commission_split_credit (company_id, component_id, plan_id, rate_id,
                       deal_id, source_model, source_id, source_line, date, basis, raw,
                       origin_credit_id, is_current, create_uid, create_date)
                SELECT company_id, component_id, plan_id, rate_id, deal_id, %(model)s, document,
                       note.line, date, basis, raw, origin_id, TRUE, %(uid)s, %(now)s
                  FROM note
                 WHERE NOT EXISTS (SELECT FROM commission_split_credit x
                                    WHERE x.is_current AND x.source_model = %(model)s
                                      AND x.source_id = note.document
                                      AND x.source_line = note.line
                                      AND x.component_id = note.component_id
                                      AND x.deal_id = note.deal_id)
                ON CONFLICT DO NOTHING RETURNING id
                """,
                lines=self._get_lines_sql(move_ids),
                notes=self._get_notes_sql(),
                model=SOURCE,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )

    # === LEDGER === #

    @api.model
    def _enter(self, move_ids, cause):
        """Enter the difference between what ought to stand in the ledger and what does.

        :return: the rows entered, ``[(id,), …]``
        """
        return self.env.execute_query(
            SQL(
                """
                WITH doc AS (%(documents)s), pot AS (%(pots)s), weighed AS (%(weighed)s),
                share AS (%(shares)s), note AS (%(notes)s), ratio AS (%(ratios)s),
                earn AS (
                    SELECT source_id, deal_id, component_id, person_id, role_id, earned, basis
                      FROM share
                     UNION ALL
                    SELECT * FROM note
                ), moment AS (
                    SELECT earn.source_id, earn.deal_id, earn.component_id, earn.person_id,
                           earn.role_id, doc.origin, earn.earned, earn.basis,
                           CASE c.event WHEN 'invoiced' THEN earn.basis ELSE 0 END AS due,
                           CASE c.event WHEN 'invoiced' THEN earn.earned ELSE 0 END AS payable
                      FROM earn JOIN doc ON doc.id = earn.source_id
                      JOIN commission_split_component c ON c.id = earn.component_id
                     UNION ALL
                    SELECT earn.source_id, earn.deal_id, earn.component_id, earn.person_id,
                           earn.role_id, ratio.month,
                           -- money that was written off is not earned
                           CASE WHEN ratio.is_last AND doc.is_settled
                                THEN %(earned_after)s - earn.earned ELSE 0 END,
                           0,
                           %(basis_after)s - %(basis_before)s,
                           %(earned_after)s - %(earned_before)s
                      FROM earn JOIN doc ON doc.id = earn.source_id
                      JOIN commission_split_component c
                        ON c.id = earn.component_id AND c.event = 'paid'
                      JOIN ratio ON ratio.move_id = earn.source_id
                ), expected AS (
                    SELECT moment.source_id, deal_id, component_id, person_id, role_id,
                           moment.origin, sum(earned) * doc.unit AS earned,
                           sum(basis) * doc.unit AS basis, sum(due) * doc.unit AS due,
                           sum(payable) * doc.unit AS payable
                      FROM moment JOIN doc ON doc.id = moment.source_id
                  GROUP BY moment.source_id, deal_id, component_id, person_id, role_id,
                           moment.origin, doc.unit
                ), net AS (
                    SELECT source_id, deal_id, component_id, person_id, role_id, origin,
                           max(seq) AS seq, max(source_name) AS source_name,
                           sum(earned) AS earned, sum(basis) AS basis, sum(basis_due) AS due,
                           sum(payable) AS payable
                      FROM commission_split_entry
                     WHERE kind = 'doc' AND source_model = %(model)s
                       AND source_id = ANY(%(ids)s)
                  GROUP BY source_id, deal_id, component_id, person_id, role_id, origin
                ), difference AS (
                    SELECT source_id, deal_id, component_id, person_id, role_id, origin,
                           coalesce(net.seq, 0) + 1 AS seq, net.source_name,
                           coalesce(expected.earned, 0) - coalesce(net.earned, 0) AS earned,
                           coalesce(expected.basis, 0) - coalesce(net.basis, 0) AS basis,
                           coalesce(expected.due, 0) - coalesce(net.due, 0) AS due,
                           coalesce(expected.payable, 0) - coalesce(net.payable, 0) AS payable
                      FROM expected FULL JOIN net
                     USING (source_id, deal_id, component_id, person_id, role_id, origin)
                )
                INSERT INTO commission_split_entry (kind, company_id, source_model, source_id,
                       source_name, deal_id, component_id, person_id, role_id, team_id, origin,
                       period_id, seq, earned, basis, basis_due, payable, cause, create_uid,
                       create_date)
                SELECT 'doc', deal.company_id, %(model)s, d.source_id,
                       coalesce(doc.name, d.source_name), d.deal_id, d.component_id, d.person_id,
                       d.role_id, deal.team_id, d.origin, period.id, d.seq, d.earned, d.basis,
                       d.due, d.payable, %(cause)s, %(uid)s, %(now)s
                  FROM difference d
                  JOIN commission_split_deal deal ON deal.id = d.deal_id
                  LEFT JOIN doc ON doc.id = d.source_id
                  JOIN LATERAL (
                       SELECT id FROM commission_split_period p
                        WHERE p.company_id = deal.company_id AND p.state = 'open'
                          AND p.date_to >= d.origin
                     ORDER BY p.date_from LIMIT 1) period ON TRUE
                 WHERE (d.earned, d.basis, d.due, d.payable) <> (0, 0, 0, 0)
                ON CONFLICT DO NOTHING
             RETURNING id
                """,
                documents=self._get_documents_sql(move_ids),
                pots=self._get_pots_sql(),
                weighed=self._get_weighed_sql(),
                shares=self._get_shares_sql(),
                notes=self._get_given_back_sql(),
                ratios=self._get_ratios_sql(),
                earned_after=self._get_part_sql("earn.earned", "ratio.paid", "ratio.total"),
                earned_before=self._get_part_sql("earn.earned", "ratio.before", "ratio.total"),
                basis_after=self._get_part_sql("earn.basis", "ratio.paid", "ratio.total"),
                basis_before=self._get_part_sql("earn.basis", "ratio.before", "ratio.total"),
                ids=list(move_ids),
                model=SOURCE,
                cause=cause,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )

    @api.model
    def _get_documents_sql(self, move_ids):
        """Return the SELECT of documents with their month and the unit of the company's money."""
        return SQL(
            """
            SELECT m.id, m.name, coalesce(m.invoice_date, m.date) AS date,
                   date_trunc('month', coalesce(m.invoice_date, m.date))::date AS origin,
                   m.state = 'posted' AS is_posted, m.company_id, abs(m.amount_total) AS total,
                   m.amount_residual = 0 AND m.state = 'posted' AS is_settled,
                   company.commission_split_write_off_is_money AS is_all_money,
                   currency.rounding AS unit
              FROM account_move m
              JOIN res_company company ON company.id = m.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
             WHERE m.id = ANY(%s)
            """,
            list(move_ids),
        )

    @api.model
    def _get_pots_sql(self):
        """Return the SELECT of pots: one for each document, deal and component, in units."""
        return SQL(
            """
            SELECT c.source_id, c.deal_id, c.component_id, doc.date, sum(c.raw) AS raw,
                   sum(c.basis) AS raw_basis, round(sum(c.raw) / doc.unit) AS pot,
                   round(sum(c.basis) / doc.unit) AS basis
              FROM commission_split_credit c
              JOIN doc ON doc.id = c.source_id
             WHERE c.is_current AND c.origin_credit_id IS NULL AND c.source_model = %s
          GROUP BY c.source_id, c.deal_id, c.component_id, doc.date, doc.unit
            """,
            SOURCE,
        )

    @api.model
    def _get_weighed_sql(self):
        """Return the SELECT of whole quotients and remainders of pots, a row a participant."""
        return SQL(
            """
            SELECT pot.*, p.person_id, p.role_id, role.sequence,
                   div(abs(pot.pot) * p.weight, total.weight) AS q,
                   mod(abs(pot.pot) * p.weight, total.weight) AS r,
                   div(abs(pot.basis) * p.weight, total.weight) AS bq,
                   mod(abs(pot.basis) * p.weight, total.weight) AS br
              FROM pot
              JOIN LATERAL (
                   SELECT s.id FROM commission_split_sharing s
                    WHERE s.deal_id = pot.deal_id AND s.state = 'in_force'
                      AND (s.date_from IS NULL OR s.date_from <= pot.date)
                 ORDER BY s.date_from DESC NULLS LAST, s.number DESC LIMIT 1) s ON TRUE
              JOIN commission_split_participant p ON p.sharing_id = s.id
              JOIN commission_split_role role ON role.id = p.role_id AND role.shares
              JOIN LATERAL (
                   SELECT nullif(sum(x.weight), 0) AS weight
                     FROM commission_split_participant x
                     JOIN commission_split_role xr ON xr.id = x.role_id AND xr.shares
                    WHERE x.sharing_id = s.id) total ON total.weight IS NOT NULL
            """
        )

    @api.model
    def _get_shares_sql(self):
        """Return the SELECT of shares by largest remainder; see `largest_remainder.py`."""
        return SQL(
            """
            SELECT source_id, deal_id, component_id, person_id, role_id, raw, raw_basis,
                   sign(pot) * (q + (row_number() OVER (
                       PARTITION BY source_id, deal_id, component_id
                           ORDER BY r DESC, sequence, role_id, person_id)
                       <= abs(pot) - sum(q) OVER g)::int) AS earned,
                   sign(basis) * (bq + (row_number() OVER (
                       PARTITION BY source_id, deal_id, component_id
                           ORDER BY br DESC, sequence, role_id, person_id)
                       <= abs(basis) - sum(bq) OVER g)::int) AS basis
              FROM weighed
            WINDOW g AS (PARTITION BY source_id, deal_id, component_id)
            """
        )

    @api.model
    def _get_given_back_sql(self):
        """Return the SELECT of what credit notes give back, share by share.

        It is reckoned on the sum of all notes so far, so that thirds add up, and is never more
        than was earned.
        """
        return SQL(
            """
            SELECT given.source_id, given.deal_id, given.component_id, share.person_id,
                   share.role_id,
                   -(%(earned_after)s - %(earned_before)s) AS earned,
                   -(%(basis_after)s - %(basis_before)s) AS basis
              FROM (
                   SELECT n.*, sum(raw) OVER w AS cum, sum(basis) OVER w AS cum_basis
                     FROM (
                          SELECT c.source_id, o.source_id AS origin_id, o.deal_id, c.component_id,
                                 doc.date, -sum(c.raw) AS raw, -sum(c.basis) AS basis
                            FROM commission_split_credit c
                            JOIN commission_split_credit o
                              ON o.id = c.origin_credit_id AND o.is_current
                            JOIN doc ON doc.id = c.source_id
                           WHERE c.is_current
                        GROUP BY c.source_id, o.source_id, o.deal_id, c.component_id, doc.date
                          ) n
                   WINDOW w AS (PARTITION BY origin_id, deal_id, component_id
                                    ORDER BY date, source_id)
                   ) given
              JOIN share ON share.source_id = given.origin_id AND share.deal_id = given.deal_id
               AND share.component_id = given.component_id
            """,
            earned_after=self._get_part_sql("share.earned", "given.cum", "share.raw"),
            earned_before=self._get_part_sql("share.earned", "given.cum - given.raw", "share.raw"),
            basis_after=self._get_part_sql("share.basis", "given.cum_basis", "share.raw_basis"),
            basis_before=self._get_part_sql(
                "share.basis", "given.cum_basis - given.basis", "share.raw_basis"
            ),
        )

    @api.model
    def _get_part_sql(self, amount, part, whole):
        """Return the expression of an amount in the measure of a part, at most all of it.

        It multiplies before it divides: a half stays a half.
        """
        amount, part, whole = SQL(amount), SQL(part), SQL(whole)
        return SQL(
            "CASE WHEN (%(part)s) * sign(%(whole)s) >= abs(%(whole)s) THEN %(amount)s"
            " ELSE round(%(amount)s * (%(part)s) / nullif(%(whole)s, 0)) END",
            amount=amount,
            part=part,
            whole=whole,
        )

    @api.model
    def _get_ratios_sql(self):
        """Return the SELECT of what of a document was settled by the end of each month.

        Money, netting and credit notes settle; a write-off or a cash discount in the payment's
        own entry does not, unless the company says so.
        """
        return SQL(
            """
            SELECT move_id, month, paid, coalesce(lag(paid) OVER w, 0) AS before, total,
                   lead(month) OVER w IS NULL AS is_last
              FROM (
                   SELECT move_id, date_trunc('month', max_date)::date AS month, total,
                          sum(sum(amount * money)) OVER (
                              PARTITION BY move_id
                                  ORDER BY date_trunc('month', max_date)::date) AS paid
                     FROM (
                          SELECT part.move_id, part.max_date, part.amount, doc.total,
                                 CASE WHEN other.state <> 'posted' THEN 0
                                      WHEN doc.is_all_money OR other.move_type <> 'entry' THEN 1
                                      WHEN EXISTS (
                                           SELECT FROM account_partial_reconcile x
                                            WHERE x.exchange_move_id = other.id) THEN 1
                                      ELSE coalesce(cash.share, 0) END AS money
                            FROM (%(parts)s) part
                            JOIN doc ON doc.id = part.move_id AND doc.is_posted AND doc.total <> 0
                            JOIN account_move other ON other.id = part.other_id
                            LEFT JOIN LATERAL (%(cash)s) cash ON TRUE
                           WHERE part.amount <> 0 AND part.other_id <> part.move_id
                          ) settled
                 GROUP BY move_id, date_trunc('month', max_date)::date, total
                   ) monthly
            WINDOW w AS (PARTITION BY move_id ORDER BY month)
             UNION ALL
            SELECT id, origin, 1, 0, 1, TRUE FROM doc WHERE is_posted AND total = 0
            """,
            parts=self._get_parts_sql(),
            cash=self._get_cash_sql(),
        )

    @api.model
    def _get_parts_sql(self):
        """Return the SELECT of reconciliations of documents, in the document's currency."""
        accounts = SQL("own.account_type IN ('asset_receivable', 'liability_payable')")
        return SQL(
            """
            SELECT l.move_id, p.max_date, p.debit_amount_currency AS amount,
                   x.move_id AS other_id, sign(x.balance) AS side
              FROM doc
              JOIN account_move_line l ON l.move_id = doc.id
              JOIN account_account own ON own.id = l.account_id AND %(accounts)s
              JOIN account_partial_reconcile p ON p.debit_move_id = l.id
              JOIN account_move_line x ON x.id = p.credit_move_id
             UNION ALL
            SELECT l.move_id, p.max_date, p.credit_amount_currency, x.move_id, sign(x.balance)
              FROM doc
              JOIN account_move_line l ON l.move_id = doc.id
              JOIN account_account own ON own.id = l.account_id AND %(accounts)s
              JOIN account_partial_reconcile p ON p.credit_move_id = l.id
              JOIN account_move_line x ON x.id = p.debit_move_id
            """,
            accounts=accounts,
        )

    @api.model
    def _get_cash_sql(self):
        """Return the SELECT of which part of a payment's entry is money, not written off."""
        return SQL(
            """
            SELECT least(1,
                   coalesce(sum(abs(l.balance)) FILTER (
                       WHERE sign(l.balance) = -part.side
                         AND (a.reconcile
                              OR a.account_type IN ('asset_cash', 'liability_credit_card'))), 0)
                   / nullif(sum(abs(l.balance)) FILTER (
                       WHERE sign(l.balance) = part.side
                         AND a.account_type IN ('asset_receivable', 'liability_payable')), 0)
                   ) AS share
              FROM account_move_line l JOIN account_account a ON a.id = l.account_id
             WHERE l.move_id = other.id
            """
        )
