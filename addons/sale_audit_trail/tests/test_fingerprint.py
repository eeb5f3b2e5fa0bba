import doctest

from odoo.tests import BaseCase, tagged

from .. import fingerprint, worktime


@tagged("post_install", "-at_install")
class TestExamples(BaseCase):
    def test_examples_of_the_engines(self):
        for module in (fingerprint, worktime):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)
