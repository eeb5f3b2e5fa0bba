from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    material_request_ids = fields.One2many(
        "sale.material.request",
        "partner_id",
        groups="sale_rfq_register.sale_rfq_register_group_user",
    )
    material_request_count = fields.Integer(
        compute="_compute_material_request_count",
        groups="sale_rfq_register.sale_rfq_register_group_user",
    )
    offer_chance = fields.Float(
        string="Chance of His Orders",
        compute="_compute_offer_chance",
        store=True,
        readonly=False,
        copy=False,  # whoever may not see it copies contacts too
        groups="sales_team.group_sale_salesman",
        help="How this customer raises or lowers the chance of an offer, in % of the company's"
        " base chance. Kept on the company, for new offers.",
        aggregator="avg",
    )
    _offer_chance_positive = models.Constraint(
        "CHECK(offer_chance >= 0)", "The chance of a customer's orders cannot be negative."
    )
    customer_article_count = fields.Integer(
        compute="_compute_customer_article_count",
        groups="sale_rfq_register.sale_rfq_register_group_user",
    )

    @api.depends("create_date")
    def _compute_offer_chance(self):
        """A default, which a person without rights in Sales could not write with a new partner."""
        self.offer_chance = 100

    def _compute_material_request_count(self):
        """Requests of the partner and of his contacts and addresses."""
        self.material_request_count = 0
        family = self.with_context(active_test=False).search([("id", "child_of", self.ids)])
        counts = self.env["sale.material.request"]._read_group(
            [("partner_id", "in", family.ids)], ["partner_id"], ["__count"]
        )
        for partner, count in counts:
            while partner:
                if partner in self:
                    partner.material_request_count += count
                partner = partner.parent_id

    def _compute_customer_article_count(self):
        """Articles of the customer's company; a contact shows them too."""
        counts = dict(
            self.env["sale.customer.article"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.customer_article_count = counts.get(partner.commercial_partner_id, 0)

    def action_view_material_requests(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sale_rfq_register.sale_material_request_action"
        )
        return {
            **action,
            "domain": [("partner_id", "child_of", self.id)],
            "context": {"default_partner_id": self.id},
        }

    def action_view_customer_articles(self):
        self.ensure_one()
        partner = self.commercial_partner_id
        return self.env["sale.customer.article"]._get_view_action(
            [("partner_id", "=", partner.id)], partner_id=partner.id
        )
