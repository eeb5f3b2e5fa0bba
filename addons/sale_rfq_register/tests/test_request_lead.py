import re

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import RequestCommon, RpcCommon


class RequestLeadCommon(RequestCommon):
    """A request of somebody whom nobody knows yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user(
            "lead_seller", "sales_team.group_sale_salesman", password="lead_seller"
        )
        cls.request = cls._new_stranger()

    @classmethod
    def _new_stranger(cls, **values):
        return cls._new_request(
            {"name": "Bearing <6204>", "quantity": 3, "uom_text": "pcs"},
            {"name": "Motor"},
            **{
                "partner_id": False,
                "user_id": cls.seller.id,
                "subject": "We need bearings",
                "sender_name": "Kowalski Maszyny",
                "sender_contact": "Marek Kowalski",
                "sender_email": "marek@kowalski.example.com",
                "sender_phone": "+48 22 555 01 23",
                "sender_vat": "PL5260001246",
                "note": "By Friday, please.\nThank you",
                **values,
            },
        )

    def _make_lead(self, request=None, user=None):
        request = request or self.request
        request.with_user(user or self.seller).action_make_lead()
        return request.opportunity_id


@tagged("post_install", "-at_install")
class TestRequestLead(RequestLeadCommon):
    def test_lead_of_a_company(self):
        lead = self._make_lead()
        self.assertRecordValues(
            lead,
            [
                {
                    "name": "We need bearings",
                    "partner_id": False,
                    "partner_name": "Kowalski Maszyny",
                    "contact_name": "Marek Kowalski",
                    "email_from": "marek@kowalski.example.com",
                    "phone": "+48 22 555 01 23",
                    "user_id": self.seller.id,
                    "team_id": self.request.team_id.id,
                    "company_id": self.request.company_id.id,
                    "campaign_id": False,
                    "medium_id": False,
                    "source_id": False,
                }
            ],
        )

    def test_description_has_the_lines(self):
        description = re.sub("</?span>", "", self._make_lead().description)
        for words in (
            "Bearing &lt;6204&gt;: 3.00 Units",
            "<li>Motor",
            "By Friday, please.",
            "PL5260001246",
        ):
            self.assertIn(words, description)

    def test_long_list_is_shortened(self):
        self.request.line_ids = [(0, 0, {"name": f"Bolt M{size}"}) for size in range(60)]
        description = self._make_lead().description
        self.assertEqual(description.count("<li>"), 51)
        self.assertIn("Further lines in the request: 12", description)

    def test_person_without_a_subject(self):
        request = self._new_stranger(
            subject=False, sender_name="Marek Kowalski", sender_contact=False, sender_vat=False
        )
        self.assertRecordValues(
            self._make_lead(request),
            [
                {
                    "name": f"Material request {request.name}",
                    "partner_name": False,
                    "contact_name": "Marek Kowalski",
                }
            ],
        )

    def test_nobodys_request_makes_nobodys_lead(self):
        request = self._new_stranger(user_id=False, team_id=False)
        self.assertRecordValues(self._make_lead(request), [{"user_id": False, "team_id": False}])

    def test_defaults_of_the_view_are_left_out(self):
        request = self.request.with_context(
            default_partner_id=self.partner.id, default_name="X", default_state="checked"
        )
        request.action_make_lead()
        self.assertFalse(self.request.opportunity_id.partner_id)

    def test_both_tell_of_each_other(self):
        lead = self._make_lead()
        self.assertIn(lead.name, self.request.message_ids[0].body)
        self.assertIn(self.request.name, lead.message_ids[0].body)

    def test_several_at_once(self):
        requests = self.request + self._new_stranger(subject="Second")
        requests.action_make_lead()
        self.assertEqual(requests.opportunity_id.mapped("name"), ["We need bearings", "Second"])

    def test_open_lead(self):
        lead = self._make_lead()
        action = self.request.with_user(self.seller).action_view_lead()
        self.assertEqual((action["res_model"], action["res_id"]), ("crm.lead", lead.id))

    def test_lead_opens_its_requests(self):
        lead = self._make_lead().with_user(self.seller)
        self.assertEqual(lead.material_request_count, 1)
        action = lead.action_view_material_requests()
        self.assertEqual(action["res_id"], self.request.id)
        self.assertFalse(lead.copy().material_request_count)


@tagged("post_install", "-at_install")
class TestRequestLeadRefused(RequestLeadCommon):
    def test_second_lead(self):
        lead = self._make_lead()
        with self.assertRaisesRegex(
            UserError, f"{self.request.name} has a lead already: open We need bearings"
        ):
            self.request.action_make_lead()
        self.assertEqual(self.request.opportunity_id, lead)

    def test_none_is_made_when_one_is_refused(self):
        self._make_lead()
        other = self._new_stranger()
        with self.assertRaises(UserError):
            (other + self.request).action_make_lead()
        self.assertFalse(other.opportunity_id)

    def test_known_customer(self):
        with self.assertRaisesRegex(UserError, "has the customer"):
            self._new_request().action_make_lead()

    def test_nameless_sender(self):
        request = self._new_stranger(sender_name=False, sender_email=False)
        with self.assertRaisesRegex(UserError, "says nothing about its sender"):
            request.action_make_lead()


@tagged("post_install", "-at_install")
class TestCustomerOfLead(RequestLeadCommon):
    def _convert(self, lead, user=None, **values):
        dialog = self.env["crm.lead2opportunity.partner"].with_user(user or self.seller)
        dialog.with_context(
            active_model="crm.lead", active_id=lead.id, active_ids=lead.ids
        ).create({"name": "convert", "action": "create", **values}).action_apply()

    def test_converted_lead_gives_its_customer(self):
        lead = self._make_lead()
        lead.type = "lead"
        self._convert(lead)
        self.assertEqual(self.request.partner_id, lead.partner_id)
        self.assertEqual(self.request.commercial_partner_id.name, "Kowalski Maszyny")
        self.assertTrue(
            self.request.message_ids.filtered(lambda m: "The customer comes from" in m.body)
        )

    def test_merged_into_an_older_one(self):
        older = self.env["crm.lead"].create(
            {
                "name": "Kowalski",
                "type": "opportunity",
                "partner_id": self.partner.id,
                "user_id": self.seller.id,
                "email_from": "marek@kowalski.example.com",
            }
        )
        lead = self._make_lead()
        lead.type = "lead"
        kept = (older + lead).with_user(self.seller).merge_opportunity()
        self.assertEqual(kept, older)
        self.assertRecordValues(
            self.request, [{"opportunity_id": older.id, "partner_id": self.partner.id}]
        )

    def test_own_customer_is_kept(self):
        lead = self._make_lead()
        self.request.partner_id = self.partner
        lead.partner_id = self.env["res.partner"].create({"name": "Other"})
        self.assertEqual(self.request.partner_id, self.partner)

    def test_who_converts_need_not_see_the_request(self):
        lead = self._make_lead()
        mate = self._new_user("lead_mate", "sales_team.group_sale_salesman")
        lead.user_id = mate
        lead.with_user(mate).partner_id = self.partner
        with self.assertRaises(AccessError):
            self.request.with_user(mate).read(["name"])
        self.assertEqual(self.request.partner_id, self.partner)

    def test_customer_of_another_company_is_not_taken(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["res.partner"].create({"name": "Foreign", "company_id": other.id})
        lead = self._make_lead()
        lead.write({"user_id": False, "team_id": False, "company_id": other.id})
        lead.partner_id = foreign
        self.assertFalse(self.request.partner_id)

    def test_create_customer_gives_him_to_the_lead(self):
        lead = self._make_lead()
        self.request.with_user(self.seller).action_create_customer()
        self.assertEqual(lead.partner_id, self.request.partner_id)
        self.assertTrue(lead.partner_id)

    def test_queries_of_other_leads(self):
        """Writing a lead asks nothing of us unless it gets a customer, and then once for all."""
        leads = self.env["crm.lead"].create([{"name": f"L{number}"} for number in range(20)])
        finder = type(self.env["sale.material.request"]).search
        asked = []
        self.patch(
            type(self.env["sale.material.request"]),
            "search",
            lambda *args, **kwargs: asked.append(1) or finder(*args, **kwargs),
        )
        leads.write({"priority": "1"})
        self.assertFalse(asked)
        leads.write({"partner_id": self.partner.id})
        self.assertEqual(len(asked), 1)


@tagged("post_install", "-at_install")
class TestLeadOfAnotherCompany(RequestLeadCommon):
    def test_lead_belongs_to_the_company_of_the_request(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.seller.company_ids += other
        request = self._new_stranger(company_id=other.id, team_id=False)
        allowed = [self.env.company.id, other.id]
        request.with_user(self.seller).with_context(allowed_company_ids=allowed).action_make_lead()
        self.assertEqual(request.opportunity_id.company_id, other)

    def test_request_of_a_company_that_is_not_ones_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        request = self._new_stranger(company_id=other.id, user_id=False, team_id=False)
        with self.assertRaises(AccessError):
            request.with_user(self.seller).action_make_lead()


@tagged("post_install", "-at_install")
class TestLeadOverRpc(RpcCommon, RequestLeadCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for login, groups in (
            ("lead_other", "sales_team.group_sale_salesman"),
            ("lead_register", "sale_rfq_register.sale_rfq_register_group_administrator"),
            ("lead_customer", "base.group_portal"),
        ):
            cls._new_user(login, groups, password=login)

    def test_who_may_not_make_a_lead(self):
        for login in ("lead_other", "lead_register", "lead_customer"):
            self.authenticate(login, login)
            self._assert_denied("sale.material.request", "action_make_lead", self.request.ids)
        self.assertFalse(self.request.opportunity_id)

    def test_seller_makes_one(self):
        self.authenticate("lead_seller", "lead_seller")
        call = ("sale.material.request", "action_make_lead", self.request.ids)
        self.assertIs(self._call(*call), True)
        self.env.invalidate_all()
        self.assertEqual(self.request.opportunity_id.user_id, self.seller)
        self.assertEqual(self._call(*call), "odoo.exceptions.UserError")
        for method in ("_prepare_lead_values", "_take_customer_of_lead"):
            self._assert_denied("sale.material.request", method, self.request.ids)
