from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestCounter(TransactionCase):
    def test_numbers_of_a_company(self):
        counter = self.env["sale.audit.counter"]
        other = self.env["res.company"].create({"name": "Other"})
        company = self.env.company
        self.assertEqual(list(counter._take("claim", company)), [1])
        self.assertEqual(list(counter._take("claim", company, 3)), [2, 3, 4])
        self.assertEqual(list(counter._take("claim", other)), [1])
        self.assertEqual(list(counter._take("regulation", company)), [1])

    def test_a_number_of_what_failed_is_taken_again(self):
        counter = self.env["sale.audit.counter"]
        counter._take("claim", self.env.company)
        try:
            with self.env.cr.savepoint():
                self.assertEqual(list(counter._take("claim", self.env.company)), [2])
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        self.assertEqual(list(counter._take("claim", self.env.company)), [2])
