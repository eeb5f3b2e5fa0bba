from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models

from ..rule_choice import Case, choose, specificity


class SaleViolation(models.Model):
    """Results per period: calls, meetings, deals of a day, week or month (G3)."""

    _inherit = "sale.violation"

    @api.model
    def _cron_periods(self, today=None):
        """Compare the periods that ended yesterday with what the rules ask of each person."""
        regulations = self.env["sale.regulation"]
        for company in self.env["res.company"].browse(regulations._get_ruled()):
            day = today or company._get_today()
            for rule in regulations._get_in_force(company).rule_ids:
                if rule.kind == "period" and self._has_ended(rule.period, day):
                    self._judge_period(rule, company, *self._get_last(rule.period, day))

    @api.model
    def _has_ended(self, period, today):
        ends = {"day": True, "week": today.weekday() == 0, "month": today.day == 1}
        return ends[period]

    @api.model
    def _get_last(self, period, today):
        """Return the first day of the period that ended, and the day after it."""
        if period == "month":
            return today - relativedelta(months=1, day=1), today.replace(day=1)
        days = 7 if period == "week" else 1
        return today - timedelta(days=days), today

    def _judge_period(self, rule, company, start, end):
        """Enter a violation for each member who stayed below the target."""
        first, last = company._get_day_start(start), company._get_day_start(end)
        since = rule.regulation_id.in_force_since
        if not since or first < since:
            return  # the period began under other rules
        members = self.env["crm.team.member"].search(
            [("crm_team_id.company_id", "in", (False, company.id))]
        )
        users = members.user_id.filtered(lambda user: company in user.company_ids)
        facts = self._measure(rule.measure, users, company, first, last)
        rules = self.env["sale.regulation"]._get_compiled(company.id).rules["period"]
        same = [one for one in rules if self._is_same_norm(one, rule)]
        for user, own in members.grouped("user_id").items():
            if user not in users or self._choose_norm(same, own) != rule.id:
                continue
            target = self._get_target(rule, user, company, first, last)
            if target is not None and facts.get(user.id, 0) < target:
                self._enter_period(rule, company, user, start, facts, target)

    @api.model
    def _choose_norm(self, rules, members):
        """Return the id of the one rule by which a person of several teams is judged, or None."""
        cases = [
            Case(False, member.crm_team_id.id, member.role_id.id, member.user_id.id)
            for member in members
        ]
        chosen = [rule for case in cases if (rule := choose(rules, case))]
        return max(chosen, key=specificity).id if chosen else None

    @api.model
    def _is_same_norm(self, compiled, rule):
        other = rule.browse(compiled.id)
        return (other.measure, other.period) == (rule.measure, rule.period)

    def _get_target(self, rule, user, company, first, last):
        """Return the target of a person, less where he worked less; None below a working day."""
        calendar, resource_id = self.env["sale.rule.clock"]._get_calendar(
            company.id, False, user.id, "person"
        )
        if not calendar:
            return rule.target
        worked = calendar._get_work_minutes(first, last, resource_id)
        if not worked:
            return None
        if not rule.is_elastic:
            return rule.target
        full = company.resource_calendar_id._get_work_minutes(first, last) or worked
        return rule.target * min(worked / full, 1)

    def _enter_period(self, rule, company, user, start, facts, target):
        key = f"{rule.period} {start}"
        known = self.search_count(
            [
                ("rule_id", "=", rule.id),
                ("user_id", "=", user.id),
                ("period_key", "=", key),
            ]
        )
        if known or rule.severity == "advice":
            return
        self.create(
            {
                "kind": "breach",
                "rule_id": rule.id,
                "regulation_id": rule.regulation_id.id,
                "company_id": company.id,
                "user_id": user.id,
                "severity": rule.severity,
                "period_key": key,
                "is_trial": bool(
                    rule.regulation_id.trial_until and start <= rule.regulation_id.trial_until
                ),
                "evidence": {
                    "rule": rule.with_context(lang="en_US").sentence,
                    "period": key,
                    "target": target,
                    "result": facts.get(user.id, 0),
                },
            }
        )

    # === MEASURES === #

    @api.model
    def _measure(self, measure, users, company, first, last):
        """Return ``{user id: result}`` of a stretch of time."""
        return getattr(self, f"_measure_{measure}")(users, company, first, last)

    @api.model
    def _count(self, model, domain, users, moment, first, last, aggregate="__count"):
        groups = self.env[model]._read_group(
            [*domain, ("user_id", "in", users.ids), (moment, ">=", first), (moment, "<", last)],
            ["user_id"],
            [aggregate],
        )
        return {user.id: value for user, value in groups}

    @api.model
    def _count_contacts(self, domain, *period):
        users, company, first, last = period
        domain = [
            *domain,
            ("company_id", "=", company.id),
            ("is_bulk", "=", False),
            ("correction_ids", "=", False),
        ]
        return self._count("sale.contact.event", domain, users, "started_at", first, last)

    @api.model
    def _measure_calls(self, *period):
        return self._count_contacts([("channel", "=", "call"), ("direction", "=", "out")], *period)

    @api.model
    def _measure_answered(self, *period):
        return self._count_contacts(
            [("channel", "=", "call"), ("direction", "=", "out"), ("is_answered", "=", True)],
            *period,
        )

    @api.model
    def _measure_meetings(self, *period):
        return self._count_contacts([("outcome", "=", "held")], *period)

    @api.model
    def _measure_new_contacts(self, *period):
        return self._count_contacts([("is_first", "=", True)], *period)

    @api.model
    def _count_exits(self, kinds, *period):
        users, company, first, last = period
        domain = [("company_id", "=", company.id), ("exit_kind", "in", kinds)]
        return self._count("crm.lead.interval", domain, users, "left_at", first, last)

    @api.model
    def _measure_closings(self, *period):
        return self._count_exits(("forward", "won"), *period)

    @api.model
    def _measure_deals(self, *period):
        return self._count_exits(("won",), *period)

    @api.model
    def _measure_amount(self, users, company, first, last):
        domain = [("company_id", "=", company.id), ("won_status", "=", "won")]
        return self._count(
            "crm.lead", domain, users, "date_closed", first, last, "expected_revenue:sum"
        )

    @api.model
    def _measure_offers(self, users, company, first, last):
        domain = [("company_id", "=", company.id), ("state", "in", ("sent", "sale"))]
        return self._count("sale.order", domain, users, "date_order", first, last)

    @api.model
    def _measure_qualified(self, users, company, first, last):
        rules = self.env["sale.regulation"]._get_in_force(company).rule_ids
        stages = rules.filtered(lambda rule: rule.kind == "stage" and rule.is_qualified).stage_ids
        domain = [("company_id", "=", company.id), ("stage_id", "in", stages.ids)]
        return self._count("crm.lead.interval", domain, users, "entered_at", first, last)
