from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..cumulative import Zones


class SaleSupplyContract(models.Model):
    """What a contract says about its delivery schedules."""

    _inherit = "sale.supply.contract"

    schedule_lead_days = fields.Integer(
        string="Orders Made",
        default=lambda self: self.env.company.schedule_lead_days,
        help="How many days before the ship date a firm line of a schedule becomes an order.",
        aggregator=None,
    )
    schedule_frozen_days = fields.Integer(
        string="Frozen Zone",
        default=lambda self: self.env.company.schedule_frozen_days,
        help="Changes of the firm schedule within so many days from today wait for an approval; 0"
        " for none.",
        aggregator=None,
    )
    schedule_firm_days = fields.Integer(
        string="Firm Horizon",
        default=lambda self: self.env.company.schedule_firm_days,
        help="Later than so many days from today the firm schedule may change freely; 0: the"
        " tolerance holds for every day.",
        aggregator=None,
    )
    schedule_tolerance = fields.Float(
        string="Change Tolerance (%)",
        default=lambda self: self.env.company.schedule_tolerance,
        help="By how much the cumulative quantity of a firm schedule may change without an"
        " approval.",
        aggregator=None,
    )
    schedule_tolerance_days = fields.Integer(
        string="Change Tolerance (days)",
        default=lambda self: self.env.company.schedule_tolerance_days,
        help="By how many days a quantity of a firm schedule may move without an approval.",
        aggregator=None,
    )
    schedule_ids = fields.One2many("sale.delivery.schedule", "contract_id")
    schedule_count = fields.Integer(compute="_compute_schedule_count")

    _schedule_settings_positive = models.Constraint(
        "CHECK(schedule_lead_days >= 0 AND schedule_frozen_days >= 0 AND schedule_firm_days >= 0"
        " AND schedule_tolerance >= 0 AND schedule_tolerance_days >= 0)",
        "Days and tolerances of delivery schedules cannot be negative.",
    )

    def _compute_schedule_count(self):
        counted = dict(
            self.env["sale.delivery.schedule"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.schedule_count = counted.get(contract._origin, 0)

    def _get_schedule_settings(self):
        """Names of the fields that only a contract manager changes after the draft."""
        return {
            "schedule_lead_days",
            "schedule_frozen_days",
            "schedule_firm_days",
            "schedule_tolerance",
            "schedule_tolerance_days",
        }

    def write(self, vals):
        if self._get_schedule_settings() & vals.keys():
            self._check_schedule_settings()
        return super().write(vals)

    def _check_schedule_settings(self):
        decided = self.filtered(lambda contract: contract.state != "draft")
        is_manager = self.env.user.has_group("sale_order_kinds.sale_order_kinds_group_manager")
        if decided and not is_manager:
            raise AccessError(
                self.env._(
                    "Only a contract manager changes how the schedules of contract %(contract)s"
                    " are handled.",
                    contract=decided[0].name,
                )
            )

    def _get_schedule_zones(self):
        """Where a firm schedule is frozen and where it is firm, seen from today."""
        self.ensure_one()
        today = self.company_id._get_today()
        return Zones(
            frozen_until=self._get_last_day(today, self.schedule_frozen_days),
            firm_until=self._get_last_day(today, self.schedule_firm_days),
            percent=self.schedule_tolerance,
            days=self.schedule_tolerance_days,
        )

    @api.model
    def _get_last_day(self, today, days):
        return today + timedelta(days=days - 1) if days else None

    def action_open_schedules(self):
        return self._open_related(
            self.env._("Delivery Schedules of %(contract)s", contract=self.name),
            "sale.delivery.schedule",
            "contract_id",
            context={"default_contract_id": self.id},
        )
