import re

from odoo import api, fields, models
from odoo.tools import escape_psql

from ..spreadsheet_letterhead import split_address

SENDER = ("street", "street2", "zip", "city", "state_id", "country_id")
DELIVERY = ("name", *SENDER)
# "DAP Bremerhaven", "Incoterms 2020: FCA, Prague", "EXW"
INCOTERM = re.compile(
    r"\s*(?:incoterms?\W*(?:®\s*)?(?:20\d\d)?\W*)?([A-Z]{3})\b[\s,;:–-]*([^\n]*)", re.IGNORECASE
)
YEAR = re.compile(r"[\s,;(]*\(?\s*incoterms?\b[^)\n]*\)?\s*$", re.IGNORECASE)


def _normalize(text):
    return re.sub(r"[\W_]+", " ", text or "").strip().casefold()


class SaleMaterialRequest(models.Model):
    """Where the sender is, where the goods go and under which term, as far as it was understood.

    The texts stay beside it as the customer wrote them.
    """

    _inherit = "sale.material.request"

    sender_street = fields.Char(string="Street", copy=False)
    sender_street2 = fields.Char(string="Street 2", copy=False)
    sender_zip = fields.Char(string="ZIP", copy=False)
    sender_city = fields.Char(string="City", copy=False)
    sender_state_id = fields.Many2one(
        "res.country.state",
        string="State",
        domain="[('country_id', '=?', sender_country_id)]",
        copy=False,
    )
    sender_country_id = fields.Many2one("res.country", string="Country", copy=False)
    delivery_name = fields.Char(string="Recipient")
    delivery_street = fields.Char()
    delivery_street2 = fields.Char(string="Delivery Street 2")
    delivery_zip = fields.Char(string="Delivery ZIP")
    delivery_city = fields.Char()
    delivery_state_id = fields.Many2one(
        "res.country.state", domain="[('country_id', '=?', delivery_country_id)]"
    )
    delivery_country_id = fields.Many2one("res.country")
    partner_shipping_id = fields.Many2one(
        "res.partner",
        string="Delivery Contact",
        compute="_compute_partner_shipping_id",
        store=True,
        readonly=False,
        domain="[('id', 'child_of', commercial_partner_id)]",
        check_company=True,
        index="btree_not_null",
        help="The customer's address that offers deliver to. Empty until the first offer, it is"
        " found or made from the delivery address of the request.",
    )
    incoterm_id = fields.Many2one(
        "account.incoterms", help="Under which the customer wants the prices."
    )
    incoterm_location = fields.Char(string="Place of Delivery")

    @api.depends("partner_id")
    def _compute_partner_shipping_id(self):
        """An address of another customer is none of this one's."""
        for request in self:
            customer = request.partner_id.commercial_partner_id
            request.partner_shipping_id = request.partner_shipping_id.filtered(
                lambda address, customer=customer: address.commercial_partner_id == customer
            )

    # === PARTS OF AN ADDRESS === #

    @api.model
    def _get_address_fields(self):
        """Names of the fields of the sender's address and of the one for the delivery."""
        return (
            [f"sender_{part}" for part in SENDER],
            [f"delivery_{part}" for part in DELIVERY],
        )

    def _get_merged_fields(self):
        sender, delivery = self._get_address_fields()
        return (
            *super()._get_merged_fields(),
            *sender,
            *delivery,
            "partner_shipping_id",
            "incoterm_id",
            "incoterm_location",
        )

    def _is_given(self, name):
        """Parts of two addresses make none."""
        for names in self._get_address_fields():
            if name in names:
                return any(self[part] for part in names)
        if name in ("incoterm_id", "incoterm_location"):
            return bool(self.incoterm_id)
        return super()._is_given(name)

    @api.model
    def _find_country(self, code, name=None):
        """The country by its code of two letters, else by its very name in any language here."""
        countries = self.env["res.country"]
        found = countries.search([("code", "=", code.upper())], limit=1) if code else countries
        domain = [("name", "=ilike", escape_psql(name or code or ""))]
        for lang, _name in self.env["res.lang"].get_installed():
            if not found and (name or code):
                found = countries.with_context(lang=lang).search(domain, limit=1)
        return found.with_env(self.env)

    @api.model
    def _find_state(self, country, *words):
        """The state of a country by its code (``CA`` or ``US-CA``) or name."""
        words = [word.removeprefix(f"{country.code}-") for word in words if word]
        found = country.state_ids.filtered(
            lambda state: any(
                word.casefold() in (state.code.casefold(), state.name.casefold()) for word in words
            )
        )
        return found[:1]

    @api.model
    def _prepare_written_address(self, prefix, text):
        """The parts of an address that is written in one, with the country at one of its ends."""
        parts = [part.strip() for part in re.split(r"[,;\n]", text or "") if part.strip()]
        country = self.env["res.country"]
        for place in (-1, 0):
            if len(parts) > 1 and not country:
                word = parts[place]
                country = self._find_country(word if len(word) == 2 else None, word)
                if country:
                    parts.pop(place)
        found = split_address(", ".join(parts))
        return {
            f"{prefix}_street": found["street"],
            f"{prefix}_street2": found["rest"],
            f"{prefix}_zip": found["zip"],
            f"{prefix}_city": found["city"],
            f"{prefix}_country_id": country.id,
        }

    @api.model
    def _find_incoterm(self, *texts):
        """The Incoterm that one of the texts begins with, and the place that it names there.

        :return: ``(record, place)``
        """
        incoterms = self.env["account.incoterms"]
        for text in texts:
            found = INCOTERM.match(text or "")
            code = found and found[1].upper()
            incoterm = incoterms.search([("code", "=", code)], limit=1) if code else incoterms
            if incoterm:
                return incoterm, YEAR.sub("", found[2]).strip(" .,;") or False
        return incoterms, False

    # === CUSTOMER === #

    @api.model
    def _find_sender(self, company, name=None, email=None, phone=None, vat=None):
        """The customer, by tax number, e-mail and phone, or the very name; never by likeness."""
        partners = self.env["res.partner"]
        found = partners._retrieve_partner(phone=phone, email=email, vat=vat, company=company)
        if found or not name:
            return found
        named = partners.search(
            [
                *partners._check_company_domain(company),
                ("name", "=ilike", escape_psql(name)),
                ("parent_id", "=", False),
            ],
            limit=2,
        )
        return named if len(named) == 1 else partners

    def _prepare_customer_values(self):
        values = super()._prepare_customer_values()
        return {**values, **self._prepare_sender_address_values()}

    def _prepare_sender_address_values(self):
        """The parts of the address; of one in words only, the lines."""
        self.ensure_one()
        values = {
            part: self._fields[f"sender_{part}"].convert_to_write(self[f"sender_{part}"], self)
            for part in SENDER
        }
        if self.sender_address and not any(values.values()):
            first, *others = self.sender_address.split("\n")
            values.update(street=first, street2=", ".join(others))
        return values

    def _prepare_lead_sender_values(self):
        return {**super()._prepare_lead_sender_values(), **self._prepare_sender_address_values()}

    # === DELIVERY ADDRESS OF OFFERS === #

    @api.model
    def _create_joint_offers(self, groups):
        self.browse().union(*groups)._set_delivery_contact()
        orders = super()._create_joint_offers(groups)
        self._log_open_deliveries(list(zip(groups, orders, strict=True)))
        return orders

    def _prepare_offer_values(self):
        values = super()._prepare_offer_values()
        if self.partner_shipping_id:
            values["partner_shipping_id"] = self.partner_shipping_id.id
        return values

    def _prepare_joint_offer_values(self):
        values = super()._prepare_joint_offer_values()
        if self._has_different_deliveries():
            # core would take any of them
            values["partner_shipping_id"] = values["partner_id"]
        return values

    def _has_different_deliveries(self):
        return len({request.partner_shipping_id for request in self}) > 1

    def _has_different_incoterms(self):
        return len({request._get_incoterm_key() for request in self}) > 1

    def _get_incoterm_key(self):
        self.ensure_one()
        return self.incoterm_id, _normalize(self.incoterm_location)

    def _get_joint_offer_key(self):
        """Goods for two addresses, or under two terms, are two offers."""
        address = self._get_delivery_key() or self.partner_shipping_id.id
        return (*super()._get_joint_offer_key(), address, self._get_incoterm_key())

    def _set_delivery_contact(self):
        """Find each request's delivery address among those of its customer, or make it one."""
        wanted = self.filtered(
            lambda request: (
                request.partner_id
                and not request.partner_shipping_id
                and request._get_delivery_key()
            )
        )
        known = wanted._get_known_addresses()
        missing = {}
        for request in wanted:
            found = request._find_known_address(known)
            if found:
                request.partner_shipping_id = found
            else:
                key = (request.commercial_partner_id, request._get_delivery_key())
                missing[key] = missing.get(key, self.browse()) | request
        made = self.env["res.partner"].create(
            [requests[0]._prepare_delivery_contact_values() for requests in missing.values()]
        )
        for requests, contact in zip(missing.values(), made, strict=True):
            requests.partner_shipping_id = contact

    def _get_known_addresses(self):
        """Addresses by the customer that they belong to, those for deliveries first."""
        if not self:
            return {}
        partners = self.env["res.partner"].search(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("type", "in", ("delivery", "contact", "other")),
            ]
        )
        partners = partners.sorted(lambda partner: (partner.type != "delivery", partner.id))
        return partners.grouped("commercial_partner_id")

    def _find_known_address(self, known):
        """The address that says the same as the request, as far as the request says it."""
        partners = known.get(self.commercial_partner_id, self.env["res.partner"])
        return partners.filtered(
            lambda partner: (
                partner.company_id in (self.env["res.company"], self.company_id)
                and all(
                    _normalize(partner[part]) == _normalize(self[f"delivery_{part}"])
                    for part in ("street", "street2", "zip", "city")
                )
                and all(
                    self[f"delivery_{part}"] in (partner[part], partner[part].browse())
                    for part in ("state_id", "country_id")
                )
            )
        )[:1]

    def _get_delivery_key(self):
        """What tells two delivery addresses apart; empty where the request names none."""
        self.ensure_one()
        parts = [self[f"delivery_{part}"] for part in ("street", "street2", "zip", "city")]
        if not any(parts):
            return ()
        return (
            *map(_normalize, parts),
            self.delivery_state_id.id,
            self.delivery_country_id.id,
        )

    def _prepare_delivery_contact_values(self):
        """An address that names no country is in the customer's."""
        self.ensure_one()
        customer = self.commercial_partner_id
        values = {
            part: self._fields[f"delivery_{part}"].convert_to_write(self[f"delivery_{part}"], self)
            for part in DELIVERY
        }
        return {
            **values,
            "type": "delivery",
            "parent_id": customer.id,
            "company_id": customer.company_id.id,
            "country_id": values["country_id"] or customer.country_id.id,
        }

    @api.model
    def _log_open_deliveries(self, pairs):
        """Say on the offers what could not be carried over from the requests."""
        bodies = {}
        for requests, order in pairs:
            sentences = list(filter(None, requests._describe_open_delivery()))
            if sentences:
                bodies[order.id] = " ".join(sentences)
        self.env["sale.order"].browse(bodies)._message_log_batch(bodies)

    def _describe_open_delivery(self):
        """Sentences on address and term of delivery that a person has to choose."""
        return [
            self._describe_open_address(),
            self._has_different_incoterms()
            and self.env._("The requests name different Incoterms: choose the one of this offer."),
        ]

    def _describe_open_address(self):
        if self._has_different_deliveries():
            return self.env._(
                "The requests name different delivery addresses: choose the one of this offer."
            )
        written = self.filtered("delivery_address")[:1]
        if written and not self.partner_shipping_id:
            return self.env._(
                "%(request)s names a delivery address in words only: “%(address)s”. Choose the"
                " delivery address of this offer.",
                request=written.name,
                address=", ".join(written.delivery_address.split("\n")),
            )
        return False
