"""The SQL beside a plain-Python reference, on random sales in decimals."""

from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from .reference import Settings, classify

START, END = date(2024, 6, 1), date(2025, 12, 31)
AMOUNTS = st.one_of(
    st.sampled_from([Decimal("0"), Decimal("10"), Decimal("20"), Decimal("-10")]),
    st.decimals(-500, 5000, places=2),
)
FACTS = st.lists(
    st.tuples(
        st.integers(1, 8),
        st.integers(0, (END - START).days).map(lambda days: START + timedelta(days)),
        AMOUNTS,
        st.booleans(),
    ),
    max_size=60,
)
CLASS = st.sampled_from("ABC")
REGULARITY = st.one_of(st.none(), st.sampled_from("XYZ"))
FORMER = st.dictionaries(
    st.integers(1, 8), st.tuples(CLASS, CLASS, REGULARITY, REGULARITY), max_size=8
)


@tagged("post_install", "-at_install")
class TestReference(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls.env["sale.abc.profile"].create(
            {"name": "Random", "is_published": False, "company_id": cls.env.company.id}
        )

        cls.former_run = cls.profile._create_run(date(2025, 1, 1))

    def _get_rows(self, facts, former=(), bucket="month"):
        """What the SQL says about these facts, by subject."""
        self.profile.bucket = bucket
        run = self.env["sale.abc.run"].new(
            {
                **self.profile._prepare_run_values(date(2026, 1, 1)),
                "previous_id": self.former_run.id,
            }
        )
        facts = [fact for fact in facts if fact[1] <= run.date_to]
        table = SQL(
            "SELECT * FROM (VALUES %s) AS fact (subject_id, day, amount, is_sale)",
            SQL(", ").join(
                SQL("(%s, %s::date, %s::numeric, %s)", *fact)
                for fact in [*facts, (0, date(2025, 1, 1), Decimal(0), True)]
            ),
        )
        before = SQL(
            "SELECT * FROM (VALUES %s) AS former (subject_id, abc_class, abc_raw, xyz_class,"
            " xyz_raw, abc_streak, xyz_streak)",
            SQL(", ").join(
                SQL("(%s, %s, %s, %s::text, %s::text, 1, 1)", subject, *classes)
                for subject, classes in {**dict(former), 0: (None, None, None, None)}.items()
            ),
        )
        names = ("value", "abc_raw", "abc_class", "xyz_raw", "xyz_class", "status", "rank")
        model = type(self.env["sale.abc.run"])
        with (
            patch.object(model, "_get_facts_query", lambda _self: table),
            patch.object(model, "_get_previous_query", lambda _self: before),
        ):
            rows = self.env.execute_query(
                SQL(
                    "SELECT subject_id, %s FROM (%s) classes WHERE subject_id > 0",
                    # as text: the driver makes floats of decimals
                    SQL(", ").join(
                        SQL("%s::text" if name == "value" else "%s", SQL.identifier(name))
                        for name in names
                    ),
                    run._get_classes_query(),
                )
            )
        found = {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
        for one in found.values():
            one["value"] = Decimal(one["value"])
        return run, found

    def _get_expected(self, run, facts, former=()):
        names = ("abc_class", "abc_raw", "xyz_class", "xyz_raw")
        wanted = classify(
            [fact for fact in facts if fact[1] <= run.date_to],
            Settings(
                start=run.date_from,
                count=run.bucket_total,
                bucket=run.bucket,
                previous={
                    subject: dict(zip(names, classes, strict=True))
                    for subject, classes in dict(former).items()
                },
            ),
        )
        names = ("value", "abc_raw", "abc_class", "xyz_raw", "xyz_class", "status", "rank")
        return {subject: {name: one[name] for name in names} for subject, one in wanted.items()}

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(facts=FACTS, former=FORMER, bucket=st.sampled_from(["week", "month", "quarter"]))
    def test_sql_says_what_the_reference_says(self, facts, former, bucket):
        run, found = self._get_rows(facts, former, bucket)
        self.assertEqual(found, self._get_expected(run, facts, former))

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(facts=FACTS, order=st.randoms(use_true_random=False), cut=st.decimals(0, 1, places=2))
    def test_order_and_cut_of_invoices_change_nothing(self, facts, order, cut):
        _run, found = self._get_rows(facts)
        parts = []
        for subject, day, amount, is_sale in facts:
            part = (amount * cut).quantize(Decimal("0.01"))
            parts += [(subject, day, part, is_sale), (subject, day, amount - part, is_sale)]
        order.shuffle(parts)
        self.assertEqual(self._get_rows(parts)[1], found)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(facts=FACTS, former=FORMER)
    def test_what_always_holds(self, facts, former):
        _run, found = self._get_rows(facts, former)
        by_value = {}
        for one in found.values():
            by_value.setdefault(max(one["value"], 0), set()).add(one["abc_class"])
            if one["value"] <= 0:
                self.assertEqual(one["abc_class"], "C")
        for classes in by_value.values():
            self.assertEqual(len(classes), 1, "ties are never separated")
        if any(value > 0 for value in by_value):
            self.assertEqual(by_value[max(by_value)], {"A"}, "the largest is A")
