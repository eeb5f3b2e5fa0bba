from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestCustomerArticle(RequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Article = cls.env["sale.customer.article"]
        cls.seller = cls._new_user("seller", "sales_team.group_sale_salesman")

    def _known(self, **context):
        return self.Article.with_context(**context).search([("partner_id", "=", self.partner.id)])

    def _offer(self, *lines, **values):
        """A request whose lines without a product take the suggestion, checked and offered."""
        request = self._new_request(*lines, **values)
        request.action_check()
        request.line_ids.action_accept_suggestion()
        request._create_offers()
        return request

    def _choose(self, product, **line):
        return self._offer({"name": "Dichtring", "product_id": product.id, **line})

    # -- what is learned

    def test_one_row_for_the_code_and_one_for_the_words(self):
        self._choose(self.seal, customer_code="D 35")
        self.assertRecordValues(
            self._known().sorted("kind"),
            [
                {
                    "kind": "code",
                    "key": "d35",
                    "customer_code": "D 35",
                    "name": False,
                    "product_id": self.seal.id,
                    "times_chosen": 1,
                    "last_chosen_user_id": self.env.uid,
                    "company_id": self.env.company.id,
                },
                {
                    "kind": "words",
                    "key": "dichtring",
                    "customer_code": False,
                    "name": "Dichtring",
                    "product_id": self.seal.id,
                    "times_chosen": 1,
                    "last_chosen_user_id": self.env.uid,
                    "company_id": self.env.company.id,
                },
            ],
        )

    def test_accepted_suggestion_is_learned_and_used(self):
        self._offer({"name": "Shaft seal 35x52x7 FKM"})
        self.assertEqual(self._known().product_id, self.seal)
        again = self._new_request({"name": "SHAFT  seal 35x52x7 fkm"})
        again.action_check()
        self.assertRecordValues(
            again.line_ids,
            [{"product_id": self.seal.id, "match_method": "chosen", "verdict": "sellable"}],
        )

    def test_choice_again_is_counted(self):
        self._choose(self.seal)
        self._choose(self.seal, name="DICHTRING ")
        self.assertRecordValues(self._known(), [{"times_chosen": 2, "name": "Dichtring"}])

    def test_later_choice_wins_and_the_old_one_is_kept(self):
        self._choose(self.seal)
        self._choose(self.seal)
        self._choose(self.motor)
        self.assertRecordValues(self._known(), [{"product_id": self.motor.id, "times_chosen": 1}])
        self.assertRecordValues(
            self._known(active_test=False).filtered(lambda row: not row.active),
            [{"product_id": self.seal.id, "times_chosen": 2, "key": "dichtring"}],
        )
        self._choose(self.seal)
        self.assertEqual(len(self._known(active_test=False)), 3)
        self.assertEqual(self._known().product_id, self.seal)

    def test_contact_teaches_for_his_company(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.partner.id})
        self._offer({"name": "Dichtring", "product_id": self.seal.id}, partner_id=contact.id)
        self.assertEqual(self._known().product_id, self.seal)

    def test_what_the_machine_chose_teaches_nothing(self):
        self._offer({"name": "Anything", "supplier_code": "SEA-35", "customer_code": "D1"})
        self.assertFalse(self._known())

    def test_copy_of_what_the_machine_chose_teaches_nothing(self):
        request = self._offer({"name": "Anything", "supplier_code": "SEA-35"})
        copy = request.copy()
        copy.action_check()
        copy._create_offers()
        self.assertFalse(self._known())

    def test_what_is_not_offered_teaches_nothing(self):
        request = self._new_request({"name": "Dichtring", "product_id": self.seal.id})
        request.action_check()
        self.assertFalse(self._known())
        self.motor.sale_ok = False
        request.line_ids = [Command.create({"name": "Motor", "product_id": self.motor.id})]
        request.action_check()
        request._create_offers()
        self.assertEqual(self._known().mapped("name"), ["Dichtring"])

    def test_another_offer_of_the_same_choice_is_no_new_choice(self):
        request = self._choose(self.seal)
        request._create_offers()
        self.assertEqual(self._known().times_chosen, 1)
        request.line_ids.product_id = self.motor
        request.action_check()
        request._create_offers()
        self.assertRecordValues(self._known(), [{"product_id": self.motor.id, "times_chosen": 1}])

    def test_same_words_for_two_products_at_once_teach_nothing(self):
        self._offer(
            {"name": "Bearing", "customer_code": "B1", "product_id": self.bearing.id},
            {"name": "bearing", "customer_code": "B2", "product_id": self.motor.id},
        )
        self.assertEqual(self._known().mapped("key"), ["b1", "b2"])

    def test_same_words_twice_are_one_choice(self):
        line = {"name": "Dichtring", "product_id": self.seal.id}
        self._offer(line, line)
        self.assertRecordValues(self._known(), [{"times_chosen": 1}])

    def test_words_that_say_nothing_or_too_much(self):
        self._choose(self.seal, name="???", customer_code=" - ")
        self.assertFalse(self._known())
        self._choose(self.seal, name="very long 🙂 " * 2000, customer_code="9" * 5000)
        self.assertEqual(len(self._known()), 2)
        again = self._new_request({"name": "very long 🙂 " * 2000})
        again.action_check()
        self.assertEqual(again.line_ids.product_id, self.seal)

    def test_hostile_words_are_only_words(self):
        for text in ("'; DROP TABLE x; --", "a%s", "a%(ids)s", "a\\"):
            with self.subTest(text=text):
                self._choose(self.seal, name=text, customer_code=text)
                self.assertIn(text, self._known().mapped("name"))

    def test_several_requests_at_once(self):
        requests = self._new_request({"name": "A1", "product_id": self.seal.id})
        requests += self._new_request({"name": "B1", "product_id": self.motor.id})
        requests.action_check()
        requests._create_offers()
        self.assertEqual(self._known().product_id, self.seal + self.motor)

    def test_one_query_for_any_number_of_lines(self):
        for size in (10, 1000):
            lines = self._new_request(
                *[
                    {
                        "name": f"T{size} {n}",
                        "customer_code": f"C{size}-{n}",
                        "product_id": self.seal.id,
                    }
                    for n in range(size)
                ]
            ).line_ids
            self.env.flush_all()
            lines.mapped("request_id.commercial_partner_id")
            with self.assertQueryCount(1):
                self.Article._learn(lines)
            self.assertEqual(self.Article.search_count([("key", "=like", f"c{size}-%")]), size)

    # -- by hand

    def test_typed_in(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.partner.id})
        form = Form(self.Article.with_user(self.seller))
        form.partner_id = contact
        form.customer_code = "D-35"
        form.product_id = self.seal
        article = form.save()
        self.assertRecordValues(
            article,
            [{"partner_id": self.partner.id, "kind": "code", "key": "d-35", "times_chosen": 0}],
        )
        self.assertEqual(article.display_name, "[D-35]")

    def test_imported(self):
        result = self.Article.with_user(self.seller).load(
            ["partner_id/.id", "customer_code", "name", "product_id"],
            [
                [str(self.partner.id), "D-1", "Ring", "SEA-35"],
                [str(self.partner.id), "", "Ring", "[DRV-055] Gear motor 0.55 kW"],
            ],
        )
        self.assertEqual(result["messages"], [])
        self.assertEqual(self._known().mapped("kind"), ["code", "words"])

    def test_imported_twice_is_refused_in_words(self):
        row = [str(self.partner.id), "D-1", "SEA-35"]
        with mute_logger("odoo.sql_db"):
            result = self.Article.load(
                ["partner_id/.id", "customer_code", "product_id"], [row, row]
            )
        self.assertIn("has an article with this code", result["messages"][0]["message"])

    @mute_logger("odoo.sql_db")
    def test_refusals(self):
        values = {"partner_id": self.partner.id, "product_id": self.seal.id}
        self.Article.create({**values, "customer_code": "D-1"})
        for wrong in ({"customer_code": "d-1 "}, {}, {"name": " - "}):
            with self.subTest(wrong=wrong), self.assertRaises(IntegrityError):
                with self.cr.savepoint():
                    self.Article.create({**values, **wrong})
        self.Article.create({**values, "customer_code": "D-1", "active": False})
        self.Article.create({**values, "name": "D-1"})

    def test_another_product_by_hand_was_not_chosen_yet(self):
        self._choose(self.seal)
        self._known().product_id = self.seal
        self.assertEqual(self._known().times_chosen, 1)
        self._known().product_id = self.motor
        self.assertRecordValues(self._known(), [{"times_chosen": 0, "last_chosen_user_id": False}])

    def test_company_of_customer_and_product(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.seal.company_id = other
        with self.assertRaises(UserError):
            self.Article.create(
                {"partner_id": self.partner.id, "product_id": self.seal.id, "name": "X1"}
            )

    # -- who may what

    def test_seller_keeps_them_and_only_an_administrator_deletes(self):
        self._choose(self.seal)
        article = self._known().with_user(self.seller)
        article.customer_code = "D-2"
        article.action_archive()
        with self.assertRaises(AccessError):
            article.unlink()
        self._known(active_test=False).with_user(
            self._new_user("adm", "sales_team.group_sale_manager")
        ).unlink()

    def test_seller_without_right_to_others_learns_all_the_same(self):
        request = self._new_request(
            {"name": "Dichtring", "product_id": self.seal.id}, user_id=self.seller.id
        ).with_user(self.seller)
        request.action_check()
        request._create_offers()
        self.assertEqual(self._known().last_chosen_user_id, self.seller)

    def test_others_have_none(self):
        self._choose(self.seal)
        for login, group in (("emp", "base.group_user"), ("por", "base.group_portal")):
            with self.assertRaises(AccessError):
                self._known().with_user(self._new_user(login, group)).read(["name"])

    def test_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        article = self.Article.create(
            {
                "partner_id": self.partner.id,
                "product_id": self.seal.id,
                "name": "X1",
                "company_id": other.id,
            }
        )
        self._choose(self.motor, name="X1")
        self.assertEqual(article.product_id, self.seal)
        self.assertEqual(
            self.Article.with_user(self.seller).search([("key", "=", "x1")]).product_id, self.motor
        )
        with self.assertRaises(AccessError):
            article.with_user(self.seller).read(["name"])

    # -- smart buttons

    def test_buttons_on_customer_and_product(self):
        self._choose(self.seal, customer_code="D 35")
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.partner.id})
        records = self.partner, contact, self.seal, self.seal.product_tmpl_id
        for record in records:
            record = record.with_user(self.seller)
            self.assertEqual(record.customer_article_count, 2)
            action = record.action_view_customer_articles()
            self.assertEqual(self.Article.search(action["domain"]), self._known())
        self.assertEqual(self.motor.product_tmpl_id.customer_article_count, 0)
