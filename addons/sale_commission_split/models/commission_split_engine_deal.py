from odoo import api, models
from odoo.tools import SQL


class CommissionSplitEngine(models.AbstractModel):
    """Deals are frozen: who took part, and which version of a policy or plan holds."""

    _inherit = "commission.split.engine"

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
                        ON coalesce(chosen.order_id, -chosen.move_id)
                           = coalesce(deal.order_id, -deal.move_id)
                 RETURNING id, deal_id, method, policy_id
                )
                INSERT INTO commission_split_participant (sharing_id, company_id, person_id,
                       role_id, weight, origin, create_uid, create_date, write_uid, write_date)
                SELECT sharing.id, chosen.company_id, person.partner_id, role.id,
                       CASE sharing.method WHEN 'equal' THEN 1 ELSE role.weight END, 'proposed',
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM sharing
                  JOIN deal ON deal.id = sharing.deal_id
                  JOIN chosen ON coalesce(chosen.order_id, -chosen.move_id)
                                 = coalesce(deal.order_id, -deal.move_id)
                 CROSS JOIN commission_split_role role
                  JOIN res_users person ON person.id = CASE role.source %(sources)s END
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
                sources=SQL(" ").join(
                    SQL("WHEN %s THEN (%s)", name, user)
                    for name, user in self._get_role_sources().items()
                ),
                policy=self._get_version_sql("commission_split_policy", "source", SQL("v.method")),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )

    @api.model
    def _get_role_sources(self):
        """Return the user whom each source of a role proposes: SQL over ``chosen``, ``role``."""
        return {
            "salesperson": SQL("chosen.user_id"),
            "creator": SQL("chosen.create_uid"),
            "customer": SQL("chosen.customer_user_id"),
            "leader": SQL("chosen.leader_id"),
        }

    @api.model
    def _get_version_sql(self, table, holder, columns, condition=None):
        """Return the SELECT of the version that holds for a deal's day and team.

        :param holder: the alias that has company_id, team_id and date
        :param columns: what is selected beside the id
        :param condition: of the version ``v``
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
               AND v.date_from <= %(holder)s.date AND %(condition)s
               AND (NOT EXISTS (%(teams)s)
                    OR EXISTS (%(teams)s AND t.crm_team_id = %(holder)s.team_id))
          ORDER BY EXISTS (%(teams)s) DESC, v.date_from DESC, v.number DESC, v.id DESC LIMIT 1
            """,
            columns=columns,
            table=SQL.identifier(table),
            holder=holder,
            teams=teams,
            condition=condition or SQL("TRUE"),
        )
