from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import is_html_empty

from ..exceptions import GateError
from ..rule_choice import is_for

SHOWN = 10  # leads that a refusal names; the rest are counted


class Refusal(NamedTuple):
    """A gate that a lead does not pass, with the conditions that it lacks."""

    lead: object
    rule: object
    moment: str
    conditions: tuple


class CrmLead(models.Model):
    """Gates: what must be true to enter or leave a stage, kept on every path (G4).

    They are judged after the write, on the values as written and before automation rules. People
    are refused; mail, jobs and automation pass and are recorded.
    """

    _inherit = "crm.lead"

    @api.model
    def _get_watched_fields(self):
        """A field that a gate wants may not be emptied later."""
        return super()._get_watched_fields() | self.env["sale.regulation"]._get_required_fields()

    def _follow_pipeline(self, before, after, given=()):
        super()._follow_pipeline(before, after, given)
        if self.env["sale.regulation"]._has_gates():
            self._check_gates(before, after, given)

    def _check_gates(self, before, after, given):
        """Judge the gates of all leads; refuse people, record machines.

        :raise GateError: names the leads, the rules and what is missing
        """
        refusals = []
        checks = self._prepare_gate_checks()
        for lead in self.sudo():
            facts = after[lead.id]
            if facts.company_id:
                refusals += lead._get_refusals(before.get(lead.id), facts, given, checks)
        if not refusals:
            return
        if self._is_machine():
            refusals = self._record_refusals(refusals)
        else:
            refusals = self._use_exceptions(refusals)
        if refusals:
            raise GateError(
                self._get_refusal_message(refusals),
                [
                    {
                        # a new lead is not there any more once it was refused
                        "lead_id": one.lead.id in before and one.lead.id,
                        "lead": one.lead.name,
                        "rule_id": one.rule.id,
                        "moment": one.moment,
                        "conditions": list(one.conditions),
                    }
                    for one in refusals[:SHOWN]
                ],
            )

    def action_set_lost(self, **additional_values):
        """Write the reason first: a gate asks for it as soon as the lead is closed."""
        if additional_values:
            self.write(additional_values)
        return super().action_set_lost(**additional_values)

    # === WHO === #

    def _is_machine(self):
        """Tell whether mail, a job, a visitor of the website or an automation rule writes.

        An employee or a portal partner stays a person, in sudo too.
        """
        context = self.env.context
        return (
            self.env.uid == SUPERUSER_ID
            or self.env.user._is_public()
            or bool(self.env.su and {"__action_done", "lead_from_mail"} & context.keys())
            or bool(context.get("cron_id") and not request)
        )

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A mail is never refused, whoever forwarded it."""
        return super(CrmLead, self.with_context(lead_from_mail=True)).message_new(
            msg_dict, custom_values
        )

    # === WHICH === #

    def _get_refusals(self, before, after, given, checks):
        """Return the gates that a lead does not pass, as `Refusal`s."""
        self.ensure_one()
        rules = self.env["sale.regulation"]._get_compiled(after.company_id).rules.get("gate", ())
        refusals = []
        for rule, moment in self._get_gates(rules, before, after, given):
            if rule.domain and not self.filtered_domain(rule.domain):
                continue
            conditions = self._get_missing(rule, moment, before, after, checks)
            if conditions:
                refusals.append(Refusal(self, rule, moment, tuple(conditions)))
        return refusals

    @api.model
    def _get_gates(self, rules, before, after, given):
        """Return pairs of a gate and its moment that a change touches."""
        moments = self._get_moments(before, after)
        for rule in rules:
            if rule.moment in moments and is_for(rule, moments[rule.moment].case):
                back = rule.moment == "enter" and "back" in moments
                if not back or rule.from_stage_ids:
                    yield rule, rule.moment
            elif (
                rule.moment == "enter"
                and set(rule.required_fields) & set(given)
                and after.active
                and before
                and is_for(rule, after.case)
            ):
                yield (
                    rule._replace(
                        required_fields=tuple(
                            name for name in rule.required_fields if name in given
                        ),
                        from_stage_ids=frozenset(),
                        contact_needed=False,
                        next_step_needed=False,
                    ),
                    "keep",
                )

    @api.model
    def _get_moments(self, before, after):
        """Return ``{moment: Facts for which rules are chosen}`` of a change."""
        moments = {}
        if before is None:
            moments["enter"] = after
            if after.is_won:
                moments["win"] = after
            return moments
        if before.stage_id != after.stage_id and after.active:
            moments["enter"] = after
            if after.rank[:2] > before.rank[:2]:
                moments["leave"] = before
            else:
                moments["back"] = after
        if after.is_won and not before.is_won:
            moments["win"] = before
        if after.is_lost and not before.is_lost:
            moments["lose"] = before
        if after.active and (not before.active or (before.is_won and not after.is_won)):
            moments["reopen"] = after
        if before.type == "lead" and after.type == "opportunity":
            moments["convert"] = before
        return moments

    # === WHAT IS MISSING === #

    def _prepare_gate_checks(self):
        """Return functions that answer for each lead of these, asking the database once."""
        found = {}

        def contacted():
            if "contacts" not in found:
                groups = (
                    self.env["sale.contact.event"]
                    .sudo()
                    ._read_group(
                        [
                            ("lead_id", "in", self.ids),
                            ("is_answered", "=", True),
                            ("user_id", "!=", False),  # a mail received is nobody's work yet
                        ],
                        ["lead_id", "visit_no"],
                    )
                )
                found["contacts"] = {(lead.id, visit) for lead, visit in groups}
            return found["contacts"]

        def visits():
            if "visits" not in found:
                rows = (
                    self.env["crm.lead.interval"]
                    .sudo()
                    ._read_group(
                        [("lead_id", "in", self.ids), ("origin", "!=", "merge")],
                        ["lead_id"],
                        ["visit_no:max"],
                    )
                )
                found["visits"] = {lead.id: visit for lead, visit in rows}
            return found["visits"]

        def planned():
            if "planned" not in found:
                found["planned"] = self._get_leads_with_next_step()
            return found["planned"]

        return {"contacted": contacted, "visits": visits, "planned": planned}

    def _get_leads_with_next_step(self):
        """Return the ids of those of the leads for which an activity or a meeting lies ahead."""
        activities = (
            self.env["mail.activity"]
            .sudo()
            ._read_group([("res_model", "=", "crm.lead"), ("res_id", "in", self.ids)], ["res_id"])
        )
        meetings = (
            self.env["calendar.event"]
            .sudo()
            ._read_group(
                [("opportunity_id", "in", self.ids), ("start", ">", fields.Datetime.now())],
                ["opportunity_id"],
            )
        )
        return {res_id for (res_id,) in activities} | {lead.id for (lead,) in meetings}

    def _get_missing(self, rule, moment, before, after, checks):
        """Say what a lead lacks for a gate, a text each."""
        self.ensure_one()
        missing = [
            self.env._("fill in “%s”", self._fields[name]._description_string(self.env))
            for name in rule.required_fields
            if name in self._fields and self._is_unfilled(name)
        ]
        if rule.contact_needed:
            visit = checks["visits"]().get(self.id, 0)
            # the visit that is left, when another one has begun with this write
            left = visit - (before is not None and before.stage_id != after.stage_id)
            if (self.id, left) not in checks["contacted"]():
                missing.append(self.env._("reach the customer in this stage, and log the contact"))
        if rule.next_step_needed and self.id not in checks["planned"]():
            missing.append(self.env._("plan the next step: an activity or a meeting"))
        if rule.from_stage_ids and (before is None or before.stage_id not in rule.from_stage_ids):
            stages = self.env["crm.stage"].browse(rule.from_stage_ids)
            missing.append(self.env._("come from %s", ", ".join(stages.mapped("name"))))
        return missing

    def _is_unfilled(self, name):
        value = self[name]
        return is_html_empty(value) if self._fields[name].type == "html" else not value

    @api.model
    def _get_refusal_message(self, refusals):
        """Write what people read, in an import and over RPC too."""
        moments = dict(
            self.env["sale.regulation.rule"]._fields["moment"]._description_selection(self.env)
        )
        lines = [self.env._("The sales regulation asks for more:")]
        for one in refusals[:SHOWN]:
            lines.append(
                self.env._(
                    "“%(lead)s” – %(moment)s: %(conditions)s.",
                    lead=one.lead.name,
                    moment=moments.get(one.moment) or self.env._("Stay in the Stage"),
                    conditions=", ".join(one.conditions),
                )
            )
        if len(refusals) > SHOWN:
            lines.append(self.env._("And %s more.", len(refusals) - SHOWN))
        return "\n".join(lines)

    # === MACHINES AND EXCEPTIONS === #

    @api.model
    def _record_refusals(self, refusals):
        """Record what passes by mail, job or automation; return what is refused all the same."""
        blocked = [one for one in refusals if one.rule.blocks_machines]
        if not blocked:
            self.env["sale.violation"].sudo().create(
                [self._prepare_machine_values(one) for one in refusals]
            )
        return blocked

    @api.model
    def _prepare_machine_values(self, refusal):
        lead = refusal.lead
        return {
            "kind": "non_standard",
            "rule_id": refusal.rule.id,
            "regulation_id": refusal.rule.regulation_id,
            "company_id": lead._get_pipeline_company().id,
            "user_id": lead.user_id.id,
            "lead_id": lead.id,
            "lead_name": lead.name,
            "stage_id": lead.stage_id.id,
            "moment": refusal.moment,
            "severity": refusal.rule.severity,
            "is_machine": True,
            "description": ", ".join(refusal.conditions),
        }

    @api.model
    def _use_exceptions(self, refusals):
        """Let pass once what a head has granted; return what is still refused."""
        granted = (
            self.env["sale.violation"]
            .sudo()
            .search(
                [
                    ("lead_id", "in", [one.lead.id for one in refusals]),
                    ("state", "=", "granted"),
                    ("exception_until", ">=", fields.Datetime.now()),
                    ("exception_used_on", "=", False),
                ]
            )
        )
        left = []
        for one in refusals:
            fitting = granted.filtered(
                lambda row, one=one: (
                    row.lead_id == one.lead
                    and row.rule_id.id == one.rule.id
                    and row.moment == one.moment
                )
            )[:1]
            if fitting:
                fitting.exception_used_on = fields.Datetime.now()
            else:
                left.append(one)
        return left

    def action_ask_exception(self, rule_id, moment, reason):
        """Ask a head to let a lead through a gate once.

        :return: id of the request in the register
        """
        self.ensure_one()
        self.check_access("write")
        request_row = (
            self.env["sale.violation"]
            .sudo()
            .create(
                {
                    **self._prepare_exception_values(rule_id, moment),
                    "description": reason,
                }
            )
        )
        request_row._check_text(reason)
        request_row._on_filed()
        return request_row.id

    def _prepare_exception_values(self, rule_id, moment):
        rules = self.env["sale.regulation.rule"].sudo()
        number = rule_id if isinstance(rule_id, int) else 0
        rule = rules.search([("id", "=", number), ("kind", "=", "gate")])
        if not rule:
            raise UserError(self.env._("There is no gate %s: try the move again.", rule_id))
        return {
            "kind": "non_standard",
            "rule_id": rule.id,
            "regulation_id": rule.regulation_id.id,
            "company_id": self._get_pipeline_company().id,
            "user_id": self.env.uid,
            "author_id": self.env.uid,
            "lead_id": self.id,
            "lead_name": self.name,
            "stage_id": self.stage_id.id,
            "severity": rule.severity or "minor",
            "moment": moment,
            "state": "asked",
        }
