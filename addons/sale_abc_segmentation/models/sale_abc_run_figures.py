from time import perf_counter

from odoo import fields, models
from odoo.tools import SQL

from .sale_abc_run import MANAGERS

COLUMNS = [
    "subject_id",
    "value",
    "share",
    "cumulative_share",
    "rank",
    "invoice_count",
    "bucket_count",
    "mean",
    "deviation",
    "variation",
    "first_date",
    "last_date",
    "status",
    "is_negative",
    "abc_raw",
    "xyz_raw",
    "abc_class",
    "xyz_class",
    "abc_before",
    "xyz_before",
    "abc_streak",
    "xyz_streak",
]
PARETO_POINTS = 200


class SaleAbcRun(models.Model):
    """How a run is carried out, and the figures that its pictures show."""

    _inherit = "sale.abc.run"

    matrix = fields.Json(
        readonly=True,
        groups=MANAGERS,
        help="For each cell: class of volume, of regularity, number, value.",
    )
    pareto = fields.Json(
        readonly=True,
        groups=MANAGERS,
        help="Points of the curve: share of the subjects, share of the total.",
    )
    movement = fields.Json(
        readonly=True,
        groups=MANAGERS,
        help="From which class to which: before, now, number, value.",
    )

    def _execute(self):
        """Class and publish, in the transaction of the caller."""
        self.ensure_one()
        start, started_on = perf_counter(), fields.Datetime.now()
        self._set({"previous_id": self._find_previous().id})
        self._classify()
        self._set(
            {
                "state": "done",
                "problem": False,
                "started_on": started_on,
                "finished_on": fields.Datetime.now(),
                **self._prepare_figures(),
            }
        )
        # whoever comes at the same time starts again and sees this run
        self.profile_id.sudo().last_run_id = self
        published = self.profile_id._publish()
        self._set({"published_count": published, "duration": perf_counter() - start})

    def _find_previous(self):
        """The run from whose classes this one goes on: the last, where it was of the same."""
        last = self.profile_id.last_run_id
        same = last and last._get_companies() == self._get_companies()
        return last if same else last.browse()

    def _classify(self):
        """Insert a result for each subject, by one statement."""
        self.env.flush_all()
        subject = "product_tmpl_id" if self.subject == "product" else "partner_id"
        columns = SQL(", ").join(map(SQL.identifier, COLUMNS))
        # in the order of subjects, as the index wants them
        query = SQL(
            """INSERT INTO sale_abc_result (run_id, %(subject)s, %(columns)s)
               SELECT %(run)s, subject_id, %(columns)s FROM (%(classes)s) classes
                ORDER BY subject_id""",
            subject=SQL.identifier(subject),
            columns=columns,
            run=self.id,
            classes=self._get_classes_query(),
        )
        with self._set_up_sorting():
            self.env.cr.execute(query)
        self.env["sale.abc.result"].invalidate_model()

    # === FIGURES === #

    def _prepare_figures(self):
        matrix, pareto, movement = self._get_matrix(), self._get_pareto(), self._get_movement()
        return {
            "matrix": matrix,
            "pareto": pareto,
            "movement": movement,
            "subject_count": sum(cell["count"] for cell in matrix),
            "total_value": self._get_total(),
            "changed_count": sum(
                move["count"] for move in movement if move["before"] not in (None, move["now"])
            ),
        }

    def _get_total(self):
        ((total,),) = self.env.execute_query(
            SQL("SELECT sum(value) FROM sale_abc_result WHERE run_id = %s AND value > 0", self.id)
        )
        return float(total or 0)

    def _get_matrix(self):
        """How many there are in each cell, and what they bring."""
        rows = self.env.execute_query(
            SQL(
                """SELECT abc_class, xyz_class, CASE WHEN xyz_class IS NULL THEN status END,
                          count(*), sum(value)
                     FROM sale_abc_result WHERE run_id = %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
                self.id,
            )
        )
        names = ("abc", "xyz", "status", "count", "value")
        return [dict(zip(names, (*row[:4], float(row[4])), strict=True)) for row in rows]

    def _get_pareto(self):
        """Points of the curve of cumulative shares, those of equal ranks together."""
        rows = self.env.execute_query(
            SQL(
                """SELECT max(rank) AS place, max(cumulative_share)
                     FROM (SELECT rank, cumulative_share, count(*) OVER () AS number
                             FROM sale_abc_result WHERE run_id = %(run)s AND value > 0) result
                    GROUP BY ceil(rank * %(points)s::numeric / number) ORDER BY 1""",
                run=self.id,
                points=PARETO_POINTS,
            )
        )
        return [[place, round(float(share), 4)] for place, share in rows]

    def _get_movement(self, before=None):
        """How many went from which class to which since the run before, or another one.

        Those who are new have no class before; those who are gone have none now.
        """
        before = before or self.previous_id
        rows = self.env.execute_query(
            SQL(
                """SELECT former.abc_class, later.abc_class, count(*),
                          sum(coalesce(later.value, 0))
                     FROM (SELECT * FROM sale_abc_result WHERE run_id = %s) former
                     FULL JOIN (SELECT * FROM sale_abc_result WHERE run_id = %s) later
                            ON coalesce(former.partner_id, former.product_tmpl_id)
                             = coalesce(later.partner_id, later.product_tmpl_id)
                    GROUP BY 1, 2 ORDER BY 1, 2""",
                before.id or None,
                self.id,
            )
        )
        return [
            {"before": old, "now": new, "count": count, "value": float(value)}
            for old, new, count, value in rows
        ]
