from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestCustomer(RequestCommon):
    """The list of customers who asked: figures of what the reader may see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("custseller", "sales_team.group_sale_salesman")
        cls.mate = cls._new_user("custmate", "sales_team.group_sale_salesman")
        cls.manager = cls._new_user("custmanager", "sales_team.group_sale_manager")
        cls.contact = cls.env["res.partner"].create(
            {"name": "Buyer of it", "parent_id": cls.partner.id, "email": "it@x.example"}
        )
        belgium = cls.env.ref("base.be")
        cls.other = cls.env["res.partner"].create({"name": "Other", "country_id": belgium.id})
        cls.waiting = cls._new_request(
            {"product_id": cls.bearing.id, "quantity": 5},
            {"product_id": cls.seal.id},
            {"name": "Bread"},
            user_id=cls.seller.id,
            date_received="2026-01-05 10:00:00",
        )
        cls.waiting.action_check()
        cls.offered = cls._new_request(
            {"product_id": cls.motor.id, "quantity": 2},
            partner_id=cls.contact.id,
            user_id=cls.mate.id,
            date_received="2026-02-05 10:00:00",
        )
        cls.offered.action_check()
        cls.offered.action_create_offer()
        cls.offer = cls.offered.order_ids
        cls.single = cls._new_request({"name": "Bread"}, partner_id=cls.other.id, user_id=False)
        cls.partners = cls.partner + cls.other

    def _rows(self, user=None, domain=()):
        rows = self.env["sale.request.customer"].with_user(user or self.manager)
        rows.invalidate_model()
        return rows.search([("partner_id", "in", self.partners.ids), *domain])

    def test_figures(self):
        row, other = self._rows(domain=[]).sorted("request_count", reverse=True)
        self.assertRecordValues(
            row + other,
            [
                {
                    "partner_id": self.partner.id,
                    "company_id": self.env.company.id,
                    "request_count": 2,
                    "open_request_count": 1,
                    "waiting_line_count": 2,
                    "last_request_date": self.offered.date_received,
                    "user_id": self.mate.id,
                    "offer_count": 1,
                    "offer_amount": self.offer.amount_total,
                    "answered_share": 0.5,
                },
                {
                    "partner_id": self.other.id,
                    "company_id": self.env.company.id,
                    "request_count": 1,
                    "open_request_count": 1,
                    "waiting_line_count": 0,
                    "last_request_date": self.single.date_received,
                    "user_id": False,
                    "offer_count": 0,
                    "offer_amount": 0,
                    "answered_share": 0,
                },
            ],
        )

    def test_each_reads_his_own_figures(self):
        self.assertEqual(self._rows(self.seller).mapped("partner_id"), self.partner + self.other)
        row = self._rows(self.seller, [("partner_id", "=", self.partner.id)])
        self.assertRecordValues(
            row, [{"request_count": 1, "open_request_count": 1, "offer_count": 0}]
        )
        row = self._rows(self.mate, [("partner_id", "=", self.partner.id)])
        self.assertRecordValues(
            row, [{"request_count": 1, "open_request_count": 0, "offer_count": 1}]
        )

    def test_no_register_no_list(self):
        for groups in ("base.group_user", "account.group_account_invoice"):
            user = self._new_user(groups.replace(".", "_"), groups)
            with self.assertRaises(AccessError):
                self._rows(user)

    def test_nobody_writes(self):
        row = self._rows()[0]
        for attempt in (
            lambda: row.write({"request_count": 9}),
            lambda: row.unlink(),
            lambda: row.create({"partner_id": self.other.id}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_companies_stay_apart(self):
        second = self.env["res.company"].create({"name": "Second"})
        self._new_request({"name": "x"}, company_id=second.id, user_id=False, team_id=False)
        row = self._rows(domain=[("partner_id", "=", self.partner.id)])
        self.assertEqual(row.request_count, 2)
        self.manager.company_ids += second
        rows = self.env["sale.request.customer"].with_user(self.manager)
        rows = rows.with_context(allowed_company_ids=(self.env.company + second).ids)
        rows.invalidate_model()
        found = rows.search([("partner_id", "=", self.partner.id)])
        self.assertEqual(found.company_id, self.env.company + second)
        self.assertEqual(sorted(found.mapped("request_count")), [1, 2])

    def test_search(self):
        for domain, expected in (
            ([("open_request_count", ">", 0)], self.partner + self.other),
            ([("waiting_line_count", ">", 0)], self.partner),
            ([("offer_count", "=", 0)], self.other),
            ([("country_id", "=", self.env.ref("base.be").id)], self.other),
            ([("user_id", "=", self.mate.id)], self.partner),
            ([("last_request_date", "<", "2026-02-06")], self.partner),
            ([("asked_product_id", "=", self.motor.id)], self.partner),
            ([("asked_product_id", "ilike", "bearing")], self.partner),
            ([("asked_material", "ilike", "bread")], self.partner + self.other),
            ([("asked_material", "ilike", "gear motor")], self.partner),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(set(self._rows(domain=domain).partner_id), set(expected))
        found = self.env["sale.request.customer"].with_user(self.seller)
        found.invalidate_model()
        self.assertFalse(
            found.search([("asked_product_id", "=", self.motor.id)]), "a request of a colleague"
        )

    def test_sorted_and_grouped(self):
        rows = self.env["sale.request.customer"]
        for name in ("request_count", "offer_amount desc", "answered_share", "last_request_date"):
            rows.search([], order=name)
        groups = rows._read_group([], ["user_id"], ["request_count:sum", "offer_amount:sum"])
        self.assertTrue(groups)

    def test_revised_offer_counts_once(self):
        newer = self.offer._revise()
        newer.order_line.product_uom_qty = 10
        row = self._rows(domain=[("partner_id", "=", self.partner.id)])
        self.assertRecordValues(row, [{"offer_count": 1, "offer_amount": newer.amount_total}])
        self.assertEqual(row._get_open_offers(), newer)

    def test_merged_request_is_not_counted(self):
        double = self._new_request({"name": "y"}, user_id=self.seller.id)
        double.write({"merged_into_id": self.waiting.id, "active": False})
        row = self._rows(domain=[("partner_id", "=", self.partner.id)])
        self.assertEqual(row.request_count, 2)

    def test_buttons(self):
        row = self._rows(domain=[("partner_id", "=", self.partner.id)])
        found = self.env["sale.material.request"].search(row.action_view_requests()["domain"])
        self.assertEqual(found, self.offered + self.waiting)
        self.assertEqual(row._get_open_offers(), self.offer)
        self.assertEqual(row.action_view_partner()["res_id"], self.partner.id)

    def test_from_the_list_to_the_offers(self):
        context = {"active_model": "sale.request.customer", "active_ids": self._rows().ids}
        wizards = self.env["offer.mass.create"].with_user(self.manager).with_context(**context)
        with Form(wizards) as form:
            self.assertEqual(form.ready_count, 1)
        self.assertEqual(form.record.request_ids, self.waiting + self.single)
        form.record.action_create()
        self.assertEqual(form.record.order_ids.request_ids, self.waiting)
        self.env.invalidate_all()
        sending = self.env["offer.mass.send"].with_user(self.manager).with_context(**context)
        self.assertEqual(sending.create({}).order_ids, self.offer + form.record.order_ids)

    def test_queries_do_not_grow(self):
        rows = self.env["sale.request.customer"]
        names = ["partner_id", "request_count", "offer_amount", "user_id"]
        rows.search([]).read(names)
        self.env["sale.material.request"].create(
            [
                {"partner_id": partner.id, "line_ids": [(0, 0, {"name": "x"})]}
                for partner in self.env["res.partner"].create(
                    [{"name": f"P{number}"} for number in range(30)]
                )
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(5):
            rows.search([]).read(names)


@tagged("post_install", "-at_install")
class TestOffersInTheBrowser(RequestCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._new_user(
            "offertour", "sales_team.group_sale_manager", password="offertour"
        )
        cls.env.company.external_report_layout_id = cls.env.ref("web.external_layout_standard")

    def test_mass_tour(self):
        """From the list of customers who asked to offers that were sent."""
        buyers = self.env["res.partner"].create(
            [
                {"name": f"Tour buyer {number}", "email": f"tour{number}@example.com"}
                for number in (1, 2)
            ]
        )
        requests = self.env["sale.material.request"].create(
            [
                {
                    "partner_id": buyer.id,
                    "user_id": self.user.id,
                    "line_ids": [(0, 0, {"product_id": self.seal.id, "quantity": 3})],
                }
                for buyer in buyers
            ]
        )
        requests.action_check()
        action = self.env.ref("sale_rfq_register.sale_request_customer_action")
        self.start_tour(
            f"/odoo/action-{action.id}", "sale_rfq_register_mass_offers", login="offertour"
        )
        self.assertEqual(set(requests.order_ids.mapped("state")), {"sent"})
        self.assertEqual(requests.order_ids.partner_id, buyers)

    def test_revision_tour(self):
        """An offer is revised, changed and compared."""
        offer = self._new_offer(user_id=self.user.id)
        offer.action_quotation_sent()
        action = self.env.ref("sale.action_quotations_with_onboarding")
        self.start_tour(
            f"/odoo/action-{action.id}/{offer.id}", "sale_rfq_register_revision", login="offertour"
        )
        newer = offer.superseded_by_id
        self.assertEqual(newer.order_line.product_uom_qty, 40)
        self.assertTrue(newer.message_ids.filtered(lambda m: "They want 40" in m.body))
