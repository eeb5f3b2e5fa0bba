from datetime import date

from odoo.tests import Form, tagged

from .common import RequestPolicyCommon

DAY = date(2026, 5, 4)
RECEIVED = "2026-03-04 05:00:00"  # Wednesday at ten


@tagged("post_install", "-at_install")
class TestRequestPolicy(RequestPolicyCommon):
    """The policy fills in what nobody has entered, and nothing else."""

    def _new(self, partner, **values):
        return self._new_request(partner_id=partner.id, date_received=RECEIVED, **values)

    def test_policy_of_the_customer(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.key.id})
        for partner in (self.key, contact):
            request = self._new(partner)
            self.assertRecordValues(
                request,
                [
                    {
                        "service_policy_id": self.policy.id,
                        "partner_abc_cell": "A",
                        "priority": "1",
                        "date_due": date(2026, 3, 4),
                    }
                ],
            )

    def test_without_a_policy(self):
        self.assertRecordValues(
            self._new(self.plain),
            [{"service_policy_id": False, "priority": "0", "date_due": False}],
        )

    def test_policy_that_states_nothing(self):
        self.policy.write({"priority": "0", "response_hours": 0})
        self.assertRecordValues(self._new(self.key), [{"priority": "0", "date_due": False}])

    def test_policy_of_all_is_none_of_an_unknown_sender(self):
        self.policy.copy({"name": "All", "abc_class": False})
        self.assertEqual(self._new(self.plain).priority, "1")
        unknown = self._new(self.env["res.partner"], sender_name="Somebody")
        self.assertRecordValues(
            unknown, [{"service_policy_id": False, "priority": "0", "date_due": False}]
        )

    def test_what_was_entered_stays(self):
        request = self._new(self.key, priority="0", date_due=DAY)
        self.assertRecordValues(request, [{"priority": "0", "date_due": DAY}])
        request.partner_id = self.plain
        request.partner_id = self.key
        self.assertRecordValues(request, [{"priority": "0", "date_due": DAY}])

    def test_what_was_changed_stays(self):
        request = self._new(self.key)
        request.write({"priority": "0", "date_due": False})
        request.write({"date_received": "2026-03-09 05:00:00", "partner_id": self.plain.id})
        request.partner_id = self.key
        self.assertRecordValues(request, [{"priority": "0", "date_due": False}])

    def test_customer_found_later(self):
        request = self._new(self.env["res.partner"], sender_name="Somebody")
        request.partner_id = self.key
        self.assertRecordValues(request, [{"priority": "1", "date_due": date(2026, 3, 4)}])

    def test_customer_found_later_and_values_entered(self):
        request = self._new(self.env["res.partner"], priority="1", date_due=DAY)
        request.partner_id = self.plain
        self.assertRecordValues(request, [{"priority": "1", "date_due": DAY}])
        request.partner_id = self.key
        self.assertEqual(request.date_due, DAY)

    def test_another_customer(self):
        """What the policy gave goes with the customer for whom it gave it."""
        request = self._new(self.key)
        request.partner_id = self.plain
        self.assertRecordValues(request, [{"priority": "0", "date_due": False}])

    def test_received_on_another_day(self):
        request = self._new(self.key)
        request.date_received = "2026-03-06 12:00:00"
        self.assertEqual(request.date_due, date(2026, 3, 9))

    def test_class_that_changes_leaves_what_was_promised(self):
        request = self._new(self.key)
        self._set_class(self.key, "C")
        self.assertRecordValues(
            request,
            [{"service_policy_id": False, "priority": "1", "date_due": date(2026, 3, 4)}],
        )

    def test_copy_is_answered_anew(self):
        request = self._new(self.key)
        self.assertEqual(request.copy({"date_received": "2026-03-09 05:00:00"}).date_due.day, 9)

    def test_parts_are_as_urgent_as_the_whole(self):
        lines = [{"name": "One"}, {"name": "Two"}]
        whole = self._new_request(*lines, partner_id=self.key.id, priority="0")
        whole.date_due = DAY
        part = whole._split(whole.line_ids[1])
        self.assertRecordValues(part, [{"priority": "0", "date_due": DAY}])

    def test_merged_requests_keep_the_day_of_the_customer(self):
        """Whichever request is kept: a day that somebody gave counts more than the policy's."""
        for days in (("2026-05-01", False), (False, "2026-05-01")):
            merged = self.env["sale.material.request"].concat(
                *(self._new(self.key, date_due=day) for day in days)
            )
            merged.action_merge()
            self.assertEqual(str(merged.filtered("active").date_due), "2026-05-01")

    # === FORM === #

    def test_form_shows_it_when_the_customer_is_chosen(self):
        form = Form(self.env["sale.material.request"])
        form.date_received = RECEIVED
        form.partner_id = self.key
        self.assertEqual((form.priority, form.date_due), ("1", date(2026, 3, 4)))
        form.partner_id = self.plain
        self.assertEqual((form.priority, form.date_due), ("0", False))
        form.partner_id = self.key
        request = form.save()
        self.assertRecordValues(request, [{"priority": "1", "date_due": date(2026, 3, 4)}])

    def test_form_keeps_what_is_typed(self):
        form = Form(self.env["sale.material.request"])
        form.date_due = DAY
        form.partner_id = self.key
        form.priority = "0"
        self.assertEqual(form.date_due, DAY)
        self.assertRecordValues(form.save(), [{"priority": "0", "date_due": DAY}])

    # === COMPANIES === #

    def test_each_company_has_its_own_classes_and_policies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["ir.sequence"].search([("code", "=", "sale.material.request")], limit=1).copy(
            {"company_id": other.id}
        )
        own = self.policy.copy(
            {"name": "Of the other", "company_id": other.id, "abc_class": "B", "priority": "0"}
        )
        self._set_class(self.key, "B", other)
        requests = self._new(self.key) | self._new(self.key, company_id=other.id)
        for company in (self.company, other):
            self.env.invalidate_all()
            self.assertRecordValues(
                requests.with_company(company),
                [
                    {
                        "service_policy_id": self.policy.id,
                        "partner_abc_cell": "A",
                        "priority": "1",
                    },
                    {"service_policy_id": own.id, "partner_abc_cell": "B", "priority": "0"},
                ],
            )

    # === SEARCH AND COST === #

    def test_found_and_grouped_by_class(self):
        requests = self._new(self.key) | self._new(self.plain)
        domain = [("id", "in", requests.ids)]
        model = self.env["sale.material.request"]
        found = model.search([*domain, ("partner_abc_class", "=", "A")])
        self.assertEqual(found, requests[:1])
        groups = model._read_group(domain, ["partner_abc_class"], ["__count"])
        self.assertEqual(dict(groups), {"A": 1, False: 1})

    def _new_many(self, count):
        """Requests of as many customers, received at as many moments."""
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(count)]
        )
        self.policy.copy({"name": "All", "abc_class": False})
        self.env.invalidate_all()
        return [
            {"partner_id": customer.id, "date_received": f"2026-03-{1 + number % 28:02} 05:00:00"}
            for number, customer in enumerate(customers)
        ]

    def _count(self, job, requests):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        job(requests)
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_requests(self):
        """What the policy asks the database, for few and many; core's own cost is apart."""
        model = self.env["sale.material.request"]
        requests = model.create(self._new_many(40))
        self.assertEqual(set(requests.mapped("priority")), {"1"})

        def shown(ones):
            ones.read(["priority", "date_due", "service_policy_id", "partner_abc_cell"])

        def received_later(ones):
            ones.date_received = "2026-04-11 05:00:00"

        def another_customer(ones):
            ones.partner_id = self.key

        def made(ones):
            model._add_precomputed_values(
                [
                    {"partner_id": one.partner_id.id, "date_received": one.date_received}
                    for one in ones
                ]
            )

        for job in (shown, received_later, another_customer, made):
            with self.subTest(job=job.__name__):
                few = self._count(job, requests[:4])
                self.assertEqual(self._count(job, requests[4:]), few)
