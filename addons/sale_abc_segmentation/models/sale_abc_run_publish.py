from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .sale_abc_class_mixin import CLASS_FIELDS


class SaleAbcProfile(models.Model):
    """What records carry: the classes of the last run, and over them what was set by hand."""

    _inherit = "sale.abc.profile"

    def _publish(self):
        """Write the classes that hold to the records that carry others; return how many."""
        written = 0
        for profile in self.filtered(lambda one: one.is_published and one.active):
            for company in profile._get_companies():
                written += profile._publish_in(company)
        return written

    @api.model
    def _refresh(self, subject, companies):
        """Write what holds now in these companies; without a profile what is set by hand."""
        shown = self.sudo().search([("is_published", "=", True), ("subject", "=", subject)])
        for company in companies:
            profile = shown.filtered(lambda one: company in one._get_companies())[:1]  # noqa: B023
            nobody = self.sudo().new({"subject": subject, "company_id": company.id})
            (profile or nobody)._publish_in(company)

    def write(self, vals):
        """A profile that is shown no longer takes its classes along."""
        if "subject" in vals and any(
            profile.run_ids and profile.subject != vals["subject"] for profile in self
        ):
            raise UserError(
                self.env._("A profile with runs keeps what it classes: make another profile.")
            )
        if not {"is_published", "active", "company_id", "company_ids"} & vals.keys():
            return super().write(vals)
        before = {profile: profile._get_companies() for profile in self}
        result = super().write(vals)
        for profile in self:
            profile._refresh(profile.subject, before[profile] | profile._get_companies())
        return result

    def _publish_in(self, company):
        """One UPDATE: the columns hold a value for each company, others' values stay."""
        model = self.env[self._get_subject_model()]
        model.flush_model(CLASS_FIELDS)
        self.env["sale.abc.override"].flush_model()
        key = str(company.id)
        self.env.cr.execute(
            SQL(
                """
                WITH held AS (
                    SELECT record.id, classes.*
                      FROM %(table)s record
                      LEFT JOIN (%(classes)s) classes ON classes.subject_id = record.id
                     WHERE (record.abc_class ->> %(key)s, record.xyz_class ->> %(key)s,
                            record.abc_status ->> %(key)s)
                           IS DISTINCT FROM
                           (classes.abc_class, classes.xyz_class, classes.abc_status)
                )
                UPDATE %(table)s record
                   SET %(assignments)s
                  FROM held
                 WHERE held.id = record.id
                """,
                table=SQL.identifier(model._table),
                key=key,
                classes=self._get_held_query(company),
                assignments=SQL(", ").join(
                    SQL(
                        "%(column)s = nullif(coalesce(record.%(column)s, '{}') - %(key)s"
                        " || CASE WHEN held.%(column)s IS NULL THEN '{}'"
                        " ELSE jsonb_build_object(%(key)s, held.%(column)s) END, '{}')",
                        column=SQL.identifier(name),
                        key=key,
                    )
                    for name in CLASS_FIELDS
                ),
            )
        )
        written = self.env.cr.rowcount
        self.env.invalidate_all()
        return written

    def _get_run_of(self, company):
        """The last run, where it was about this company and kind of subject."""
        run = self.sudo().last_run_id
        if run and run.subject == self.subject and company in run._get_companies():
            return run
        return run.browse()

    def _get_subject_model(self):
        return "product.template" if self.subject == "product" else "res.partner"

    def _get_held_query(self, company):
        """Subject and classes: of the last run, where no valid override says otherwise."""
        column = SQL.identifier("product_tmpl_id" if self.subject == "product" else "partner_id")
        return SQL(
            """SELECT coalesce(result.subject_id, override.subject_id) AS subject_id,
                      coalesce(override.abc_class, result.abc_class) AS abc_class,
                      coalesce(override.xyz_class, result.xyz_class) AS xyz_class,
                      result.status AS abc_status
                 FROM (SELECT %(column)s AS subject_id, min(abc_class) AS abc_class,
                              min(xyz_class) AS xyz_class,
                              (array_agg(status ORDER BY value DESC))[1] AS status
                         FROM sale_abc_result WHERE run_id = %(run)s GROUP BY 1) result
                 FULL JOIN (
                      SELECT DISTINCT ON (1) %(column)s AS subject_id, abc_class, xyz_class
                        FROM sale_abc_override
                       WHERE company_id = %(company)s AND %(column)s IS NOT NULL
                         AND ended_on IS NULL AND date_to >= %(today)s
                       ORDER BY 1, id DESC) override USING (subject_id)""",
            column=column,
            run=self._get_run_of(company).id or None,
            company=company.id,
            today=company._get_today(),
        )
