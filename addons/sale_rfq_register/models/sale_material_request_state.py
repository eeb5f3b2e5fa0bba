from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models

WAITING = {"open", "offered"}
NAMED_LINES = 20


class SaleMaterialRequest(models.Model):
    """A request is won when each of its lines is answered, and partly won before (R6)."""

    _inherit = "sale.material.request"

    state = fields.Selection(compute="_compute_state", store=True)
    unanswered_line_count = fields.Integer(
        string="Open Lines",
        compute="_compute_state",
        store=True,
        copy=False,
        help="Lines that are in no offer in use, were not ordered and are not closed.",
    )
    offered_line_count = fields.Integer(compute="_compute_offered_line_count")
    open_lines_notice = fields.Html(compute="_compute_open_lines_notice", sanitize=False)

    @api.depends("line_ids.state", "order_ids.state")
    def _compute_state(self):
        """What people decide stays, until the lines or the orders say something else."""
        counts = self._count_lines_by_state()
        for request in self:
            answers = counts[request._origin]
            request.unanswered_line_count = answers.get("open", 0)
            request.state = request._get_state_by_lines(answers)

    def _count_lines_by_state(self):
        """``{request: {status: number of its lines}}``"""
        counts = defaultdict(dict)
        if self._origin:
            for request, state, count in self.env["sale.material.request.line"]._read_group(
                [("request_id", "in", self._origin.ids)], ["request_id", "state"], ["__count"]
            ):
                counts[request][state] = count
        return counts

    def _get_state_by_lines(self, answers):
        self.ensure_one()
        state = self._origin.state or "new"
        if "ordered" in answers or "sale" in self.sudo().order_ids.mapped("state"):
            return "partly_won" if WAITING & answers.keys() else "won"
        if state in ("won", "partly_won"):
            return "offered"  # the order was cancelled
        if state in ("new", "checked") and "offered" in answers:
            return "offered"
        return state

    @api.depends("line_ids.state")
    def _compute_offered_line_count(self):
        for request in self:
            request.offered_line_count = len(
                request.line_ids.filtered(lambda line: line.state in ("offered", "declined"))
            )

    @api.depends("line_ids.left_out_reason")
    def _compute_open_lines_notice(self):
        """Which lines are open, and why some of them cannot be offered."""
        for request in self:
            lines = request._origin.line_ids.filtered(lambda line: line.state == "open")
            request.open_lines_notice = request._describe_by_reason(lines[:NAMED_LINES])

    @api.model
    def _describe_by_reason(self, lines):
        """A list of lines, those together that the same keeps out of an offer."""
        return lines and Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
            Markup("<li>%s.</li>") % ": ".join(filter(None, [reason, names]))
            for reason, names in (
                (reason, ", ".join(same.mapped("display_name")))
                for reason, same in lines.grouped("left_out_reason").items()
            )
        )

    # === CLOSE AND REOPEN === #

    def write(self, vals):
        """Lines that nobody has answered are closed together with their request."""
        if vals.get("state") in self._closed_without_order():
            self._check_transition(vals["state"])
            self._get_unanswered_lines()._close(
                vals["state"],
                self.env["crm.lost.reason"].browse(vals.get("close_reason_id")),
                vals.get("close_note"),
            )
        return super().write(vals)

    def _get_unanswered_lines(self):
        return self.line_ids.filtered(lambda line: line.state in WAITING)

    def _get_lines_closed_with_it(self):
        return self.line_ids.filtered(
            lambda line: (
                line.closed_as == line.request_id.state
                and line.close_reason_id == line.request_id.close_reason_id
            )
        )

    def _close(self, outcome, reason, note=False):
        """Close the requests; of those that are won in part, only what is not answered."""
        partly_won = self.filtered(lambda request: request.state == "partly_won")
        partly_won._get_unanswered_lines()._close(outcome, reason, note)
        (self - partly_won).write(
            {"state": outcome, "close_reason_id": reason.id, "close_note": note}
        )

    def _close_where_nothing_waits(self, outcome, reason, note=False):
        """Close what had its last line closed, when none of its lines is offered or ordered."""
        closed = self.filtered(
            lambda request: (
                request.state in ("new", "checked", "offered")
                and set(request.line_ids.mapped("state")) <= {"lost", "no_bid", "declined"}
            )
        )
        closed.write({"state": outcome, "close_reason_id": reason.id, "close_note": note})

    # === WHAT AN OFFER LEAVES OUT === #

    def _get_left_out_lines(self):
        """Open lines that an offer leaves out."""
        open_lines = self.line_ids.filtered(lambda line: line.state == "open")
        return open_lines - self._get_offerable_lines()

    def _get_left_out_notice(self, order=None):
        """That an offer leaves lines out, before it is made or after; or ``False``."""
        left_out = self._get_left_out_lines()
        if not left_out:
            return False
        if order is None:
            return self.env._(
                "%(count)s of %(total)s lines will not be offered",
                count=len(left_out),
                total=len(left_out | self._get_offerable_lines()),
            )
        offered = order.sudo().order_line.request_line_id & self.sudo().line_ids
        return self.env._(
            "%(count)s of %(total)s lines are not in offer %(offer)s",
            count=len(left_out),
            total=len(left_out | offered),
            offer=order.name,
        )
