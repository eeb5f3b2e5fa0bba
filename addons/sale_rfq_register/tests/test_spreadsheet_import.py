import io
from datetime import date

import openpyxl
from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import RequestCommon

HEADINGS = "Наименование;Артикул;Кол-во;Ед. изм.;Срок"
ROWS = f"""{HEADINGS}
Подшипник 6204;BRG-6204;1,5;шт;15.05.2026
Мотор;;много;ящ;скоро
;;;;
;;7;кг;
Сальник;SEA-35;;шт.;2026-06-01"""
# nobody guesses these
STRANGE = "Wovon;Wieviel\nWelle;3\nNabe;4"


class SpreadsheetCommon(RequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requests = cls.env["sale.material.request"]
        cls.mappings = cls.env["sale.material.request.mapping"]
        cls.piece = cls.env.ref("uom.product_uom_unit")

    def _register(self, text=ROWS, name="wanted.csv", **values):
        content = text.encode() if isinstance(text, str) else text
        return self.requests._create_from_files([(name, content)], values)

    def _dialog(self, text=ROWS, name="wanted.csv", partner=None, user=None):
        env = self.env(user=user) if user else self.env
        content = text.encode() if isinstance(text, str) else text
        file = env["ir.attachment"].create({"name": name, "raw": content})
        form = Form(env["material.request.import"])
        form.attachment_ids.add(file)
        if partner:
            form.partner_id = partner
        return form

    def _correct(self, form, *targets):
        for index, target in enumerate(targets):
            with form.column_ids.edit(index) as column:
                column.target = target

    def _xlsx(self, *rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()


@tagged("post_install", "-at_install")
class TestSpreadsheetReader(SpreadsheetCommon):
    """A spreadsheet that comes without a dialog."""

    def test_rows_become_lines(self):
        request = self._register(ROWS, partner_id=self.partner.id)
        self.assertEqual(request.channel, "file")
        self.assertEqual(request.partner_id, self.partner)
        self.assertRecordValues(
            request.line_ids,
            [
                {
                    "name": "Подшипник 6204",
                    "customer_code": "BRG-6204",
                    "quantity": 1.5,
                    "uom_id": self.piece.id,
                    "uom_text": "шт",
                    "date_required": date(2026, 5, 15),
                    "problem": False,
                },
                {
                    "name": "Мотор",
                    "customer_code": False,
                    "quantity": 0,
                    "uom_id": False,
                    "uom_text": "ящ",
                    "date_required": False,
                    "problem": "The quantity “много” is not a number. The date “скоро” is not"
                    " understood. The unit “ящ” is not known.",
                },
                {
                    "name": "7, кг",
                    "customer_code": False,
                    "quantity": 7,
                    "uom_id": self.env.ref("uom.product_uom_kgm").id,
                    "uom_text": "кг",
                    "date_required": False,
                    "problem": "Nothing in the row names a material.",
                },
                {
                    "name": "Сальник",
                    "customer_code": "SEA-35",
                    "quantity": 0,
                    "uom_id": self.piece.id,
                    "uom_text": "шт.",
                    "date_required": date(2026, 6, 1),
                    "problem": "There is no quantity.",
                },
            ],
        )
        self.assertEqual(request.problem_line_count, 3)
        self.assertIn("Lines to finish: 3 of 4", request.activity_ids.note)

    def test_clean_file_asks_for_nothing(self):
        content = self._xlsx(["Item", "Qty", "Date"], ["Bolt", 5, date(2026, 5, 4)])
        request = self._register(content, "wanted.xlsx")
        self.assertFalse(request.activity_ids)
        self.assertRecordValues(
            request.line_ids,
            [{"name": "Bolt", "quantity": 5, "date_required": date(2026, 5, 4), "problem": False}],
        )

    def test_formula_without_a_value_is_on_its_line(self):
        request = self._register(self._xlsx(["Item", "Qty"], ["Bolt", "=2+3"]), "wanted.xlsx")
        self.assertIn("formula in column 2", request.line_ids.problem)
        self.assertIn("no quantity", request.line_ids.problem)

    def test_without_headings_the_file_is_kept(self):
        request = self._register("Dear Sirs,\nplease send bolts.")
        self.assertFalse(request.line_ids)
        self.assertIn("no row of headings", request.activity_ids.note)
        self.assertEqual(request.message_attachment_count, 1)

    def test_refusals_name_the_file_and_the_way_out(self):
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)
        for name, content, words in (
            ("old.xls", ole, "save it as XLSX or CSV"),
            ("locked.xlsx", ole + "EncryptedPackage".encode("utf-16-le"), "password"),
            ("torn.xlsx", b"PK\x03\x04torn", "send it again"),
            ("nothing.csv", b"", "is empty"),
            ("photo.csv", bytes(range(256)) * 9, "holds no text"),
        ):
            note = self._register(content, name).activity_ids.note
            self.assertIn(words, note)
            self.assertIn(name, note)

    def test_material_group(self):
        group = self.env["product.category"].create({"name": "Drives"})
        request = self._register("Group;Qty\ndrives;2\nEngines;3")
        self.assertRecordValues(
            request.line_ids,
            [
                {"categ_id": group.id, "name": "drives", "problem": False},
                {
                    "categ_id": False,
                    "name": "Engines",
                    "problem": "The material group “Engines” is not known.",
                },
            ],
        )

    def test_long_description_is_kept_whole(self):
        request = self._register(f"Item;Qty\n{'long ' * 300};2")
        self.assertEqual(len(request.line_ids.name), 500)
        self.assertEqual(request.line_ids.details, ("long " * 300).strip())

    def test_problem_goes_when_a_person_chooses(self):
        line = self._register("Item;Article;Qty;Date\nBearing;BRG-6204;1;soon").line_ids
        line.request_id.action_check()
        self.assertEqual(line.product_id, self.bearing)
        self.assertTrue(line.problem)
        line.product_id = self.motor
        self.assertFalse(line.problem)

    def test_problem_goes_with_an_accepted_suggestion(self):
        line = self._register("Item;Qty;Date\nShaft seal 35x52x;1;soon").line_ids
        line.suggested_product_id = self.seal
        line.action_accept_suggestion()
        self.assertFalse(line.problem)

    def _count_queries(self, rows):
        text = "Item;Qty;Unit;Date\n" + "".join(
            f"Bolt {row};{row};{'pcs' if row % 2 else 'box'};2026-05-04\n" for row in range(rows)
        )
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        request = self._register(text)
        self.env.flush_all()
        self.assertEqual(len(request.line_ids), rows)
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_rows(self):
        self._count_queries(2)
        few, many = self._count_queries(10), self._count_queries(1000)
        # rows are inserted and read by the hundred or thousand
        self.assertLess(many, few + 25)
        self.assertLess(few, 120)


@tagged("post_install", "-at_install")
class TestSpreadsheetDialog(SpreadsheetCommon):
    def test_guess_is_shown(self):
        form = self._dialog()
        self.assertTrue(form.is_spreadsheet)
        self.assertEqual(form.heading_row, 1)
        dialog = form.save()
        self.assertEqual(
            dialog.column_ids.mapped("target"),
            ["name", "customer_code", "quantity", "uom_text", "date_required"],
        )
        self.assertEqual(dialog.column_ids[0].heading, "Наименование")
        self.assertEqual(dialog.column_ids[0].samples, "Подшипник 6204 · Мотор · Сальник")

    def test_preview_shows_problems_before_anything_is_made(self):
        before = self.requests.search_count([])
        form = self._dialog()
        self.assertEqual((form.row_count, form.problem_count), (4, 3))
        self.assertIn("The quantity “много” is not a number.", form.preview)
        self.assertEqual(self.requests.search_count([]), before)

    def test_problems_are_told_above_the_tabs(self):
        self.assertEqual(self._dialog().problem_notice, "3 of 4 rows have a problem: see Rows.")
        one = self._dialog("Item;Qty\nBolt;1\nNut;many")
        self.assertEqual(one.problem_notice, "1 of 2 rows has a problem: see Rows.")
        self.assertFalse(self._dialog("Item;Qty\nBolt;1").problem_notice)

    def test_notice_follows_a_correction(self):
        form = self._dialog("Item;Unit;Wieviel\nWelle;pcs;3\nNabe;pcs;many")
        self.assertEqual(form.problem_notice, "2 of 2 rows have a problem: see Rows.")
        self._correct(form, "name", "uom_text", "quantity")
        self.assertEqual(form.problem_notice, "1 of 2 rows has a problem: see Rows.")

    def test_preview_has_every_cell_in_its_column(self):
        preview = self._dialog("Item;Qty;Unit\nBolt;1;\n;many;pcs\nNut;;").preview
        rows = html.fromstring(preview).xpath("//tr")
        self.assertEqual({len(row.xpath("th|td")) for row in rows}, {7})

    def test_preview_escapes(self):
        form = self._dialog("Item;Qty\n<script>alert(1)</script>;1")
        self.assertNotIn("<script>", form.preview)

    def test_preview_of_a_long_file_has_the_problems_first(self):
        text = "Item;Qty\n" + "Bolt;1\n" * 600 + "Nut;many\n"
        form = self._dialog(text)
        self.assertIn("many", form.preview)
        self.assertIn("Rows not shown here: 101", form.preview)

    def test_correction_changes_the_preview(self):
        form = self._dialog(STRANGE)
        self.assertEqual(form.heading_row, 0)
        form.heading_row = 1
        self.assertEqual(form.problem_count, 2)
        self._correct(form, "name", "quantity")
        self.assertEqual((form.row_count, form.problem_count), (2, 0))

    def test_register(self):
        form = self._dialog(STRANGE, partner=self.partner)
        form.heading_row = 1
        self._correct(form, "name", "quantity")
        action = form.save().action_import()
        request = self.requests.browse(action["res_id"])
        self.assertEqual(request.partner_id, self.partner)
        self.assertRecordValues(
            request.line_ids,
            [{"name": "Welle", "quantity": 3}, {"name": "Nabe", "quantity": 4}],
        )
        self.assertFalse(request.activity_ids)
        self.assertEqual(request.message_attachment_count, 1)

    def test_customer_chosen_last_keeps_what_was_put_right(self):
        form = self._dialog(STRANGE)
        form.heading_row = 1
        self._correct(form, "name", "quantity")
        form.partner_id = self.partner
        self.assertEqual(form.heading_row, 1)
        form.save().action_import()
        self.assertTrue(self.mappings.search([("partner_id", "=", self.partner.id)]))

    def test_another_file_is_guessed_anew(self):
        form = self._dialog(STRANGE)
        form.heading_row = 1
        self._correct(form, "name", "quantity")
        form.attachment_ids.clear()
        form.attachment_ids.add(
            self.env["ir.attachment"].create({"name": "b.csv", "raw": b"Qty;Item\n1;Bolt"})
        )
        self.assertEqual(form.save().column_ids.mapped("target"), ["quantity", "name"])

    def test_a_table_without_headings(self):
        form = self._dialog("Welle;3\nNabe;4")
        self._correct(form, "name", "quantity")
        action = form.save().action_import()
        self.assertEqual(
            self.requests.browse(action["res_id"]).line_ids.mapped("name"), ["Welle", "Nabe"]
        )

    def test_nothing_names_a_material(self):
        form = self._dialog(STRANGE)
        with self.assertRaisesRegex(UserError, "wanted.csv names the materials"):
            form.save().action_import()

    def test_refusal_is_shown_and_the_file_kept(self):
        form = self._dialog(b"PK\x03\x04torn", "torn.xlsx")
        self.assertFalse(form.is_spreadsheet)
        self.assertIn("torn or broken", form.refusal)
        action = form.save().action_import()
        request = self.requests.browse(action["res_id"])
        self.assertIn("torn or broken", request.activity_ids.note)

    def test_several_files_are_read_by_themselves(self):
        form = self._dialog()
        form.attachment_ids.add(
            self.env["ir.attachment"].create({"name": "b.csv", "raw": b"Item;Qty\nBolt;1"})
        )
        self.assertFalse(form.is_spreadsheet)
        action = form.save().action_import()
        requests = self.requests.search(action["domain"])
        self.assertEqual(sorted(requests.mapped("line_count")), [1, 4])


@tagged("post_install", "-at_install")
class TestSpreadsheetMemory(SpreadsheetCommon):
    def _teach(self, partner, *targets, user=None):
        form = self._dialog(STRANGE, partner=partner, user=user)
        form.heading_row = 1
        self._correct(form, *targets)
        form.save().action_import()

    def test_next_time(self):
        self._teach(self.partner, "name", "quantity")
        form = self._dialog("WOVON!;Wieviel\nRad;9", partner=self.partner)
        self.assertEqual(form.heading_row, 1)
        self.assertEqual(form.save().column_ids.mapped("target"), ["name", "quantity"])

    def test_automatic_reader_knows_it(self):
        self._teach(self.partner, "name", "quantity")
        contact = self.env["res.partner"].create({"name": "B", "parent_id": self.partner.id})
        request = self._register(STRANGE, partner_id=contact.id)
        self.assertEqual(request.line_ids.mapped("name"), ["Welle", "Nabe"])
        self.assertFalse(self._register(STRANGE).line_ids)

    def test_other_headings_are_not_meant(self):
        self._teach(self.partner, "name", "quantity")
        self.assertFalse(self._register("Wovon;Wann\nRad;9", partner_id=self.partner.id).line_ids)

    def test_second_correction_replaces_the_first(self):
        self._teach(self.partner, "name", "quantity")
        self._teach(self.partner, "customer_code", "quantity")
        mapping = self.mappings.search([("partner_id", "=", self.partner.id)])
        self.assertEqual(mapping.targets, ["customer_code", "quantity"])
        self.assertEqual(mapping.headings, "Wovon | Wieviel")
        self.assertEqual(mapping.meaning, "Customer's Article | Quantity")

    def test_uncorrected_guess_is_not_remembered(self):
        self._dialog(partner=self.partner).save().action_import()
        self.assertFalse(self.mappings.search([("partner_id", "=", self.partner.id)]))

    def test_guess_can_be_overruled(self):
        form = self._dialog("Item;Qty\n6204;1", partner=self.partner)
        self._correct(form, "customer_code")
        form.save().action_import()
        line = self._register("Item;Qty\n6205;1", partner_id=self.partner.id).line_ids
        self.assertEqual((line.customer_code, line.name), ("6205", False))

    def test_sender_without_a_customer(self):
        rows = [["Wovon", "Wieviel"]]
        company, nobody = self.env.company, self.env["res.partner"]
        self.mappings._remember(company, nobody, "Me@X.example", rows[0], ["name", "quantity"])
        request = self._register(STRANGE, sender_email="me@x.example")
        self.assertEqual(len(request.line_ids), 2)
        self.assertFalse(self._register(STRANGE, sender_email="you@x.example").line_ids)

    def test_a_request_that_is_there_already_asks_for_its_own(self):
        self._teach(self.partner, "name", "quantity")
        request = self._new_request()
        values, _problems = request._read_file("wanted.csv", STRANGE.encode())
        self.assertEqual(len(values["line_ids"]), 2)

    def test_nobody_to_remember_it_for(self):
        self._teach(self.env["res.partner"], "name", "quantity")
        self.assertFalse(self.mappings.search([("headings", "=", "Wovon | Wieviel")]))

    def test_roles(self):
        seller = self._new_user("sheet_seller", "sales_team.group_sale_salesman")
        employee = self._new_user("sheet_employee", "base.group_user")
        self._teach(self.partner, "name", "quantity", user=seller)
        mapping = self.mappings.search([("partner_id", "=", self.partner.id)])
        mapping.with_user(seller).read(["targets"])
        with self.assertRaises(AccessError):
            mapping.with_user(seller).unlink()
        with self.assertRaises(AccessError):
            mapping.with_user(employee).read(["targets"])
        mapping.with_user(self._new_user("sheet_head", "sales_team.group_sale_manager")).unlink()

    def test_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        seller = self._new_user("sheet_seller", "sales_team.group_sale_salesman")
        row = ["Wovon", "Wieviel"]
        mapping = self.mappings._remember(other, self.partner, False, row, ["name", "quantity"])
        with self.assertRaises(AccessError):
            mapping.with_user(seller).read(["targets"])
        with self.assertRaises(AccessError):
            mapping.with_user(seller).write({"targets": []})
        with self.assertRaises(AccessError):
            self.mappings.with_user(seller).create(
                {
                    "company_id": other.id,
                    "partner_id": self.partner.id,
                    "fingerprint": "x",
                    "targets": [],
                }
            )
        self.assertFalse(self._register(STRANGE, partner_id=self.partner.id).line_ids)
