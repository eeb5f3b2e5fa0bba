from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from .common import RequestCommon

ROWS = "odoo.addons.sale_rfq_register.models.sale_material_request_line_rows"
MANY = 250


@tagged("post_install", "-at_install")
class TestLargeRequest(RequestCommon):
    """More lines than the ORM writes by one statement: as few queries, and the same lines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env["product.category"].create({"name": "Seals"})

    def _get_values(self, number):
        """Lines that differ in what they tell, as those of a file do."""
        values = {"name": f"Thing {number}", "sequence": MANY - number, "quantity": 1 + number / 7}
        match number % 4:
            case 0:
                values |= {"product_id": self.bearing.id, "date_required": "2026-12-01"}
            case 1:
                values |= {"customer_code": f"'{number}\\,{{NULL}}", "is_special": True}
            case 2:
                values |= {"uom_id": self.uom_dozen.id, "details": "two\nrows", "name": False}
                values |= {"categ_id": self.group.id}
            case 3:
                values |= {"problem": "the date", "quantity": 0}
        return values

    def _read_stored(self, lines):
        self.env.flush_all()
        self.env.invalidate_all()
        names = [name for name, field in lines._fields.items() if field.store and name != "id"]
        return [{**row, "id": 0, "request_id": 0} for row in lines.read(names, load=None)]

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.user.fetch()  # which environment asks for its user first is chance
        before = self.env.cr.sql_log_count
        result = function()
        self.env.flush_all()
        return result, self.env.cr.sql_log_count - before

    def _match_and_judge(self, lines):
        lines._match_products()
        lines._judge()

    def test_the_same_lines_as_the_orm_makes(self):
        values = [self._get_values(number) for number in range(MANY)]
        ours = self._new_request(*values).line_ids
        with patch(f"{ROWS}.ORM_ROWS", MANY), patch(f"{ROWS}.insert_rows") as insert_rows:
            theirs = self._new_request(*values).line_ids
        insert_rows.assert_not_called()
        self.assertEqual(len(ours), MANY)
        self.assertEqual(self._read_stored(ours), self._read_stored(theirs))
        self.assertEqual(ours.request_id.line_count, MANY)

    def test_lines_are_known_before_they_are_read_back(self):
        request = self._new_request({"name": "the first"})
        first = request.line_ids
        self.assertEqual(request.line_count, 1)
        lines = first.create(
            [{**self._get_values(number), "request_id": request.id} for number in range(MANY)]
        )
        with self.assertQueryCount(0):
            for number, line in enumerate(lines):
                self.assertEqual(line.sequence, MANY - number)
                self.assertEqual(line.request_id, request)
                self.assertEqual(line.partner_id, self.partner)
                self.assertFalse(line.verdict)
            self.assertEqual(request.line_ids, first + lines)
            self.assertEqual(lines.create_uid, self.env.user)
            self.assertFalse(lines.candidate_ids)
        self.assertEqual(request.line_count, MANY + 1)

    def test_one_line_that_says_nothing_refuses_all(self):
        request = self._new_request({"name": "the first"})
        values = [{**self._get_values(n), "request_id": request.id} for n in range(MANY)]
        values[-1] = {"request_id": request.id, "quantity": 1}
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            request.line_ids.create(values)
        self.env.invalidate_all()
        self.assertEqual(len(request.line_ids), 1)

    def test_product_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Other"})
        product = self._new_product("Foreign", "FOR-1", False, company_id=company.id)
        values = [self._get_values(number) for number in range(MANY)]
        values[-1]["product_id"] = product.id
        with self.assertRaisesRegex(UserError, "Foreign"):
            self._new_request(*values)

    def test_request_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Other"})
        request = self._new_request({"name": "the first"}, company_id=company.id, partner_id=False)
        user = self._new_user("clerk_rows", "sales_team.group_sale_salesman")
        values = [{**self._get_values(n), "request_id": request.id} for n in range(MANY)]
        with self.assertRaises(AccessError):
            request.line_ids.with_user(user).create(values)

    def test_constraints_of_partners_are_asked(self):
        lines = self.env["sale.material.request.line"]

        def check(records):
            raise ValidationError(f"checked {len(records)}")

        check._constrains = ("quantity",)
        with (
            patch.object(self.registry[lines._name], "_constraint_methods", [check]),
            self.assertRaisesRegex(ValidationError, f"checked {MANY}"),
        ):
            self._new_request(*(self._get_values(number) for number in range(MANY)))

    def test_what_is_no_plain_column_is_left_to_the_orm(self):
        order = self._new_offer()
        values = [self._get_values(number) for number in range(MANY)]
        values[7]["order_line_ids"] = [Command.set(order.order_line.ids)]
        lines = self._new_request(*values).line_ids.sorted("id")
        self.assertEqual(lines[7].order_line_ids, order.order_line)
        self.assertEqual(len(lines), MANY)

    def test_formatted_texts_and_references_are_left_to_the_orm(self):
        lines = self.env["sale.material.request.line"]
        self.assertTrue(lines._is_plain(["details", "quantity"]))
        for kind in ("html", "many2one_reference"):
            with patch.object(lines._fields["details"], "type", kind):
                self.assertFalse(lines._is_plain(["details", "quantity"]))

    def test_lines_typed_into_the_form(self):
        values = [{"name": f"Thing {number}"} for number in range(MANY)]
        request = self._new_request(*values)
        with Form(request) as form, form.line_ids.edit(MANY - 1) as line:
            line.product_id = self.seal
        self.assertEqual(request.line_ids[-1].product_id, self.seal)

    def test_queries_do_not_grow_with_the_lines(self):
        products = self.env["product.product"].create(
            [{"name": f"Valve {n}", "barcode": f"VLV-{n}"} for n in range(1_100)]
        )
        # each line finds another one by its reference: more products than the ORM reads at once
        others = self.env["product.product"].create(
            [{"name": f"Gauge {n}", "default_code": f"GAUGE-{n}"} for n in range(1_100)]
        )
        few, many = (
            self._new_request(
                *(
                    {
                        "name": "x",
                        "barcode": products[n].barcode,
                        "supplier_code": others[n].default_code,
                    }
                    for n in wanted
                )
            ).line_ids.ids
            for wanted in (range(100), range(100, 1_100))
        )
        # what the environment keeps is read by the first who needs it
        self.assertTrue(self.env.company)
        used = {}
        for ids in (few, many):
            lines = self.env["sale.material.request.line"].browse(ids)
            _, used[len(lines)] = self._count(lambda lines=lines: self._match_and_judge(lines))
            self.assertEqual(len(lines.product_id), len(lines))
            # what the database holds, not the cache
            lines.invalidate_recordset()
            self.assertEqual(set(lines.mapped("match_method")), {"barcode"})
            self.assertEqual(set(lines.mapped("verdict")), {"sellable"})
            self.assertEqual(lines.mapped("product_id.barcode"), lines.mapped("barcode"))
            self.assertEqual(len(lines.candidate_ids.product_id), 2 * len(lines))
        self.assertEqual(used[100], used[1000])

    def _forget_statistics(self, *tables):
        """Let the planner believe that there is one row, as it may after an import."""
        if self.env.cr._cnx.server_version < 180_000:
            self.skipTest("statistics can be set from PostgreSQL 18 on")
        for table in tables:
            self.env.execute_query(
                SQL(
                    """SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', %s,
                                                        'reltuples', 1::real)""",
                    table,
                )
            )

    def _count_rows(self, plan):
        """Rows that the parts of a plan have looked at, without those of the request itself.

        A table of few lines is read as a whole for each line: that is cheaper than its index.
        """
        looked_at = 0
        if not plan.get("Relation Name", "").startswith("sale_material_request"):
            looked_at = sum(
                plan.get(name, 0)
                for name in (
                    "Actual Rows",
                    "Rows Removed by Filter",
                    "Rows Removed by Join Filter",
                )
            )
        return plan["Actual Loops"] * looked_at + sum(map(self._count_rows, plan.get("Plans", ())))

    def test_no_line_reads_all_products_whatever_the_statistics_say(self):
        products = self.env["product.product"].create(
            [{"name": f"Valve {n}", "default_code": f"VLV-{n}"} for n in range(1_000)]
        )
        request = self._new_request(
            *(
                {"name": product.name}
                if number % 2
                else {"name": "x", "supplier_code": product.default_code, "customer_code": "C"}
                for number, product in enumerate(products[:200])
            )
        )
        self.env.flush_all()
        self._forget_statistics(
            "product_product",
            "product_template",
            "sale_customer_article",
            "sale_material_request",
            "sale_material_request_line",
        )
        query = request.line_ids._get_candidates_query()
        [[[explained]]] = self.env.execute_query(SQL("EXPLAIN (ANALYZE, FORMAT JSON) %s", query))
        request.line_ids._match_products()
        self.assertEqual(request.line_ids.product_id, products[:200])
        rows = self._count_rows(explained["Plan"])
        self.assertLess(rows, 20 * (len(self.env["product.product"].search([])) + 200))

    def test_queries_of_an_arrival_do_not_grow_with_the_lines(self):
        self.env["product.product"].create(
            [{"name": f"Valve {n}", "default_code": f"VLV-{n}"} for n in range(1_000)]
        )

        def arrive(count):
            rows = [f"Thing {n};VLV-{n};{1 + n}" for n in range(count)]
            content = "\n".join(["Item;Your article;Qty", *rows]).encode()
            request = self.env["sale.material.request"]._create_from_files(
                [("wanted.csv", content)], {"partner_id": self.partner.id}
            )
            request.action_check()
            return request

        arrive(100)  # what is read once: settings, views, sequences
        used = {}
        for count in (100, 1_000):
            request, used[count] = self._count(lambda count=count: arrive(count))
            lines = request.line_ids
            self.assertEqual(len(lines), count)
            self.assertEqual(set(lines.mapped("verdict")), {"sellable"})
            self.assertEqual(lines.mapped("quantity"), [1 + n for n in range(count)])
            codes = lines.mapped("product_id.default_code")
            self.assertEqual(codes, [f"VLV-{n}" for n in range(count)])
        self.assertEqual(used[100], used[1_000])
