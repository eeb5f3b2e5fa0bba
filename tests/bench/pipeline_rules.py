"""What the regulation costs a lead, beside the same lead on core alone; time in stage; the sweep.

Run by ``make bench`` as a script of the Odoo shell, with ``ONLY=sale_pipeline_rules`` or all
addons; ``SUITE_TEMPLATE_DB`` names the database with core only, which is copied. Both are used in
turn in one process, each action in a transaction of its own that is committed, with tracking and
mail as a person causes them. Printed are medians in milliseconds, the median of the ratios of
each round, and the queries of one round. ``BENCH_ROUNDS`` makes it shorter or longer.
"""

import gc
import os
import statistics
import time

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.sql_db import close_db, db_connect

ROUNDS = int(os.environ.get("BENCH_ROUNDS", 41))
COPY = "suite_bench_core"
LEADS = (4_000, 100_000)
CHANGES = 5
INSTALLED = 50_000
CLOCKS, DUE = 1_000_000, 5_000
ACTIONS = ("create", "name", "stage", "owner", "note", "e-mail", "win")


class Side:
    """One of the two databases, with what a lead needs."""

    def __init__(self, name):
        self.cr = Registry(name).cursor()
        env = api.Environment(self.cr, SUPERUSER_ID, {})
        group = env.ref("sales_team.group_sale_salesman_all_leads")
        self.users = env["res.users"].create(
            [
                {
                    "name": login,
                    "login": login,
                    "email": f"{login}@example.com",
                    "group_ids": [Command.set(group.ids)],
                }
                for login in ("bench_one", "bench_two")
            ]
        )
        self.partner = env["res.partner"].create({"name": "Bench", "email": "b@example.com"})
        self.stages = env["crm.stage"].search([])
        if "sale.regulation" in env:
            self.approve(env)
        self.cr.commit()
        self.env = api.Environment(self.cr, self.users[0].id, {})
        self.times = {name: [] for name in ACTIONS}
        self.queries = {}

    def approve(self, env):
        """Put a regulation in force with the usual load: three norms a stage, one gate."""
        field = env["ir.model.fields"]._get("crm.lead", "partner_id")
        env["sale.regulation"].create(
            {
                "rule_ids": [
                    Command.create({"kind": "first_contact", "limit_minutes": 60}),
                    Command.create({"kind": "silence", "limit_minutes": 2400}),
                    *(
                        Command.create(
                            {
                                "kind": "stage_time",
                                "limit_minutes": 960,
                                "stage_ids": [Command.set(stage.ids)],
                            }
                        )
                        for stage in self.stages
                    ),
                    Command.create(
                        {
                            "kind": "task",
                            "limit_minutes": 480,
                            "goal": "Get the bank details",
                            "stage_ids": [Command.set(self.stages[1:3].ids)],
                        }
                    ),
                    Command.create(
                        {
                            "kind": "gate",
                            "moment": "enter",
                            "stage_ids": [Command.set(self.stages[2:].ids)],
                            "required_field_ids": [Command.set(field.ids)],
                        }
                    ),
                ]
            }
        ).action_approve()

    def measure(self, what, action):
        self.env.invalidate_all()
        before, start = self.cr.sql_log_count, time.perf_counter()
        result = action()
        self.cr.commit()
        self.times[what].append(1000 * (time.perf_counter() - start))
        self.queries[what] = self.cr.sql_log_count - before
        return result

    def play(self, what, number):
        """Do one action of the round's lead."""
        self.measure(what, lambda: getattr(self, "do_" + what.replace("-", ""))(number))

    def do_create(self, number):
        self.lead = self.env["crm.lead"].create(
            {"name": f"Lead {number}", "type": "opportunity", "partner_id": self.partner.id}
        )

    def do_name(self, number):
        self.lead.name = f"Lead {number} again"

    def do_stage(self, _number):
        self.lead.stage_id = self.stages[1]

    def do_owner(self, _number):
        self.lead.user_id = self.users[1]

    def do_note(self, _number):
        self.lead.message_post(body="A note", subtype_xmlid="mail.mt_note")

    def do_email(self, _number):
        self.lead.message_post(
            body="A letter",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner.ids,
        )

    def do_win(self, _number):
        self.lead.action_set_won()


def compare(suite, core):
    """Play the rounds on both sides, each beginning every other time, and print the ratios."""
    for number in range(ROUNDS + 3):
        gc.collect()
        for what in ACTIONS:
            for side in (suite, core) if number % 2 else (core, suite):
                side.play(what, number)
        if number < 3:  # warm caches
            for side in (suite, core):
                side.times = {name: [] for name in ACTIONS}
    print(f"  {ROUNDS} rounds; medians in ms, suite / core, and queries")
    for what in ACTIONS:
        ratios = [a / b for a, b in zip(suite.times[what], core.times[what], strict=True)]
        ms = [statistics.median(side.times[what]) for side in (suite, core)]
        more = suite.queries[what] - core.queries[what]
        print(
            f"  {what:8} {ms[0]:7.2f} {ms[1]:7.2f}  ratio {statistics.median(ratios):.3f}"
            f"  queries {suite.queries[what]} (+{more})"
        )


# -- time in stage -----------------------------------------------------------------------------

HISTORY = """
    INSERT INTO crm_lead_interval (lead_id, company_id, visit_no, stage_id, stage_seq, user_id,
           entered_at, left_at, exit_kind, cohort_on, reached_before, origin)
    SELECT lead.id, 1, n, (ARRAY{stages})[1 + n % {count}], n, 1,
           now() - (10 - n) * interval '1 day', now() - (9 - n) * interval '1 day', 'forward',
           current_date, n - 1, 'import'
      FROM crm_lead lead, generate_series(1, {changes}) n WHERE lead.name LIKE 'Past %'"""
TIMES = """
    SELECT lead_id, stage_id,
           sum(extract(epoch FROM coalesce(left_at, now() AT TIME ZONE 'utc') - entered_at))
      FROM crm_lead_interval WHERE lead_id = ANY(%s) GROUP BY 1, 2"""


def time_in_stage(suite, core):
    """Compare the history with core's duration_tracking for the same numbers of changes."""
    for count in LEADS:
        ids = make_leads(suite, count)
        stages = suite.stages.ids
        suite.cr.execute(HISTORY.format(stages=stages, count=len(stages), changes=CHANGES))
        suite.cr.execute("ANALYZE crm_lead_interval")
        ours = timed(lambda ids=ids: suite.cr.execute(TIMES, [ids]))
        suite.cr.rollback()
        if count > LEADS[0]:
            print(f"  time in stage of {count} leads × {CHANGES} changes: {ours:.2f} s")
            continue
        ids = make_leads(core, count)
        track(core, ids)
        leads = core.env["crm.lead"].browse(ids)
        theirs = timed(lambda leads=leads: leads.mapped("duration_tracking"))
        core.cr.rollback()
        print(
            f"  time in stage of {count} leads × {CHANGES} changes: {ours:.3f} s,"
            f" duration_tracking {theirs:.2f} s, {theirs / ours:.0f} times"
        )


def installation(suite):
    """Begin the history of leads that there are, as the installation does."""
    make_leads(suite, INSTALLED)
    env = api.Environment(suite.cr, SUPERUSER_ID, {})
    seconds = timed(env["crm.lead.interval"]._record_installation)
    suite.cr.execute("SELECT count(*) FROM crm_lead_interval WHERE origin = 'install'")
    [(rows,)] = suite.cr.fetchall()
    print(f"  installation on {rows} leads: {seconds:.2f} s more")
    suite.cr.rollback()


def make_leads(side, count):
    side.cr.execute(
        "INSERT INTO crm_lead (name, type, stage_id, active, user_id, create_date, won_status)"
        " SELECT 'Past ' || n, 'opportunity', %s, TRUE, %s, now() - interval '10 days', 'pending'"
        " FROM generate_series(1, %s) n RETURNING id",
        [side.stages[0].id, side.users[0].id, count],
    )
    return [lead_id for (lead_id,) in side.cr.fetchall()]


def track(side, ids):
    """Write the tracking values that core makes of changes, past the ORM."""
    field = side.env["ir.model.fields"].sudo()._get("crm.lead", "stage_id").id
    side.cr.execute(
        "INSERT INTO mail_message (model, res_id, message_type, date, create_date)"
        " SELECT 'crm.lead', id, 'notification', now() - (10 - n) * interval '1 day', now()"
        " FROM unnest(%s) id, generate_series(1, %s) n RETURNING id",
        [ids, CHANGES],
    )
    messages = [row[0] for row in side.cr.fetchall()]
    side.cr.execute(
        "INSERT INTO mail_tracking_value (field_id, mail_message_id, old_value_integer,"
        " new_value_integer, create_date)"
        " SELECT %s, m.id, %s, %s, m.date FROM mail_message m WHERE m.id = ANY(%s)",
        [field, side.stages[0].id, side.stages[1].id, messages],
    )
    side.cr.execute("ANALYZE mail_message; ANALYZE mail_tracking_value")


def timed(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


# -- sweep -------------------------------------------------------------------------------------


def sweep(suite):
    """Judge what is due among a million clocks, with violations and their evidence."""
    env = api.Environment(suite.cr, SUPERUSER_ID, {})
    rule = env["sale.regulation.rule"].search([("kind", "=", "stage_time")], limit=1)
    calendar = env.company.resource_calendar_id
    [lead_id] = make_leads(suite, 1)
    suite.cr.execute(
        "INSERT INTO sale_rule_clock (lead_id, rule_id, regulation_id, company_id, kind, visit_no,"
        " seq, user_id, calendar_id, opened_at, deadline_at, limit_minutes, used_minutes,"
        " is_of_visit, state)"
        " SELECT %s, %s, %s, 1, 'stage_time', 1, 1000 + n, %s, %s, now() - interval '5 days',"
        " now() + CASE WHEN n <= %s THEN -1 ELSE 1 END * interval '1 day', 960, 0, TRUE, 'open'"
        " FROM generate_series(1, %s) n",
        [
            lead_id,
            rule.id,
            rule.regulation_id.id,
            suite.users[0].id,
            calendar.id,
            DUE,
            CLOCKS,
        ],
    )
    suite.cr.execute("ANALYZE sale_rule_clock")
    clocks = env["sale.rule.clock"]
    judged = []
    seconds = timed(lambda: judged.append(clocks._sweep(DUE)))
    env.flush_all()
    suite.cr.execute("SELECT count(*) FROM sale_violation WHERE lead_id = %s", [lead_id])
    [(violations,)] = suite.cr.fetchall()
    print(
        f"  sweep of {CLOCKS} clocks, {judged[0]} due, {violations} violations with evidence:"
        f" {seconds:.2f} s"
    )
    suite.cr.rollback()


def administer(statement):
    cr = db_connect("postgres").cursor()
    cr._cnx.autocommit = True
    try:
        cr.execute(statement)
    finally:
        cr.close()


administer(f'DROP DATABASE IF EXISTS "{COPY}"')
administer(f'CREATE DATABASE "{COPY}" TEMPLATE "{os.environ["SUITE_TEMPLATE_DB"]}"')
try:
    core, suite = Side(COPY), Side(env.cr.dbname)  # noqa: F821 - the shell's env
    compare(suite, core)
    time_in_stage(suite, core)
    sweep(suite)
    installation(suite)
    for side in (core, suite):
        side.cr.rollback()
        side.cr.close()
finally:
    Registry.delete(COPY)
    close_db(COPY)
    administer(f'DROP DATABASE "{COPY}"')
