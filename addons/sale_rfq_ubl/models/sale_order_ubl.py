from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_repr, html2plaintext

from odoo.addons.account_edi_ubl_cii.models.account_edi_common import UOM_TO_UNECE_CODE

from .. import ubl_quotation


class SaleOrder(models.Model):
    """The offer as a UBL 2.1 Quotation, which the customer's own system reads."""

    _inherit = "sale.order"

    # === SENDING === #

    def action_download_ubl_quotation(self):
        """Make the file, register that it is given to the customer, and hand it out."""
        self.ensure_one()
        self.check_access("write")
        self._check_dispatchable()
        dispatch = self.env["sale.dispatch"].sudo().create(self._prepare_ubl_dispatch_values())
        self._on_dispatch(dispatch)
        file = dispatch.file_ids
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/web/content/{file._name}/{file.id}/content?download=true"
            f"&filename_field=name",
        }

    def _prepare_ubl_dispatch_values(self):
        file = self._create_ubl_attachment()
        return {
            **self._prepare_dispatch_values(),
            "channel": "edi",
            "recipients": self.partner_id.display_name,
            "user_id": self.env.uid,
            "receipt_requested": self._get_receipt_default(),
            "file_ids": self.env["sale.dispatch"]._prepare_file_commands(file),
        }

    def _create_ubl_attachment(self):
        """The file as an attachment of the offer."""
        self.ensure_one()
        return self.env["ir.attachment"].create(
            {
                "name": self._get_ubl_file_name(),
                "raw": self._get_ubl_quotation(),
                "mimetype": "application/xml",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _get_ubl_file_name(self):
        return f"Quotation-{self.name.replace('/', '_')}.xml"

    def _get_ubl_quotation(self):
        """The bytes of the file.

        :raise UserError: the offer has no line that could be quoted
        """
        self.ensure_one()
        order = self.with_context(lang=self._get_lang())
        quotation = ubl_quotation.Quotation(**order._prepare_ubl_quotation_values())
        if not quotation.lines:
            raise UserError(
                self.env._(
                    "Offer %(offer)s has no lines: a UBL Quotation needs at least one.",
                    offer=self.name,
                )
            )
        return ubl_quotation.build(quotation)

    # === THE HEAD === #

    def _prepare_ubl_quotation_values(self):
        base_lines, codes = self._get_ubl_base_lines(), self._get_ubl_codes()
        lines, allowances, notes = self._prepare_ubl_rows(base_lines, codes)
        requests = self.sudo().request_ids.sorted("id")
        return {
            # The number of a revised offer tells its revision.
            "number": self.name,
            "issued": self._get_ubl_day(self.offer_date or fields.Datetime.now()),
            "currency": self.currency_id.name,
            "decimals": self.currency_id.decimal_places,
            "valid_until": self.validity_date or None,
            "notes": [*filter(None, [html2plaintext(self.note or "")]), *notes],
            "seller": self._prepare_ubl_seller(),
            "buyer": self._prepare_ubl_buyer(),
            "requests": [
                (request.partner_ref or request.name, self._get_ubl_day(request.date_sent))
                for request in requests
            ],
            "replaced": self._get_ubl_replaced(),
            "contract": requests.filtered("contract_ref")[:1].contract_ref or None,
            "contract_date": requests.filtered("contract_ref")[:1].contract_date or None,
            "delivery_address": self._prepare_ubl_address(self.partner_shipping_id),
            "required_from": requests[:1].delivery_date_from or None,
            "required_to": requests[:1].delivery_date_to or None,
            "promised": self._get_ubl_day(self.commitment_date),
            **self._prepare_ubl_delivery_terms(),
            "payment_terms": self.payment_term_id.name,
            "lines": lines,
            "allowances": allowances,
            "taxes": self._prepare_ubl_taxes(base_lines.values(), codes),
            "untaxed": self._get_ubl_amount(self.amount_untaxed),
            "total": self._get_ubl_amount(self.amount_total),
            "tax_amount": self._get_ubl_amount(self.amount_tax),
        }

    def _get_ubl_replaced(self):
        """Number and day of the revision that the customer had last; ``None`` without one."""
        if not self.root_offer_id:
            return None
        sent = self.revision_ids.filtered(
            lambda order: order.revision < self.revision and order.offer_date
        )
        last = sent.sorted("revision")[-1:]
        if not last:
            return None
        words = self.env._("Replaced by %(offer)s", offer=self.name)
        return last.name, self._get_ubl_day(last.offer_date), words

    def _prepare_ubl_delivery_terms(self):
        """Incoterm and place; the order has them where deliveries are installed."""
        if "incoterm" not in self._fields:
            return {}
        return {
            "incoterm": self.incoterm.code,
            "incoterm_place": self.incoterm_location,
        }

    def _prepare_ubl_seller(self):
        partner = self.company_id.partner_id
        return ubl_quotation.Party(
            **self._prepare_ubl_party(partner),
            contact=self.user_id.name or None,
            phone=self.user_id.phone or partner.phone,
            email=self.user_id.email or partner.email,
        )

    def _prepare_ubl_buyer(self):
        company, person = self.partner_id.commercial_partner_id, self.partner_id
        return ubl_quotation.Party(
            **self._prepare_ubl_party(company),
            account=company.ref,
            contact=person.name if person != company else None,
            phone=person.phone or company.phone,
            email=person.email or company.email,
        )

    def _prepare_ubl_party(self, partner):
        return {
            "name": partner.name or partner.display_name,
            "vat": partner.vat,
            "registry": partner.company_registry,
            "address": self._prepare_ubl_address(partner),
        }

    def _prepare_ubl_address(self, partner):
        return ubl_quotation.Address(
            street=partner.street,
            street2=partner.street2,
            city=partner.city,
            zip=partner.zip,
            state=partner.state_id.name,
            country=partner.country_id.code,
        )

    def _get_ubl_day(self, moment):
        return self.company_id._get_day(moment) if moment else None

    def _get_ubl_amount(self, value):
        """An amount of the offer's currency as a decimal number."""
        return Decimal(float_repr(value, self.currency_id.decimal_places))

    # === TAXES === #

    def _get_ubl_base_lines(self):
        """Core's figures of each quoted line, rounded as the offer's totals are."""
        taxes = self.env["account.tax"]
        lines = self._get_ubl_lines()
        rows = [line._prepare_base_line_for_taxes_computation() for line in lines]
        taxes._add_tax_details_in_base_lines(rows, self.company_id)
        taxes._round_base_lines_tax_details(rows, self.company_id)
        return dict(zip(lines, rows, strict=True))

    def _get_ubl_lines(self):
        return self.order_line.with_prefetch().filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )

    def _get_ubl_tax_categories(self):
        """The category code of each tax of the lines, asked of core once."""
        edi = self.env["account.edi.common"]
        buyer, seller = self.partner_id.commercial_partner_id, self.company_id.partner_id
        order = self.sudo()
        taxes = order.order_line.tax_ids | order.term_ids.tax_ids | order.alternative_ids.tax_ids
        taxes = taxes.flatten_taxes_hierarchy()
        return {tax: edi._get_tax_category_code(buyer, seller, tax) for tax in taxes}

    def _prepare_ubl_taxes(self, base_lines, codes):
        """One entry for each tax of the lines, with the sums of its bases and amounts."""
        sums = {}
        for row in base_lines:
            for data in row["tax_details"]["taxes_data"]:
                base, amount = sums.get(data["tax"], (0, 0))
                sums[data["tax"]] = (
                    base + data["base_amount_currency"],
                    amount + data["tax_amount_currency"],
                )
        return [self._prepare_ubl_tax(tax, codes, *figures) for tax, figures in sums.items()]

    def _prepare_ubl_tax(self, tax, codes, base, amount):
        return ubl_quotation.Tax(
            name=tax.name,
            category=codes.get(tax, "S"),
            percent=Decimal(str(tax.amount)) if tax.amount_type == "percent" else None,
            base=self._get_ubl_amount(base),
            amount=self._get_ubl_amount(amount),
        )

    # === LINES === #

    def _get_ubl_codes(self):
        """What the file calls our records: units, taxes, and the customer's own articles."""
        return {
            **self._get_ubl_unit_codes(),
            **self._get_ubl_customer_codes(),
            **self._get_ubl_tax_categories(),
        }

    def _prepare_ubl_rows(self, base_lines, codes):
        """Quoted lines, discounts on the whole offer, and notes that stand above all lines.

        A heading is a note of the first line below it, a note one of the line above it.
        """
        lines, allowances, above, headings = [], [], [], []
        options = self._get_ubl_options()
        for line in self.order_line.with_prefetch():
            if line.display_type == "line_note":
                (lines[-1].notes if lines else above).append(line.name)
            elif line.display_type:
                headings.append(line.name)
            elif line not in base_lines:
                continue
            elif line.price_subtotal < 0:
                allowances.append(self._prepare_ubl_allowance(line, base_lines[line]))
            else:
                row = line._prepare_ubl_line(str(len(lines) + 1), base_lines[line], codes)
                row.notes[:0] = headings
                row.alternatives = [
                    self._prepare_ubl_option(option, f"{row.number}.{place}", codes)
                    for place, option in enumerate(options.get(line, ()), 1)
                ]
                headings = []
                lines.append(row)
        return lines, allowances, above + headings

    def _prepare_ubl_allowance(self, line, base_line):
        return ubl_quotation.Allowance(
            amount=-self._get_ubl_amount(self._get_ubl_untaxed(base_line)), reason=line.name
        )

    def _get_ubl_unit_codes(self):
        """The UN/ECE Recommendation 20 code of each unit; one unknown there is a piece."""
        units = self.order_line.product_uom_id | self.sudo().alternative_ids.product_uom_id
        xmlids = units.get_external_id()
        return {unit: UOM_TO_UNECE_CODE.get(xmlids.get(unit.id), "C62") for unit in units}

    def _get_ubl_customer_codes(self):
        """The customer's article numbers by product, where the request itself names none."""
        products = self.order_line.product_id | self.sudo().alternative_ids.product_id
        articles = (
            self.env["sale.customer.article"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", self.partner_id.commercial_partner_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("customer_code", "!=", False),
                    ("product_id", "in", products.ids),
                ],
                order="last_chosen_date nulls first, id",
            )
        )
        return {article.product_id: article.customer_code for article in articles}
