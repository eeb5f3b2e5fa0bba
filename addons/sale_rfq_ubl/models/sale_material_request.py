from datetime import UTC, datetime, time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.account_edi_ubl_cii.models.account_edi_common import UOM_TO_UNECE_CODE

from .. import ubl_request

# UN/ECE Recommendation 20 and 21 codes that mean a piece, beside the one that core writes.
PIECE_CODES = {"EA", "H87", "NIU", "PCE", "XPP", "NAR", "ZZ"}


class SaleMaterialRequest(models.Model):
    _inherit = "sale.material.request"

    ubl_other_contents = fields.Text(
        string="Other Contents of the File",
        readonly=True,
        copy=False,
        help="What the UBL file says and the register has no field for, extensions among it.",
    )
    ubl_document_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="Documents in the UBL File",
        domain=[("res_model", "=", "sale.material.request")],
    )

    def _get_file_readers(self, name, content):
        readers = super()._get_file_readers(name, content)
        if ubl_request.is_request(content):
            readers.insert(0, self._read_ubl)
        return readers

    @api.model
    def _read_ubl(self, content):
        """Values and problems of a UBL RequestForQuotation."""
        try:
            request = ubl_request.read(content)
        except ubl_request.NotReadable as error:
            raise UserError(self._get_ubl_refusal(error)) from error
        return self._prepare_ubl_values(request), self._describe_ubl_problems(request)

    def _get_ubl_refusal(self, error):
        """A sentence on why a file cannot be read, and what to do."""
        match error.reason:
            case "too_big":
                return self.env._(
                    "The UBL file is larger than %(limit)s: ask the customer for a smaller one, or"
                    " enter what it says by hand.",
                    limit=error.detail,
                )
            case "document_type":
                return self.env._(
                    "The UBL file declares a document type, which can hide an attack and is not"
                    " read: look at it and enter by hand what it says."
                )
            case "other_document":
                return self.env._(
                    "The file is a “%(kind)s” and no RequestForQuotation: enter by hand what it"
                    " says.",
                    kind=error.detail,
                )
        return self.env._(
            "The UBL file is torn or broken (%(detail)s): ask the customer to send it again, or"
            " enter by hand what it says.",
            detail=error.detail,
        )

    def _describe_ubl_problems(self, request):
        problems = [
            self.env._(
                "%(element)s “%(value)s” makes no sense and was left out.",
                element=element,
                value=value[:100],
            )
            for element, value in request.problems
        ]
        if not request.lines:
            problems.append(self.env._("The file names no materials."))
        if request.guessed_encoding:
            problems.append(
                self.env._(
                    "The file is not in the encoding that it claims and was read as"
                    " %(encoding)s: check names and texts.",
                    encoding=request.guessed_encoding,
                )
            )
        if request.more:
            problems.append(
                self.env._(
                    "The file holds %(count)s requests, and only the first was read: ask the"
                    " customer to send each in a file of its own, or enter by hand what the"
                    " others say.",
                    count=request.more + 1,
                )
            )
        if request.is_cut:
            problems.append(
                self.env._(
                    "Only the first %(limit)s lines were read: register the others from a file of"
                    " their own.",
                    limit=ubl_request.MAX_LINES,
                )
            )
        return problems

    def _prepare_ubl_values(self, request):
        party = request.party
        return {
            **self._prepare_ubl_address_values("sender", party.place),
            **self._prepare_ubl_address_values("delivery", request.delivery_place),
            "delivery_name": request.delivery_place.name,
            **self._prepare_ubl_incoterm_values(request),
            "partner_ref": request.number,
            "date_sent": self._get_ubl_moment(request.sent),
            "date_due": request.due,
            "note": request.note,
            "currency_id": self._find_ubl_currency(request.currency).id,
            "partner_id": self._find_ubl_partner(party).id,
            "sender_name": party.name,
            "sender_contact": party.contact,
            "sender_email": party.email,
            "sender_phone": party.phone,
            "sender_vat": party.vat,
            "sender_address": party.address,
            "delivery_date_from": request.delivery_from,
            "delivery_date_to": request.delivery_to,
            "delivery_address": request.delivery_address,
            "delivery_terms": request.delivery_terms,
            "contract_ref": request.contract,
            "contract_date": request.contract_date,
            "line_ids": self._prepare_ubl_lines(request),
            "ubl_other_contents": self._join_ubl_others(request),
            "ubl_document_ids": [
                Command.create({"name": name, "raw": content, "res_model": self._name})
                for name, content in request.documents
            ],
        }

    @api.model
    def _prepare_ubl_address_values(self, prefix, place):
        country = self._find_country(place.country_code, place.country)
        return {
            f"{prefix}_street": place.street,
            f"{prefix}_street2": place.street2,
            f"{prefix}_zip": place.zip,
            f"{prefix}_city": place.city,
            f"{prefix}_state_id": self._find_state(country, place.state_code, place.state).id,
            f"{prefix}_country_id": country.id,
        }

    @api.model
    def _prepare_ubl_incoterm_values(self, request):
        """The term by its code; its place stands behind it or in an element of its own."""
        incoterm, place = self._find_incoterm(*(request.delivery_terms or "").split("\n"))
        return {
            "incoterm_id": incoterm.id,
            "incoterm_location": incoterm and (place or request.delivery_terms_place),
        }

    @api.model
    def _join_ubl_others(self, request):
        return "\n".join(f"{path}: {value}" for path, value in request.others) or False

    def _get_ubl_company(self):
        """The company that receives the request, or will."""
        given = self.env.context.get("request_file_values", {}).get("company_id")
        return self.company_id or self.env["res.company"].browse(given) or self.env.company

    def _get_ubl_moment(self, sent):
        """The time as the database keeps it; without a zone in the file it is the company's."""
        if not sent:
            return False
        if not isinstance(sent, datetime):
            sent = datetime.combine(sent, time())
        if not sent.tzinfo:
            sent = self._get_ubl_company()._get_day_zone().localize(sent)
        return sent.astimezone(UTC).replace(tzinfo=None)

    def _find_ubl_currency(self, code):
        currencies = self.env["res.currency"].with_context(active_test=False)
        return currencies.search([("name", "=", code)], limit=1) if code else currencies

    def _find_ubl_partner(self, party):
        return self._find_sender(
            self._get_ubl_company(), party.name, party.email, party.phone, party.vat
        )

    def _prepare_ubl_lines(self, request):
        units = self._get_units_by_code()
        return [
            Command.create(self._prepare_ubl_line_values(line, request, units))
            for line in request.lines
        ]

    def _prepare_ubl_line_values(self, line, request, units):
        return {
            "ubl_line_number": line.number,
            "name": line.name or line.note or self.env._("(no description)"),
            "details": self._join_ubl_details(line),
            "customer_code": line.customer_code,
            "supplier_code": line.supplier_code,
            "barcode": line.barcode,
            "quantity": float(line.quantity or 0),
            "uom_id": units.get(line.unit_code, self.env["uom.uom"]).id,
            "uom_text": line.unit_code,
            "date_required": line.required or request.delivery_to,
        }

    @api.model
    def _join_ubl_details(self, line):
        """What the customer wrote beside the name, without repeating it."""
        rows = dict.fromkeys(filter(None, [line.description, line.note]))
        rows.pop(line.name, None)
        labels = self._get_ubl_property_labels()
        rows = list(rows) + [f"{labels.get(name, name)}: {text}" for name, text in line.properties]
        return "\n".join(rows) or False

    @api.model
    def _get_ubl_property_labels(self):
        """What the standard's elements are called; the customer's own names stay as they are."""
        return {
            "BrandName": self.env._("Brand"),
            "ModelName": self.env._("Model"),
            "AdditionalInformation": self.env._("Further Information"),
            "Keyword": self.env._("Keyword"),
            "ManufacturersItemIdentification": self.env._("Manufacturer's Article"),
            "ManufacturerParty": self.env._("Manufacturer"),
            "ItemClassificationCode": self.env._("Classification"),
            "CommodityCode": self.env._("Commodity Code"),
            "OriginCountry": self.env._("Country of Origin"),
            "AdditionalItemProperty": self.env._("Property"),
        }

    @api.model
    def _get_units_by_code(self):
        """Units by their UN/ECE Recommendation 20 code."""
        units = {
            code: unit
            for xmlid, code in UOM_TO_UNECE_CODE.items()
            if (unit := self.env.ref(xmlid, raise_if_not_found=False))
        }
        piece = units.get("C62", self.env["uom.uom"])
        return {**dict.fromkeys(PIECE_CODES, piece), **units}


class SaleMaterialRequestLine(models.Model):
    _inherit = "sale.material.request.line"

    ubl_line_number = fields.Char(
        string="Customer's Line", copy=False, help="The number of the line in the UBL file."
    )
