from odoo import models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from ..locking import lock_rows

DESCRIBED_LINES = 50  # the whole list stays in the request


class SaleMaterialRequest(models.Model):
    """Requests of unknown senders that become leads first and get their customer later."""

    _inherit = "sale.material.request"

    # === ACTIONS === #

    def action_make_lead(self):
        """Make a lead of each request's unknown sender.

        :raise UserError: when a request has a lead or a customer, or names no sender
        """
        if lock_rows(self) and all(request.opportunity_id for request in self):
            return True
        for request in self:
            request._check_lead_can_be_made()
        leads = (
            self.env["crm.lead"]
            .with_context(clean_context(self.env.context))
            .create([request._prepare_lead_values() for request in self])
        )
        for request, lead in zip(self, leads, strict=True):
            request.opportunity_id = lead
        self._log_leads()
        return True

    def action_view_lead(self):
        self.ensure_one()
        return self.opportunity_id.redirect_lead_opportunity_view()

    def action_create_customer(self):
        """The lead gets the customer too, so that its conversion makes no second one."""
        res = super().action_create_customer()
        for request in self:
            lead = request.opportunity_id.sudo()
            if lead and not lead.partner_id:
                lead.partner_id = request.partner_id
        return res

    # === BUSINESS === #

    def _check_lead_can_be_made(self):
        self.ensure_one()
        if self.opportunity_id:
            raise UserError(
                self.env._(
                    "Material request %(name)s has a lead already: open %(lead)s.",
                    name=self.name,
                    lead=self.opportunity_id.sudo().display_name,
                )
            )
        if self.partner_id:
            raise UserError(
                self.env._(
                    "Material request %(name)s has the customer %(customer)s: answer it with an"
                    " offer. Leads are made of unknown senders.",
                    name=self.name,
                    customer=self.partner_id.sudo().display_name,
                )
            )
        if not self.sender_name and not self.sender_email:
            raise UserError(
                self.env._(
                    "Material request %(name)s says nothing about its sender: enter the sender's"
                    " name or e-mail.",
                    name=self.name,
                )
            )

    def _prepare_lead_values(self):
        self.ensure_one()
        return {
            "name": self.subject or self.env._("Material request %(name)s", name=self.name),
            **self._prepare_lead_sender_values(),
            "description": self._render_lead_description(),
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            # core would take them from the cookies of the person who presses the button
            "campaign_id": False,
            "medium_id": False,
            "source_id": False,
        }

    def _prepare_lead_sender_values(self):
        """The sender is a company when it has a tax ID or a contact person besides."""
        is_company = bool(self.sender_vat or self.sender_contact)
        return {
            "partner_name": is_company and self.sender_name,
            "contact_name": self.sender_contact if is_company else self.sender_name,
            "email_from": self.sender_email,
            "phone": self.sender_phone,
        }

    def _render_lead_description(self):
        """What was asked for, in the language of the one who makes the lead."""
        values = {
            "asked": self,  # QWeb takes `request` for itself
            "lines": self.line_ids[:DESCRIBED_LINES],
            "more": max(len(self.line_ids) - DESCRIBED_LINES, 0),
        }
        template = "sale_rfq_register.material_request_lead_description"
        return self.env["ir.qweb"]._render(template, values)

    def _log_leads(self):
        self._message_log_batch(
            {
                request.id: self.env._(
                    "Lead %(lead)s made of the sender.",
                    lead=request.opportunity_id._get_html_link(),
                )
                for request in self
            }
        )
        self.opportunity_id._message_log_batch(
            {
                request.opportunity_id.id: self.env._(
                    "Made from %(requests)s.", requests=request._get_html_link()
                )
                for request in self
            }
        )

    def _take_customer_of_lead(self, customer):
        """Give the lead's customer to those that have none and whose company may use him."""
        takers = self.filtered(
            lambda request: (
                not request.partner_id
                and (not customer.company_id or customer.company_id == request.company_id)
            )
        )
        takers.write({"partner_id": customer.id})
        takers._message_log_batch(
            {
                request.id: self.env._(
                    "The customer comes from %(lead)s.",
                    lead=request.opportunity_id._get_html_link(),
                )
                for request in takers
            }
        )
