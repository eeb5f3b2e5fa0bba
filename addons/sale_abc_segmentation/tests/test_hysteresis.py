"""Classes change when it is sure, and not to and fro."""

from datetime import date

from odoo.tests import tagged

from .common import AbcCommon

DAY = date(2025, 6, 1)


@tagged("post_install", "-at_install")
class TestHysteresis(AbcCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile.write({"threshold_a": 80, "threshold_b": 95, "class_margin": 2})
        cls.first = cls._new_partner("first")
        cls.second = cls._new_partner("second")
        cls.third = cls._new_partner("third")
        # 79 % before the second: it is A
        for partner, amount in ((cls.first, 790), (cls.second, 110), (cls.third, 100)):
            cls._sell(partner, DAY, amount)

    def _second(self, run):
        result = run.result_ids.filtered(lambda one: one.partner_id == self.second)
        return result.abc_raw, result.abc_class

    def test_a_little_over_the_limit_changes_after_two_runs(self):
        self.assertEqual(self._second(self._run()), ("A", "A"))
        self._sell(self.first, DAY, 70)  # 860 of 1,070: 80.4 % before the second
        self.assertEqual(self._second(self._run(day=date(2026, 2, 1))), ("B", "A"))
        self.assertEqual(self.second.abc_class, "A")
        # the same months again are no second opinion
        self.assertEqual(self._second(self._run(day=date(2026, 2, 9))), ("B", "A"))
        last = self._run(day=date(2026, 3, 1))
        self.assertEqual(self._second(last), ("B", "B"))
        self.assertEqual(self.second.abc_class, "B")
        self.assertRecordValues(last, [{"changed_count": 1}])

    def test_far_over_the_limit_changes_at_once(self):
        self._run()
        self._sell(self.first, DAY, 500)  # 1,290 of 1,500: 86 %
        self.assertEqual(self._second(self._run()), ("B", "B"))

    def test_to_and_fro_inside_the_margin_changes_nothing(self):
        self._run()
        classes = []
        for month, amount in enumerate((70, -70, 70, -70), start=2):
            self._sell(self.first, DAY, amount)
            classes.append(self._second(self._run(day=date(2026, month, 1))))
        self.assertEqual(classes, [("B", "A"), ("A", "A")] * 2)

    def test_one_agreeing_run_is_at_once(self):
        self.profile.agreeing_runs = 1
        self._run()
        self._sell(self.first, DAY, 70)
        self.assertEqual(self._second(self._run()), ("B", "B"))

    def test_ties_stay_together(self):
        """One was A and one B before: as large as each other they are both A."""
        self._run()
        self._sell(self.first, DAY, 70)
        self._sell(self.third, DAY, 10)
        run = self._run()
        classes = run.result_ids.sorted("rank").mapped("abc_class")
        self.assertEqual(classes, ["A", "A", "A"])

    def test_movement_between_runs(self):
        first = self._run()
        self._sell(self.first, DAY, 500)
        self._sell(self._new_partner("fourth"), DAY, 1)
        second = self._run()
        moves = {(move["before"], move["now"]): move["count"] for move in second.movement}
        self.assertEqual(moves, {("A", "A"): 1, ("A", "B"): 1, ("B", "B"): 1, (None, "C"): 1})
        opened = second.action_open_moved("A", "B")
        found = self.env["sale.abc.result"].search(opened["domain"])
        self.assertEqual((found.partner_id, found.run_id), (self.second, second))
        opened = second.action_open_moved(False, "C")
        found = self.env["sale.abc.result"].search(opened["domain"])
        self.assertEqual(found.partner_id.name, "fourth")
        backwards = {(one["before"], one["now"]) for one in first._get_movement(second)}
        self.assertIn(("B", "A"), backwards)
        self.assertIn(("C", None), backwards)
        opened = first.action_open_moved_since(second.id, "C", False)
        self.assertEqual(
            self.env["sale.abc.result"].search(opened["domain"]).partner_id.name, "fourth"
        )
