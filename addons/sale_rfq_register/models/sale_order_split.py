from odoo import api, fields, models
from odoo.fields import Command

from .sale_order_approval import GATE_PASSED


class SaleOrder(models.Model):
    """Lines that end with different delivery terms become orders of their own.

    An order has one delivery term. The offer keeps the term of its first line and all lines
    without one; the lines of each other term move, as they are, to a new order.
    """

    _inherit = "sale.order"

    split_from_id = fields.Many2one(
        "sale.order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The offer of which this order has the lines of one delivery term.",
        prefetch="offer",
    )
    split_order_ids = fields.One2many(
        "sale.order", "split_from_id", string="Orders by Delivery Term", copy=False
    )
    split_count = fields.Integer(compute="_compute_split_count")

    def _compute_split_count(self):
        counts = dict(
            self.env["sale.order"]
            .sudo()
            ._read_group([("split_from_id", "in", self.ids)], ["split_from_id"], ["__count"])
        )
        for order in self:
            order.split_count = counts.get(order._origin, 0)

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"split_from_id", "offer_choice_date"}

    def _get_other_parts(self):
        """The orders that came of the same offer, without this one."""
        self.ensure_one()
        origin = self.split_from_id or self
        parts = (origin | origin.split_order_ids) - self
        return parts.filtered(lambda order: order.state == "sale")

    def action_view_split_orders(self):
        """The offer and the orders of its delivery terms."""
        self.ensure_one()
        origin = self.split_from_id or self
        return (origin | origin.split_order_ids)._get_records_action(
            name=self.env._("Orders of %(offer)s", offer=origin.name),
            context={"create": False},
        )

    # === CONFIRMATION === #

    def action_confirm(self):
        termed = self.filtered(lambda order: order._get_delivery_groups())
        if not termed:
            return super().action_confirm()
        # core asks the gate first of all; after that the offer has another delivery term, or is no
        # longer whole
        passed = self.with_context(offer_gate_passed=GATE_PASSED)
        offers = passed.browse(termed.ids).sudo()
        # parts of an earlier confirmation, cancelled since, come to the gate themselves
        earlier = offers.split_order_ids
        res = super(SaleOrder, passed).action_confirm()
        (offers.split_order_ids - earlier)._confirm_part()
        return res

    def _prepare_confirmation_values(self):
        """The gate is passed and nothing of the order is procured yet: the moment to split."""
        for order in self:
            groups = order._get_delivery_groups()
            if groups:
                order._split_groups(groups)
        return super()._prepare_confirmation_values()

    def _confirm_part(self):
        """The offer has passed the gate, and its parts with it."""
        parts = self.filtered(lambda part: part.state in ("draft", "sent"))
        if parts:
            parts.write(parts._prepare_confirmation_values())
            parts._action_confirm()
            parts.filtered(lambda part: part._should_be_locked()).action_lock()
            if self.env.context.get("send_email"):
                parts._send_order_confirmation_mail()

    def _get_delivery_groups(self):
        """Lines with a delivery term by term, in the order of the offer.

        :return: ``{key of the term: sale.order.line records}``
        """
        self.ensure_one()
        lines = self.sudo().order_line.filtered("offer_term_id")
        return lines.grouped(lambda line: line.offer_term_id._get_term_key())

    def _split_groups(self, groups):
        """Move all groups but the first to orders of their own."""
        self.ensure_one()
        order = self.sudo()
        before = order.amount_untaxed
        first, *others = groups.values()
        order._write_delivery_term(first[0].offer_term_id)
        if not others:
            return
        rows = order._get_rows_by_line()
        parts = order.browse().concat(*(order._split_off(lines, rows) for lines in others))
        order._drop_empty_headings(rows)
        order._log_split(parts, before)

    def _write_delivery_term(self, term):
        values = self._prepare_delivery_term_values(term)
        if values:
            self.write(values)

    def _prepare_delivery_term_values(self, term):
        """Values of the order for its delivery term; a bridge knows where they belong."""
        return {}

    def _split_off(self, lines, rows):
        part = self.copy(self._prepare_split_values(lines))
        headings = self.env["sale.order.line"]
        moved = headings
        for line in lines:
            moved |= self._get_accompanying_lines(line, rows)
            headings |= rows[line]["headings"]
        for heading in headings:
            heading.copy({"order_id": part.id})
        for line in moved:
            line.write({"order_id": part.id, **line._get_kept_values()})
        part._write_delivery_term(lines[0].offer_term_id)
        return part

    def _prepare_split_values(self, lines):
        carried = self.copy_data({"order_line": []})[0]
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._get_split_fields()
            if name not in carried
        }
        return {
            **values,
            "order_line": [],
            "split_from_id": self.id,
            "origin": self.name,
            "request_ids": [Command.set(self._get_requests_of(lines).ids)],
            # The customer confirmed the composition of the whole offer, where it is kept.
            "confirmation_required": False,
        }

    def _get_split_fields(self):
        """Fields that core does not copy but that hold for each part of the offer."""
        return [
            "client_order_ref",
            "commitment_date",
            "validity_date",
            "reference",
            "signature",
            "signed_by",
            "signed_on",
            "offer_date",
        ]

    def _get_requests_of(self, lines):
        return lines.request_line_id.request_id or self.request_ids

    # === LINES THAT BELONG TOGETHER === #

    def _get_rows_by_line(self):
        """For each line its headings, and the notes below it."""
        rows, last = {}, self.env["sale.order.line"]
        for line in self.order_line:
            headings = line.parent_id | line.parent_id.parent_id
            rows[line] = {"headings": headings, "notes": line.browse()}
            if line.display_type == "line_note" and last and last.parent_id == line.parent_id:
                rows[last]["notes"] |= line
            elif not line.display_type:
                last = line
            elif line.display_type != "line_note":
                last = line.browse()
        return rows

    def _get_accompanying_lines(self, line, rows):
        """The line, its notes, and what is linked to it and has no delivery term of its own."""
        found = line | rows[line]["notes"]
        for linked in line.linked_line_ids.filtered(lambda linked: not linked.offer_term_id):
            found |= self._get_accompanying_lines(linked, rows)
        return found

    def _drop_empty_headings(self, rows):
        """Headings whose lines have all moved were copied with them."""
        kept = self.order_line.filtered(lambda line: not line.display_type)
        used = self.env["sale.order.line"].union(*(rows[line]["headings"] for line in kept))
        moved = [line for line in rows if not line.display_type and line not in kept]
        emptied = self.env["sale.order.line"].union(*(rows[line]["headings"] for line in moved))
        (emptied - used).unlink()

    # === TRACES === #

    def _log_split(self, parts, before):
        orders = self | parts
        total = sum(orders.mapped("amount_untaxed"))
        self.message_post(
            body=self.env._(
                "The lines end with different delivery terms. This order keeps %(terms)s; the"
                " others are in %(parts)s. Together %(total)s before taxes, as offered:"
                " %(before)s.",
                terms=self._get_delivery_term_label(),
                parts=", ".join(
                    f"{part.name} ({part._get_delivery_term_label()})" for part in parts
                ),
                total=self.currency_id.format(total),
                before=self.currency_id.format(before),
            ),
            subtype_xmlid="mail.mt_note",
        )
        for part in parts:
            part.message_post(
                body=self.env._(
                    "Split from offer %(offer)s for the delivery term %(term)s. Its sendings,"
                    " confirmations, approvals and payments are kept there.",
                    offer=self._get_html_link(),
                    term=part._get_delivery_term_label(),
                ),
                subtype_xmlid="mail.mt_note",
            )

    def _get_delivery_term_label(self):
        """The delivery term of the order, when its lines have a single one."""
        self.ensure_one()
        groups = self._get_delivery_groups()
        if len(groups) != 1:
            return False
        return next(iter(groups.values()))[0].offer_term_id.display_name

    def _get_composition_lines(self):
        """What the customer confirmed is the whole offer, also after it was split."""
        lines = super()._get_composition_lines()
        parts = self.sudo().split_order_ids
        if parts:
            lines |= parts.order_line.filtered(lambda line: not line.display_type)
            lines = lines.sorted(lambda line: (line.sequence, line.id))
        return lines
