import doctest
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from .. import cumulative

START = date(2030, 1, 1)
DAYS = st.integers(0, 40).map(lambda days: START + timedelta(days=days))
QUANTITIES = st.dictionaries(DAYS, st.integers(1, 500), max_size=8)
ZONES = st.builds(
    cumulative.Zones,
    frozen_until=st.none() | DAYS,
    firm_until=st.none() | DAYS,
    percent=st.integers(0, 50),
    days=st.integers(0, 5),
)


@tagged("post_install", "-at_install")
class TestScheduleArithmetic(BaseCase):
    """Cumulative quantities and their tolerance, without a database."""

    def test_examples(self):
        self.assertFalse(doctest.testmod(cumulative).failed)

    @given(QUANTITIES, ZONES)
    def test_nothing_changed(self, quantities, zones):
        rows = cumulative.compare(quantities, quantities, zones)
        self.assertEqual({row[-1] for row in rows} - {"same"}, set())

    @given(QUANTITIES, QUANTITIES, ZONES)
    def test_totals_and_zones(self, old, new, zones):
        rows = cumulative.compare(old, new, zones)
        if rows:
            self.assertEqual(rows[-1][1:3], (sum(old.values()), sum(new.values())))
        for day, before, now, verdict in rows:
            self.assertEqual(verdict == "same", before == now)
            if verdict == "frozen":
                self.assertLessEqual(day, zones.frozen_until)
            if verdict == "planning":
                self.assertGreater(day, zones.firm_until)

    @given(QUANTITIES, st.integers(0, 5), st.integers(0, 5))
    def test_moved_by_days(self, old, moved, days):
        """A move within the days of tolerance passes, a longer one of anything does not."""
        new = {day + timedelta(days=moved): quantity for day, quantity in old.items()}
        verdicts = {row[-1] for row in cumulative.compare(old, new, cumulative.Zones(days=days))}
        self.assertEqual("excess" in verdicts, bool(old) and moved > days)
