import doctest
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.sale_rfq_register import fingerprint as module

# How fast the machine is says nothing about the code.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ROWS = st.lists(
    st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers() | st.none()),
    max_size=5,
)


class TestFingerprint(BaseCase):
    def test_examples(self):
        self.assertEqual(doctest.testmod(module).failed, 0)

    def test_same_exactly_when_rows_are_the_same(self):
        @calm
        @given(ROWS, ROWS)
        def check(one, other):
            same = module.fingerprint(one) == module.fingerprint(other)
            self.assertEqual(same, one == other)

        check()

    def test_order_of_keys_does_not_matter(self):
        @calm
        @given(st.dictionaries(st.text(max_size=5), st.integers(), max_size=5), st.randoms())
        def check(row, shuffler: random.Random):
            items = list(row.items())
            shuffler.shuffle(items)
            self.assertEqual(module.fingerprint([row]), module.fingerprint([dict(items)]))

        check()
