import doctest

from odoo.tests import BaseCase, tagged

from odoo.addons.sale_rfq_register import wording


@tagged("post_install", "-at_install")
class TestWording(BaseCase):
    def test_doctests(self):
        self.assertFalse(doctest.testmod(wording).failed)

    def test_key_of_a_key_is_the_key(self):
        for text in ("Ⅻ", "ﬁne", "Straße", "İstanbul", "ǅ", "Манжета  35х52", "a" * 5000):
            with self.subTest(text=text[:20]):
                key = wording.words_key(text)
                self.assertEqual(wording.words_key(key[:200]), key[:200])
