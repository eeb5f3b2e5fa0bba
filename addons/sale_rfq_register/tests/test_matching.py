from odoo.tests import tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestMatching(RequestCommon):
    def _match(self, **line):
        lines = self._new_request(line).line_ids
        lines._match_products()
        return lines

    def test_barcode_then_reference_then_name(self):
        rival = self._new_product("Gear motor 0.55 kW", "BRG-X", False)
        self.assertRecordValues(
            self._match(name="Gear motor 0.55 kW", barcode="4006381333993"),
            [{"product_id": self.motor.id, "match_method": "barcode", "match_score": 1}],
        )
        self.assertRecordValues(
            self._match(name="Gear motor 0.55 kW", supplier_code="brg-x"),
            [{"product_id": rival.id, "match_method": "reference"}],
        )
        self.assertRecordValues(
            self._match(name="SHAFT SEAL 35x52x7"),
            [{"product_id": self.seal.id, "match_method": "name"}],
        )

    def test_suggestions_that_wait_are_counted(self):
        line = self._match(name="Gear motor 0.55 kW, new")
        request = line.request_id
        self.assertTrue(line.suggested_product_id)
        self.assertEqual(request.suggestion_count, 1)
        line.product_id = line.suggested_product_id
        self.assertEqual(request.suggestion_count, 0)

    def test_customer_may_use_our_reference(self):
        self.assertEqual(self._match(customer_code="SEA-35", name="?").product_id, self.seal)

    def _know(self, product, **values):
        return self.env["sale.customer.article"].create(
            {"partner_id": self.partner.id, "product_id": product.id, **values}
        )

    def _match_method(self, **line):
        line = self._match(**line)
        return line.product_id, line.match_method

    def test_order_of_the_methods(self):
        """Each step takes away the reason for the best method."""
        self._know(self.bearing, customer_code="C-1")
        self._know(self.motor, name="The usual seal")
        line = {
            "barcode": "4006381333993",
            "supplier_code": "SEA-35",
            "name": "Gear motor 0.55 kW",
        }
        self.assertEqual(self._match_method(**line), (self.motor, "barcode"))
        del line["barcode"]
        self.assertEqual(self._match_method(**line), (self.seal, "reference"))
        del line["supplier_code"]
        line["customer_code"] = " c-1"
        self.assertEqual(self._match_method(**line), (self.bearing, "customer_code"))
        del line["customer_code"]
        self.assertEqual(self._match_method(**line), (self.motor, "name"))
        line["name"] = "the  USUAL seal"
        self.assertEqual(self._match_method(**line), (self.motor, "chosen"))
        line["name"] = "Shaft seal 35x52x7 brown"
        self.assertEqual(self._match_method(**line)[1], False)

    def test_customer_code_like_one_of_our_references(self):
        self._know(self.motor, customer_code="SEA-35")
        line = self._match(customer_code="SEA-35")
        self.assertFalse(line.product_id)
        self.assertRecordValues(
            line.candidate_ids,
            [
                {"product_id": self.motor.id, "method": "customer_code", "sequence": 1},
                {"product_id": self.seal.id, "method": "reference", "sequence": 2},
            ],
        )
        self.assertEqual(line.suggested_product_id, self.motor)

    def test_customer_code_against_our_reference_on_the_same_line(self):
        self._know(self.motor, customer_code="C-1")
        line = self._match(customer_code="C-1", supplier_code="SEA-35")
        self.assertFalse(line.product_id)
        self.assertEqual(line.suggested_product_id, self.seal)

    def test_codes_that_agree(self):
        self._know(self.seal, customer_code="C-1")
        self.assertEqual(
            self._match_method(customer_code="C-1", supplier_code="SEA-35"),
            (self.seal, "reference"),
        )

    def test_choice_against_the_very_name(self):
        self._know(self.motor, name="Shaft seal 35x52x7")
        self.assertFalse(self._match(name="Shaft seal 35x52x7").product_id)

    def test_same_words_under_an_unknown_code(self):
        self._know(self.motor, name="The usual")
        line = self._match(name="The usual", customer_code="C-99")
        self.assertFalse(line.product_id)
        self.assertEqual(line.suggested_product_id, self.motor)

    def test_contact_writes_the_codes_of_his_company(self):
        self._know(self.motor, customer_code="C-1")
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.partner.id})
        request = self._new_request({"customer_code": "C-1"}, partner_id=contact.id)
        request.line_ids._match_products()
        self.assertEqual(request.line_ids.product_id, self.motor)

    def test_what_one_customer_calls_it_is_nothing_for_another(self):
        self._know(self.motor, customer_code="C-1", name="Pump drive")
        other = self.env["res.partner"].create({"name": "Other customer"})
        for values in ({"partner_id": other.id}, {"partner_id": False, "sender_name": "X"}):
            request = self._new_request({"customer_code": "C-1"}, **values)
            request.line_ids._match_products()
            self.assertFalse(request.line_ids.candidate_ids)

    def test_articles_of_another_company_or_archived_are_not_used(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._know(self.motor, customer_code="C-1", company_id=other.id)
        self._know(self.motor, customer_code="C-2", active=False)
        for code in ("C-1", "C-2"):
            self.assertFalse(self._match(customer_code=code).candidate_ids)

    def test_chosen_before_but_not_sold_any_more(self):
        self._know(self.motor, customer_code="C-1")
        self.motor.sale_ok = False
        line = self._match(customer_code="C-1")
        line._judge()
        self.assertRecordValues(
            line,
            [{"product_id": self.motor.id, "verdict": "not_sold"}],
        )

    def test_candidates_are_kept_and_replaced(self):
        line = self._match(name="Shaft seal 35x52x7 FKM brown")
        first = line.candidate_ids
        self.assertEqual(first[0].product_id, line.suggested_product_id)
        self.assertAlmostEqual(first[0].score, line.match_score)
        for number in range(8):
            self._new_product(f"Shaft seal 35x52x{number} FKM", f"SEA-{number}0", False)
        line._match_products()
        self.assertFalse(first.exists())
        self.assertEqual(line.candidate_ids.mapped("sequence"), [1, 2, 3, 4, 5])
        self.assertEqual(set(line.candidate_ids.mapped("method")), {"similar"})
        self.assertEqual(line.candidate_ids[0].product_id, line.suggested_product_id)

    def test_two_of_the_same_name_are_only_suggested(self):
        self._new_product("Shaft seal 35x52x7", "SEA-36", False)
        line = self._match(name="Shaft seal 35x52x7")
        self.assertFalse(line.product_id)
        self.assertEqual(line.suggested_product_id, self.seal)

    def test_similar_name_is_only_suggested(self):
        line = self._match(name="Shaft seal 35x52x7 FKM brown")
        self.assertFalse(line.product_id)
        self.assertEqual(line.suggested_product_id, self.seal)
        self.assertGreater(line.match_score, 0.6)
        self.assertLess(line.match_score, 1)
        line.action_accept_suggestion()
        self.assertRecordValues(
            line,
            [
                {
                    "product_id": self.seal.id,
                    "suggested_product_id": False,
                    "match_method": "manual",
                    "verdict": "sellable",
                }
            ],
        )

    def test_a_line_that_a_code_tells_is_not_compared(self):
        other = self._new_product("Deep groove bearing 6205", "BRG-6205", False)
        line = self._match(name="Deep groove bearing 620", supplier_code="BRG-6204")
        self.assertEqual(line.candidate_ids.product_id, self.bearing)
        line = self._match(name="Deep groove bearing 620")
        self.assertEqual(line.candidate_ids.product_id, self.bearing + other)

    def test_translated_name_is_found(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.seal.with_context(lang="ru_RU").name = "Манжета 35x52x7"
        self.assertEqual(self._match(name="манжета 35x52x7").product_id, self.seal)

    def test_nothing_alike(self):
        line = self._match(name="Хлеб")
        self.assertFalse(line.product_id or line.suggested_product_id)

    def test_code_wins_over_likeness_even_if_not_sold(self):
        self.motor.sale_ok = False
        self._new_product("Gear motor 0.55 kW new", "DRV-055N", False)
        line = self._match(name="Gear motor 0.55", supplier_code="DRV-055")
        self.assertEqual(line.product_id, self.motor)

    def test_sold_wins_over_archived(self):
        old = self._new_product("Old bearing", "BRG-7", False, active=False)
        new = self._new_product("New bearing", "BRG-7", False)
        self.assertEqual(self._match(supplier_code="BRG-7").suggested_product_id, new)
        new.unlink()
        self.assertEqual(self._match(supplier_code="BRG-7").product_id, old)

    def test_products_of_another_company_stay_out(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.seal.company_id = other
        line = self._match(name="Shaft seal 35x52x7", supplier_code="SEA-35")
        self.assertFalse(line.product_id or line.suggested_product_id)

    def test_chosen_product_is_left_alone(self):
        line = self._match(name="Shaft seal 35x52x7", product_id=self.motor.id)
        self.assertRecordValues(line, [{"product_id": self.motor.id, "match_method": "manual"}])

    def test_another_product_is_assessed_anew(self):
        request = self._new_request({"product_id": self.motor.id})
        request.action_check()
        self.seal.sale_ok = False
        request.line_ids.product_id = self.seal
        self.assertRecordValues(
            request.line_ids, [{"verdict": "not_sold", "verdict_user_id": self.env.uid}]
        )
        request.line_ids.product_id = False
        self.assertRecordValues(request.line_ids, [{"verdict": False, "verdict_user_id": False}])

    def test_hostile_text_is_only_text(self):
        for text in ("'; DROP TABLE x; --", "%", "\\", '"', "%s %(ids)s", "🙂" * 200):
            with self.subTest(text=text):
                self.assertFalse(self._match(name=text, supplier_code=text).product_id)

    def test_one_query_for_any_number_of_lines(self):
        counts = []
        for size in (10, 1000):
            lines = self._new_request(
                *[
                    {"name": f"Thing {n}", "customer_code": f"C{n}", "supplier_code": "BRG-6204"}
                    for n in range(size)
                ]
            ).line_ids
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            candidates = lines._find_candidates()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(candidates), size)
        self.assertEqual(counts[0], counts[1])

    def test_candidates_of_a_long_request_are_written_at_once(self):
        counts = []
        for size in (10, 1000):
            lines = self._new_request(
                *[{"name": f"T{n}", "supplier_code": "BRG-6204"} for n in range(size)]
            ).line_ids
            candidates = lines._find_candidates()
            lines._keep_candidates(candidates)
            first = lines[0].candidate_ids
            before = self.cr.sql_log_count
            lines._keep_candidates(candidates)
            counts.append(self.cr.sql_log_count - before)
            kept = lines.candidate_ids
            self.assertEqual(len(kept), size)
            self.assertEqual(kept.mapped("sequence"), [1] * size)
            self.assertEqual(set(kept.mapped("method")), {"reference"})
            self.assertEqual(kept.create_uid, self.env.user)
            self.assertFalse(first.exists())
        self.assertEqual(counts[0], counts[1])

    def test_check_of_a_long_request_does_not_ask_more_often(self):
        counts = []
        self.env["product.product"].create(
            [{"name": f"Part {n}", "default_code": f"PART-{n}"} for n in range(200)]
        )
        for size in (10, 200):
            request = self._new_request(
                *[{"name": f"T{n}", "supplier_code": f"PART-{n}"} for n in range(size)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            request.action_check()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(set(request.line_ids.mapped("verdict")), {"sellable"})
        self.assertLessEqual(counts[1], counts[0] + 5, counts)
