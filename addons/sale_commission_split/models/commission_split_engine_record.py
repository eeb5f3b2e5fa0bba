from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CommissionSplitEngine(models.AbstractModel):
    """Records: qualified leads, meetings, calls; each is counted once for ever.

    What later stops to match stays: requalified, a lead is not paid twice.
    """

    _inherit = "commission.split.engine"

    @api.model
    def _follow_records(self, company):
        """Count the records of a company that its plans pay for.

        :return: how many rows were entered
        """
        components = self.env["commission.split.component"].search(
            [
                ("event", "=", "records"),
                ("company_id", "=", company.id),
                ("plan_id.state", "=", "approved"),
            ]
        )
        if not components:
            return 0
        self.env.flush_all()
        self._hold_company(company, company._get_today())
        touched = []
        count = 0
        for component in components:
            if component.sudo().model_id.model in self.env:
                for *key, rows in self._enter_records(component.sudo()):
                    touched.append(key)
                    count += rows
        for name in ("entry", "position"):
            self.env[f"commission.split.{name}"].invalidate_model(flush=False)
        return count + self._enter_scopes(touched)

    @api.model
    def _enter_records(self, component):
        """Enter what matches the component and was not counted for its person yet.

        :return: ``[(component, person, window, None, rows entered), …]``
        """
        records = self.env[component.model_id.model].sudo().with_context(active_test=False)
        company = component.company_id
        domain = component._get_record_domain() & Domain(
            component.date_field_id.name, ">=", company.commission_split_start
        )
        if "company_id" in records._fields:
            domain &= Domain("company_id", "in", (False, company.id))
        query = records._search(domain)
        table = SQL.identifier(records._table)
        day = SQL("r.%s", SQL.identifier(component.date_field_id.name))
        if component.date_field_id.ttype == "datetime":
            day = SQL("(%s AT TIME ZONE 'utc' AT TIME ZONE coalesce(zone.name, 'utc'))::date", day)
        person = SQL("r.%s", SQL.identifier(component.person_field_id.name))
        if component.person_field_id.relation == "res.users":
            person = SQL("(SELECT u.partner_id FROM res_users u WHERE u.id = %s)", person)
        value = SQL("1")
        if component.value_field_id:
            value = SQL(
                "coalesce(r.%s, 0)::numeric", SQL.identifier(component.value_field_id.name)
            )
        return self.env.execute_query(
            SQL(
                """
                WITH counted AS (
                    SELECT r.id AS source_id, %(day)s AS day, %(person)s AS person_id,
                           %(value)s AS value
                      FROM %(table)s r
                      LEFT JOIN %(zone)s ON zone.company_id = %(company)s
                     WHERE r.id IN %(records)s
                ), due AS (
                    SELECT counted.*, a.team_id, currency.rounding AS unit,
                           currency.id AS currency_id,
                           CASE c.pays WHEN 'percent' THEN counted.value * rate.percent / 100
                                WHEN 'unit' THEN counted.value * rate.amount
                                ELSE 0 END * coalesce(a.rate_factor, 1) AS raw
                      FROM counted
                      JOIN commission_split_component c ON c.id = %(component)s
                      JOIN commission_split_plan plan ON plan.id = c.plan_id
                      JOIN res_company company ON company.id = c.company_id
                      JOIN res_currency currency ON currency.id = company.currency_id
                      JOIN LATERAL (
                           SELECT a.* FROM commission_split_agreement a
                            WHERE a.person_id = counted.person_id AND a.root_id = plan.root_id
                              AND a.company_id = c.company_id AND a.state = 'active'
                              AND a.date_from <= counted.day
                              AND (a.date_to IS NULL OR a.date_to >= counted.day)
                         ORDER BY a.id LIMIT 1) a ON TRUE
                      LEFT JOIN LATERAL (
                           SELECT r.percent, r.amount FROM commission_split_rate r
                            WHERE r.component_id = c.id ORDER BY r.sequence, r.id LIMIT 1
                           ) rate ON TRUE
                     WHERE plan.date_from <= counted.day
                       AND NOT EXISTS (
                           SELECT FROM commission_split_plan later
                            WHERE later.root_id = plan.root_id AND later.state = 'approved'
                              AND later.date_from <= counted.day
                              AND (later.date_from, later.number)
                                  > (plan.date_from, plan.number))
                       AND NOT EXISTS (
                           SELECT FROM commission_split_entry e
                             JOIN commission_split_component ec ON ec.id = e.component_id
                             JOIN commission_split_plan ep ON ep.id = ec.plan_id
                            WHERE e.kind = 'doc' AND e.source_model = %(model)s
                              AND e.source_id = counted.source_id
                              AND ec.root_id = c.root_id AND ep.root_id = plan.root_id)
                ), entered AS (
                    INSERT INTO commission_split_entry (kind, company_id, source_model,
                           source_id, source_name, component_id, person_id, team_id, origin,
                           period_id, window_date, currency_id, seq, basis, basis_due, earned,
                           payable, cause, create_uid, create_date)
                    SELECT 'doc', %(company)s, %(model)s, due.source_id,
                           %(label)s || ' ' || due.source_id, c.id, due.person_id, due.team_id,
                           date_trunc('month', due.day::timestamp)::date, period.id,
                           %(window)s, due.currency_id, 1, due.value, due.value,
                           round(due.raw / due.unit) * due.unit,
                           round(due.raw / due.unit) * due.unit, 'document', %(uid)s, %(now)s
                      FROM due
                      JOIN commission_split_component c ON c.id = %(component)s
                      JOIN LATERAL (%(period)s) period ON TRUE
                    ON CONFLICT DO NOTHING
                 RETURNING component_id, person_id, window_date
                )
                SELECT component_id, CASE WHEN window_date IS NOT NULL THEN person_id END,
                       window_date, NULL::int, count(*)
                  FROM entered GROUP BY 1, 2, 3
                """,
                day=day,
                person=person,
                value=value,
                table=table,
                zone=self.env["res.company"]._get_zone_table(),
                records=query.subselect(),
                component=component.id,
                company=company.id,
                model=records._name,
                label=records._description,
                period=self._get_open_period_sql("c.company_id", "due.day"),
                window=self._get_window_sql("c.window_kind", "period.date_from"),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
