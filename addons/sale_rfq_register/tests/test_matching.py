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

    def test_customer_may_use_our_reference(self):
        self.assertEqual(self._match(customer_code="SEA-35", name="?").product_id, self.seal)

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

    def test_another_product_loses_the_verdict(self):
        request = self._new_request({"product_id": self.motor.id})
        request.action_check()
        request.line_ids.product_id = self.seal
        self.assertRecordValues(request.line_ids, [{"verdict": False, "verdict_user_id": False}])

    def test_hostile_text_is_only_text(self):
        for text in ("'; DROP TABLE x; --", "%", "\\", '"', "%s %(ids)s", "🙂" * 200):
            with self.subTest(text=text):
                self.assertFalse(self._match(name=text, supplier_code=text).product_id)

    def test_one_query_for_any_number_of_lines(self):
        counts = []
        for size in (10, 1000):
            lines = self._new_request(
                *[{"name": f"Thing {n}", "supplier_code": "BRG-6204"} for n in range(size)]
            ).line_ids
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            candidates = lines._find_candidates()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(candidates), size)
        self.assertEqual(counts[0], counts[1])

    def test_check_of_a_long_request_does_not_ask_more_often(self):
        counts = []
        for size in (10, 200):
            request = self._new_request(
                *[{"name": f"T{n}", "supplier_code": "BRG-6204"} for n in range(size)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            request.action_check()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(set(request.line_ids.mapped("verdict")), {"sellable"})
        self.assertLessEqual(counts[1], counts[0] + 5, counts)
