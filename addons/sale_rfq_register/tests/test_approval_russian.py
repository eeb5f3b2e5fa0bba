from odoo.tests import tagged
from odoo.tools.translate import code_translations

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestBaseModuleInRussian(RequestCommon):
    """The base module has no Russian: ours is loaded from ``i18n_extra``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        modules = ["base_tier_validation", "sale_rfq_register"]
        cls.env["ir.module.module"].search([("name", "in", modules)])._update_translations("ru_RU")

    def test_fields_and_views(self):
        reviews = self.env["tier.review"].with_context(lang="ru_RU")
        statuses = dict(reviews.fields_get(["status"])["status"]["selection"])
        self.assertEqual(statuses["pending"], "Ожидает решения")
        view = self.env.ref("base_tier_validation.view_comment_wizard")
        self.assertIn("Комментарий", view.with_context(lang="ru_RU").arch_db)

    def test_the_browser(self):
        """Terms that a module does not have are taken from all modules together."""
        terms = code_translations.get_web_translations("sale_rfq_register", "ru_RU")["messages"]
        self.assertIn(
            "Согласовывать нечего.",
            [term["string"] for term in terms if term["id"] == "No reviews to do."],
        )
