from contextlib import contextmanager
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..periods import season_of, starts_of


def decimal(number):
    """A float of a field with digits as the decimal that its column holds."""
    return Decimal(str(round(number, 6)))


class SaleAbcRun(models.Model):
    """The classes of all subjects in one SQL statement, see readme/DEVELOP.md.

    facts → sums per subject and period → sums per subject → places among all → classes. All in
    decimals, so that neither the order of rows nor how invoices are cut makes a difference.
    """

    _inherit = "sale.abc.run"

    # === FACTS === #

    def _get_facts_query(self):
        """Rows of ``(subject_id, day, amount, is_sale)`` up to the last day of the window.

        Lines tell their ``invoice`` as well, so that it is counted once.
        One measure of one kind of subject is one query; extend it for others.
        """
        self.ensure_one()
        if self._reads_lines():
            return self._get_line_facts_query()
        return self._get_move_facts_query()

    def _reads_lines(self):
        return self.subject == "product" or self.measure == "margin"

    def _get_move_facts_query(self):
        """Customers by revenue or number of invoices: the invoices tell."""
        amount = SQL("move.amount_untaxed_signed")
        if self.measure == "invoices":
            amount = SQL("CASE WHEN move.move_type = 'out_refund' THEN 0 ELSE 1 END::numeric")
        return SQL(
            """SELECT partner.commercial_partner_id AS subject_id, move.invoice_date AS day,
                      %(amount)s AS amount, move.move_type <> 'out_refund' AS is_sale
                 FROM account_move move
                 JOIN res_partner partner ON partner.id = move.partner_id
                 %(rates)s
                WHERE %(counted)s""",
            amount=self._convert(amount),
            rates=self._get_rates_join(),
            counted=self._get_counted_condition(),
        )

    def _get_line_facts_query(self):
        """Products, and customers by margin: the lines of the invoices tell."""
        subject = SQL("partner.commercial_partner_id")
        if self.subject == "product":
            subject = SQL("product.product_tmpl_id")
        return SQL(
            """SELECT %(subject)s AS subject_id, move.invoice_date AS day, move.id AS invoice,
                      %(amount)s AS amount, move.move_type <> 'out_refund' AS is_sale
                 FROM account_move move
                 JOIN account_move_line line
                   ON line.move_id = move.id AND line.display_type = 'product'
                 JOIN res_partner partner ON partner.id = move.partner_id
                 %(outer)s JOIN product_product product ON product.id = line.product_id
                 %(rates)s
                 %(cost)s
                WHERE %(counted)s""",
            subject=subject,
            amount=self._get_line_amount(),
            outer=SQL("LEFT") if self.subject == "customer" else SQL(),
            rates=self._get_rates_join(),
            cost=self._get_cost_join() if self.measure == "margin" else SQL(),
            counted=self._get_counted_condition(),
        )

    def _get_line_amount(self):
        if self.measure == "invoices":
            # the first line of a product on an invoice stands for all of them
            return SQL(
                """CASE WHEN move.move_type = 'out_refund' OR EXISTS (
                             SELECT FROM account_move_line other
                               JOIN product_product another ON another.id = other.product_id
                              WHERE other.move_id = line.move_id AND other.id < line.id
                                AND other.display_type = 'product'
                                AND another.product_tmpl_id = product.product_tmpl_id)
                        THEN 0 ELSE 1 END::numeric"""
            )
        amount = SQL("-line.balance")
        if self.measure == "margin":
            amount = SQL("(%s - coalesce(cost.amount, 0))", amount)
        return self._convert(amount)

    def _get_cost_join(self):
        """Quantity in the product's own unit at its cost today; a credit note takes it back."""
        return SQL(
            """LEFT JOIN product_template template ON template.id = product.product_tmpl_id
               LEFT JOIN uom_uom unit ON unit.id = line.product_uom_id
               LEFT JOIN uom_uom own ON own.id = template.uom_id
               LEFT JOIN LATERAL (
                    SELECT (product.standard_price ->> move.company_id::text)::numeric
                           * line.quantity
                           * coalesce(unit.factor::numeric / nullif(own.factor::numeric, 0), 1)
                           * CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END AS amount
                    ) cost ON TRUE"""
        )

    def _get_counted_condition(self):
        """Which invoices count: posted ones to customers, of the companies, up to the last day."""
        return SQL(
            """move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
               AND move.company_id = ANY(%s) AND move.invoice_date <= %s""",
            self._get_companies().ids,
            self.date_to,
        )

    def _get_rates_join(self):
        """One factor for each company, of the stated day; none where one currency is enough."""
        if not self._is_converted():
            return SQL()
        return SQL(
            "JOIN (VALUES %s) AS rate (company_id, factor) ON rate.company_id = move.company_id",
            SQL(", ").join(
                SQL("(%s, %s::numeric)", company.id, self._get_rate(company))
                for company in self._get_companies()
            ),
        )

    def _convert(self, amount):
        if not self._is_converted() or self.measure == "invoices":
            return amount
        return SQL("%s * rate.factor", amount)

    def _is_converted(self):
        return any(
            company.currency_id != self.currency_id for company in self.sudo()._get_companies()
        )

    def _get_rate(self, company):
        rate = self.env["res.currency"]._get_conversion_rate(
            company.currency_id, self.currency_id, company, self.rate_date or self.date_to
        )
        return Decimal(repr(rate))

    # === PERIODS === #

    def _get_bucket_number(self, day):
        """SQL for the number of the period of a day, 0 for the first one of the window.

        Unlike ``width_bucket`` it tells periods before the window apart. Division rounds towards
        zero, hence the summands that keep days before it negative.
        """
        if self.bucket == "week":
            return SQL("((%s - %s::date + 70000) / 7 - 10000)", day, self.date_from)
        months = SQL(
            "(date_part('year', %s)::int * 12 + date_part('month', %s)::int - %s)",
            day,
            day,
            self.date_from.year * 12 + self.date_from.month,
        )
        return SQL("((%s + 30000) / 3 - 10000)", months) if self.bucket == "quarter" else months

    def _get_level(self):
        """SQL for what regularity is judged on: the sum of a period, without its season."""
        if not self.season_factors:
            return SQL("bucketed.amount")
        factors = season_of(self.date_from, self.bucket_total, self.bucket, self.season_factors)
        return SQL(
            "(bucketed.amount / (%s::numeric[])[bucketed.bucket + 1])",
            [Decimal(str(factor)) for factor in factors],
        )

    # === CLASSES === #

    @contextmanager
    def _set_up_sorting(self):
        """In the memory of the transaction, and by sorting: one sort serves both levels of sums.

        PostgreSQL prefers hash tables, which are slower where there are millions of groups.
        """
        self.env.cr.execute("SET LOCAL work_mem = '256MB'; SET LOCAL enable_hashagg = off")
        yield
        self.env.cr.execute("SET LOCAL enable_hashagg TO DEFAULT")

    def _get_classes_query(self):
        """Everything about every subject: what a row of ``sale.abc.result`` holds."""
        self.ensure_one()
        if not self.date_from:
            raise UserError(self.env._("Run %(run)s has no window.", run=self.name))
        return SQL(
            """
            WITH bucketed AS (%(bucketed)s), subject AS (%(subject)s), placed AS (%(placed)s),
                 judged AS (%(judged)s), followed AS (%(followed)s)
            SELECT subject_id, value, rank, invoice_count, bucket_count, first_date, last_date,
                   status, value <= 0 AS is_negative,
                   CASE WHEN whole > 0 THEN 100 * weight / whole ELSE 0 END AS share,
                   CASE WHEN whole > 0 THEN 100 * cumulative / whole ELSE 0 END
                       AS cumulative_share,
                   -- figures to look at: no class follows from these, so floats will do
                   total::float8 / nullif(bucket_count, 0) AS mean,
                   sqrt(spread::float8) / nullif(bucket_count, 0) AS deviation,
                   CASE WHEN total > 0 THEN 100 * sqrt(spread::float8) / total::float8 END
                       AS variation,
                   abc_raw, xyz_raw, abc_before, xyz_before, abc_streak, xyz_streak,
                   %(abc)s AS abc_class,
                   %(xyz)s AS xyz_class
              FROM followed
            """,
            bucketed=self._get_bucketed_query(),
            subject=self._get_subject_query(),
            placed=self._get_placed_query(),
            judged=self._get_judged_query(),
            followed=self._get_followed_query(),
            abc=self._get_abc_class(),
            xyz=self._get_xyz_class(),
        )

    def _get_bucketed_query(self):
        """What a subject bought in each period; -1: before the window."""
        return SQL(
            """SELECT subject_id, bucket, sum(amount) AS amount,
                      %(sales)s FILTER (WHERE is_sale) AS sales,
                      min(day) FILTER (WHERE is_sale) AS first_date,
                      max(day) FILTER (WHERE is_sale) AS last_date
                 FROM (SELECT fact.*, width_bucket(day, %(starts)s::date[]) - 1 AS bucket
                         FROM (%(facts)s) fact) placed
                GROUP BY subject_id, bucket""",
            facts=self._get_facts_query(),
            starts=starts_of(self.date_from, self.bucket_total, self.bucket),
            sales=SQL("count(DISTINCT invoice)") if self._reads_lines() else SQL("count(*)"),
        )

    def _get_subject_query(self):
        """The sums of each subject over the window, and since when and till when it bought."""
        return SQL(
            """SELECT subject_id, min(first_date) AS first_date, max(last_date) AS last_date,
                      coalesce(sum(amount) FILTER (WHERE bucket >= 0), 0) AS value,
                      coalesce(sum(sales) FILTER (WHERE bucket >= 0), 0) AS invoice_count,
                      coalesce(sum(%(level)s) FILTER (WHERE bucket >= 0), 0) AS total,
                      coalesce(sum(%(level)s * %(level)s) FILTER (WHERE bucket >= 0), 0)
                          AS squares,
                      -- the first period counts as whole, those before the window do not count
                      %(count)s - greatest(0, min(bucket) FILTER (WHERE sales > 0))
                          AS bucket_count,
                      %(count)s - %(first_bucket)s AS age,
                      %(count)s - 1 - %(last_bucket)s AS silent
                 FROM bucketed
                GROUP BY subject_id""",
            level=self._get_level(),
            count=self.bucket_total,
            first_bucket=self._get_bucket_number(SQL("min(first_date)")),
            last_bucket=self._get_bucket_number(SQL("max(last_date)")),
        )

    def _get_placed_query(self):
        """The place of each subject among all, by value."""
        return SQL(
            """SELECT *, greatest(value, 0) AS weight,
                      greatest(bucket_count * squares - total * total, 0) AS spread,
                      rank() OVER descending AS rank,
                      sum(greatest(value, 0)) OVER descending AS cumulative,
                      -- without those that are as large: ties are never separated
                      sum(greatest(value, 0)) OVER descending - greatest(value, 0)
                          * (count(*) OVER descending - rank() OVER descending + 1) AS before,
                      sum(greatest(value, 0)) OVER () AS whole
                 FROM subject
               WINDOW descending AS (ORDER BY greatest(value, 0) DESC)"""
        )

    def _get_judged_query(self):
        """The classes that follow from the figures of this run alone."""
        return SQL(
            """SELECT placed.*, status,
                      CASE WHEN weight = 0 THEN 'C' WHEN before < %(a)s * whole THEN 'A'
                           WHEN before < %(b)s * whole THEN 'B' ELSE 'C' END AS abc_raw,
                      CASE WHEN status <> 'regular' OR total <= 0 THEN NULL
                           WHEN %(x)s THEN 'X' WHEN %(y)s THEN 'Y' ELSE 'Z' END AS xyz_raw
                 FROM placed
                CROSS JOIN LATERAL (
                     SELECT CASE WHEN first_date IS NULL THEN 'refunds'
                                 WHEN age < %(new)s THEN 'new'
                                 WHEN first_date = last_date THEN 'one_off'
                                 WHEN silent >= %(lost)s THEN 'lost'
                                 ELSE 'regular' END AS status) state""",
            a=decimal(self.threshold_a / 100),
            b=decimal(self.threshold_b / 100),
            x=self._get_variation_condition(self.threshold_x),
            y=self._get_variation_condition(self.threshold_y),
            new=self.new_buckets,
            lost=self.lost_buckets,
        )

    def _get_followed_query(self):
        """What held before, and for how many runs in a row the class of now was found."""
        return SQL(
            """SELECT judged.*, previous.abc_class AS abc_before,
                      previous.xyz_class AS xyz_before,
                      CASE WHEN previous.abc_raw = judged.abc_raw
                           THEN previous.abc_streak + %(step)s ELSE 1 END AS abc_streak,
                      CASE WHEN previous.xyz_raw = judged.xyz_raw
                           THEN previous.xyz_streak + %(step)s ELSE 1 END AS xyz_streak
                 FROM judged
                 LEFT JOIN (%(previous)s) previous USING (subject_id)""",
            step=self._get_streak_step(),
            previous=self._get_previous_query(),
        )

    def _get_streak_step(self):
        """The same window again is no second opinion."""
        before = self.previous_id.date_to
        return 1 if before and before < self.date_to else 0

    def _get_previous_query(self):
        """What held before; partners that were merged since have the best of theirs."""
        return SQL(
            """SELECT coalesce(partner_id, product_tmpl_id) AS subject_id,
                      min(abc_class) AS abc_class, min(xyz_class) AS xyz_class,
                      min(abc_raw) AS abc_raw, min(xyz_raw) AS xyz_raw,
                      min(abc_streak) AS abc_streak, min(xyz_streak) AS xyz_streak
                 FROM sale_abc_result WHERE run_id = %s GROUP BY 1""",
            self.previous_id.id or None,
        )

    def _get_abc_class(self):
        """SQL for the class that is published: the former one, until the change is sure.

        Those that are as large share the best of their classes.
        """
        if not self.previous_id:
            return SQL("abc_raw")
        return SQL(
            """min(CASE WHEN abc_before IS NULL OR abc_raw = abc_before OR weight = 0
                             OR before = 0 OR abc_streak >= %(agreeing)s THEN abc_raw
                        WHEN before < (%(a)s + CASE WHEN abc_before = 'A' THEN %(margin)s
                                                    ELSE -%(margin)s END) * whole THEN 'A'
                        WHEN before < (%(b)s + CASE WHEN abc_before <> 'C' THEN %(margin)s
                                                    ELSE -%(margin)s END) * whole THEN 'B'
                        ELSE 'C' END)
               OVER (ORDER BY weight DESC RANGE BETWEEN CURRENT ROW AND CURRENT ROW)""",
            agreeing=self.agreeing_runs,
            a=decimal(self.threshold_a / 100),
            b=decimal(self.threshold_b / 100),
            margin=decimal(self.class_margin / 100),
        )

    def _get_xyz_class(self):
        """SQL for the published class of regularity, with the same margin around its limits."""
        margin = self.class_margin
        return SQL(
            """CASE WHEN xyz_before IS NULL OR xyz_raw IS NULL OR xyz_raw = xyz_before
                         OR xyz_streak >= %(agreeing)s THEN xyz_raw
                    WHEN CASE WHEN xyz_before = 'X' THEN %(x_wide)s ELSE %(x_tight)s END THEN 'X'
                    WHEN CASE WHEN xyz_before = 'Z' THEN %(y_tight)s ELSE %(y_wide)s END THEN 'Y'
                    ELSE 'Z' END""",
            agreeing=self.agreeing_runs,
            x_wide=self._get_variation_condition(self.threshold_x + margin),
            x_tight=self._get_variation_condition(self.threshold_x - margin),
            y_wide=self._get_variation_condition(self.threshold_y + margin),
            y_tight=self._get_variation_condition(self.threshold_y - margin),
        )

    def _get_variation_condition(self, percent):
        """SQL for a variation up to a limit, without a root: compared as squares."""
        if percent < 0:
            return SQL("FALSE")
        limit = decimal(percent / 100)
        return SQL("spread <= %s * total * total", limit * limit)
