from odoo.tests import HttpCase, tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestPortal(RequestCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("portal_seller", "sales_team.group_sale_salesman")
        cls.partner.user_id = cls.seller
        cls.buyer = cls._new_user("req_buyer", "base.group_portal", password="req_buyer")
        cls.buyer.partner_id.parent_id = cls.partner
        cls.stranger = cls._new_user("req_other", "base.group_portal", password="req_other")
        cls.requests = cls.env["sale.material.request"]

    def _post(self, *rows, files=(), **values):
        columns = ("name", "customer_code", "quantity", "uom_text", "date_required")
        data = {
            **{f"line_{name}": [row.get(name, "") for row in rows] for name in columns},
            **values,
        }
        # read like a page, so that the session has its token
        self.url_open("/my/requests/new")
        data["csrf_token"] = self._get_token()
        before = self.requests.search([])
        files = [("files", (name, content)) for name, content in files] or [("files", ("", b""))]
        page = self.url_open("/my/requests/new", data=data, files=files)
        return self.requests.search([]) - before, page.text

    def _get_token(self):
        page = self.url_open("/my/requests/new").text
        return page.split('name="csrf_token" value="')[1].split('"')[0]

    def test_typed_request(self):
        self.authenticate("req_buyer", "req_buyer")
        made, page = self._post(
            {
                "name": "Bearing 6204",
                "quantity": "1 000,5".replace(" ", ""),
                "customer_code": "K1",
            },
            {},
            {"name": "Seal", "date_required": "2030-05-02"},
            partner_ref="Z-7",
            note="Please hurry",
            delivery_date_to="2030-06-01",
        )
        self.assertRecordValues(
            made,
            [
                {
                    "channel": "portal",
                    "partner_id": self.buyer.partner_id.id,
                    "user_id": self.seller.id,
                    "partner_ref": "Z-7",
                    "note": "Please hurry",
                }
            ],
        )
        self.assertRecordValues(
            made.line_ids,
            [
                {"name": "Bearing 6204", "customer_code": "K1", "quantity": 1000.5},
                {"name": "Seal", "customer_code": "", "quantity": 0},
            ],
        )
        self.assertEqual(str(made.line_ids[1].date_required), "2030-05-02")
        self.assertIn(f"Your request is registered as {made.name}", " ".join(page.split()))
        self.assertFalse(made.activity_ids)

    def test_units_as_the_customer_writes_them(self):
        self.authenticate("req_buyer", "req_buyer")
        made, page = self._post(
            {"name": "Hose", "quantity": "3", "uom_text": "m"},
            {"name": "Grease", "quantity": "2", "uom_text": "tubs"},
        )
        self.assertEqual(made.line_ids[0].uom_id, self.env.ref("uom.product_uom_meter"))
        self.assertFalse(made.line_ids[0].problem)
        self.assertFalse(made.line_ids[1].uom_id)
        self.assertIn("tubs", made.line_ids[1].problem)
        self.assertIn("tubs", page)

    def test_own_files_can_be_read_again(self):
        self.authenticate("req_buyer", "req_buyer")
        made, page = self._post(files=[("drawing.pdf", b"%PDF-1")])
        ours = self.env["ir.attachment"].create(
            {"name": "margin.txt", "raw": b"secret", "res_model": made._name, "res_id": made.id}
        )
        made.message_post(
            body="Ours", attachment_ids=ours.ids, author_id=self.seller.partner_id.id
        )
        theirs = made._get_customer_files()
        self.assertEqual(theirs.mapped("name"), ["drawing.pdf"])
        url = f"/my/requests/{made.id}/files/"
        self.assertIn(f'href="{url}{theirs.id}"', page)
        self.assertEqual(self.url_open(f"{url}{theirs.id}").content, b"%PDF-1")
        self.assertEqual(self.url_open(f"{url}{ours.id}").status_code, 404)
        # nor are they anybody else's
        made.partner_id = self.env["res.partner"].create({"name": "Another"})
        self.assertEqual(self.url_open(f"{url}{theirs.id}").status_code, 404)

    def test_file_only(self):
        self.authenticate("req_buyer", "req_buyer")
        made, _page = self._post(files=[("list.bin", b"\x00\x01"), ("drawing.pdf", b"%PDF")])
        files = made.message_ids.attachment_ids
        self.assertEqual(set(files.mapped("name")), {"list.bin", "drawing.pdf"})
        self.assertIn("Enter what the files ask for", made.activity_ids.note)

    def test_readable_file(self):
        self.patch(
            type(self.requests),
            "_get_file_readers",
            lambda requests, name, content: (
                [lambda content: ({"line_ids": [(0, 0, {"name": "Read"})]}, [])]
                if name.endswith(".rfq")
                else []
            ),
        )
        self.authenticate("req_buyer", "req_buyer")
        made, _page = self._post(files=[("a.rfq", b"1")])
        self.assertEqual(made.line_ids.name, "Read")
        self.assertFalse(made.activity_ids)

    def test_refusals_keep_what_was_typed(self):
        self.authenticate("req_buyer", "req_buyer")
        for words, rows, values in (
            ("Please tell us what you need", [{}], {"partner_ref": "KEEP-ME"}),
            (
                "is not a quantity",
                [{"name": "Bearing", "quantity": "many"}],
                {"partner_ref": "KEEP-ME"},
            ),
            (
                "is not a quantity",
                [{"name": "Bearing", "quantity": "-1"}],
                {"partner_ref": "KEEP-ME"},
            ),
            (
                "is not a quantity",
                [{"name": "Bearing", "quantity": "nan"}],
                {"partner_ref": "KEEP-ME"},
            ),
            (
                "is not a date",
                [{"name": "Bearing", "date_required": "soon"}],
                {"partner_ref": "KEEP-ME"},
            ),
        ):
            with self.subTest(words=words, rows=rows):
                made, page = self._post(*rows, **values)
                self.assertFalse(made)
                self.assertIn(words, page)
                self.assertIn("KEEP-ME", page)

    def test_a_row_without_a_material_is_asked_about(self):
        self.authenticate("req_buyer", "req_buyer")
        made, page = self._post(
            {"name": "Hose", "quantity": "3"},
            {"quantity": "77", "uom_text": "tubs"},
            files=[("drawing.pdf", b"%PDF-1")],
        )
        self.assertFalse(made)
        self.assertIn("Row 2 does not say what is needed", page)
        for typed in ("Hose", 'value="77"', "tubs", "The files have to be attached again"):
            self.assertIn(typed, page)

    def test_page_of_a_request_names_whom_to_ask(self):
        request = self._new_request({"name": "Bearing"})
        request.user_id = self.seller
        self.authenticate("req_buyer", "req_buyer")
        self.assertIn(self.seller.name, self.url_open(f"/my/requests/{request.id}").text)

    def test_article_column_only_with_articles(self):
        self.authenticate("req_buyer", "req_buyer")
        _made, page = self._post({"name": "Hose"})
        self.assertNotIn("Your Article", page)
        _made, page = self._post({"name": "Hose", "customer_code": "H-1"})
        self.assertIn("Your Article", page)

    def test_empty_form(self):
        self.authenticate("req_buyer", "req_buyer")
        page = self.url_open("/my/requests/new").text
        for name in ("line_name", "line_quantity", "partner_ref", "note", "files"):
            self.assertIn(f'name="{name}"', page)

    def test_what_was_not_said_is_asked_for(self):
        self.authenticate("req_buyer", "req_buyer")
        made, page = self._post({"name": "Cable"})
        self.assertEqual(made.line_ids.problem, "There is no quantity.")
        self.assertIn("to be clarified", page)

    def test_what_is_noted_is_in_the_language_of_our_people(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.seller.lang = "ru_RU"
        self.authenticate("req_buyer", "req_buyer")
        made, page = self._post({"name": "Cable"})
        self.assertNotEqual(made.line_ids.problem, "There is no quantity.")
        self.assertIn("to be clarified", page)

    def test_every_request_of_the_files_is_named(self):
        self.authenticate("req_buyer", "req_buyer")
        table = b"Item;Qty\nBearing;3\n"
        made, page = self._post(files=[("one.csv", table), ("two.csv", table.upper())])
        self.assertEqual(len(made), 2)
        for request in made:
            self.assertIn(request.name, page)
        foreign = self._new_request({"name": "Motor"}, partner_id=False)
        url = f"/my/requests/{made[0].id}?registered=1&others={foreign.id},x"
        self.assertNotIn(foreign.name, self.url_open(url).text)

    def test_hostile_text_is_only_text(self):
        self.authenticate("req_buyer", "req_buyer")
        made, page = self._post({"name": "<script>alert(1)</script>"}, note="<b>x</b>")
        self.assertEqual(made.line_ids.name, "<script>alert(1)</script>")
        self.assertNotIn("<script>alert(1)", page)

    def test_a_merged_request_leads_to_the_kept_one(self):
        self.authenticate("req_buyer", "req_buyer")
        kept, merged = (self._post({"name": name})[0] for name in ("Bearing", "Seal"))
        (kept | merged).action_merge()
        self.assertTrue(
            self.url_open(f"/my/requests/{merged.id}").url.endswith(f"/my/requests/{kept.id}")
        )
        kept.partner_id = self.env["res.partner"].create({"name": "Another"})
        self.assertTrue(self.url_open(f"/my/requests/{merged.id}").url.endswith("/my/requests"))

    def test_only_own_requests(self):
        own = self._new_request({"name": "Bearing"}, partner_ref="OWN-1")
        merged = self._new_request({"name": "Seal"}, partner_ref="GONE-1")
        merged._merge_into(own)
        foreign = self._new_request({"name": "Motor"}, partner_id=False, partner_ref="FOREIGN-1")
        self.authenticate("req_buyer", "req_buyer")
        listed = self.url_open("/my/requests").text
        self.assertIn("OWN-1", listed)
        self.assertNotIn("GONE-1", listed)
        self.assertNotIn("FOREIGN-1", listed)
        self.assertIn("Bearing", self.url_open(f"/my/requests/{own.id}").text)
        self.assertNotIn("Motor", self.url_open(f"/my/requests/{foreign.id}").text)
        self.authenticate("req_other", "req_other")
        self.assertNotIn("OWN-1", self.url_open("/my/requests").text)
        self.assertNotIn("Bearing", self.url_open(f"/my/requests/{own.id}").text)

    def test_customer_does_not_see_what_we_think(self):
        request = self._new_offer().request_ids
        self.authenticate("req_buyer", "req_buyer")
        page = self.url_open(f"/my/requests/{request.id}").text
        self.assertIn("Answered", page)
        self.assertNotIn("Sellable", page)
        self.assertNotIn(request.order_ids.name, page)
        request.order_ids.action_quotation_sent()
        self.assertIn(request.order_ids.name, self.url_open(f"/my/requests/{request.id}").text)

    def test_nobody_without_a_login(self):
        self.assertIn("/web/login", self.url_open("/my/requests/new").url)
        self.assertIn("/web/login", self.url_open("/my/requests").url)

    def test_form_without_its_token(self):
        self.authenticate("req_buyer", "req_buyer")
        before = self.requests.search_count([])
        answer = self.url_open("/my/requests/new", data={"line_name": "Bearing"})
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.requests.search_count([]), before)

    def test_tour(self):
        self.start_tour("/my", "sale_rfq_register_portal_request", login="req_buyer")
        request = self.requests.search([("partner_ref", "=", "TOUR-7")])
        self.assertEqual(request.line_ids.mapped("name"), ["Bearing", "Seal", "Motor", "Belt"])
