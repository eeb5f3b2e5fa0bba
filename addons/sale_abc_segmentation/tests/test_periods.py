import doctest
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from .. import periods

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
BUCKETS = st.sampled_from(["week", "month", "quarter"])


@tagged("post_install", "-at_install")
class TestPeriods(BaseCase):
    def test_examples(self):
        self.assertEqual(doctest.testmod(periods).failed, 0)

    @given(day=DAYS, months=st.integers(1, 120), bucket=BUCKETS)
    def test_a_window_is_made_of_whole_periods_before_the_day(self, day, months, bucket):
        start, end, count = periods.window(day, months, bucket)
        self.assertLess(end, day)
        self.assertEqual(periods.start_of(start, bucket), start)
        following = end + timedelta(days=1)
        self.assertEqual(periods.start_of(following, bucket), following)
        self.assertEqual(periods.start_of(day, bucket), following)
        self.assertGreaterEqual(count, 1)

    @given(day=DAYS, bucket=BUCKETS, months=st.integers(1, 48))
    def test_an_even_season_changes_nothing(self, day, bucket, months):
        start, _end, count = periods.window(day, months, bucket)
        self.assertEqual(periods.season_of(start, count, bucket, [1] * 12), [1] * count)
