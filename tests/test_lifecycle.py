"""Each addon comes, is upgraded and goes, without a warning in the log and without a trace.

An addon is tried alone: on a copy of a database with Odoo's own modules, in a folder that holds
the addon and what it needs of the suite and nothing else, so that no bridge comes along; and then
all of them together, bridges too. Odoo runs as another process: installs with demo data, upgrades
with `-u`, which reads the data files again and has to end where the installation did, and
uninstalls as a person does from the list of applications.

What is a trace? Everything of which the database has more, less or other than before:

* in the schema: tables, views, columns, indexes, constraints, sequences, functions, triggers,
  extensions;
* in the rows of every table: what Odoo knows of models, fields, ids, views, actions, menus, rules
  and rights, and all that configures it: parameters, numbering, groups, who belongs to them and
  what they imply, scheduled jobs, templates, activity types, settings of companies, files.

What is no trace: new records in those models of Odoo in which people work (`BUSINESS`), with what
hangs on them. Odoo keeps such a record, although the demo made it, as soon as another refers to
it: a customer with an order stays when the addon goes that brought him, and a location in which
goods were moved. Neither is what Odoo itself forgets to cross out (`forgotten`), nor what it notes
of its own doings (`NOTEBOOKS`).
"""

import json
import re

import pytest
from test_dependency_arrows import Suite, core_modules

from i18n_update import CHECKOUT, suite_addons

TOGETHER = "all-together"

# where Odoo notes what it did, and the list of applications
NOTEBOOKS = re.compile(
    r"bus_bus|orm_signaling_\w+|ir_cron_(trigger|progress)|ir_logging|ir_module_module\w*"
)
# where people work: new records stay
BUSINESS = re.compile(
    r"account_(move|move_line|payment|partial_reconcile|full_reconcile)|calendar_(event|attendee)"
    r"|crm_(lead|lead_scoring_frequency|team|team_member)|discuss_\w+|mail_(activity|alias|followers|mail|message|notification)"
    r"|mail_compose_message|mail_tracking_value|product_(product|template|value|supplierinfo|pricelist_item)"
    r"|product_template_attribute_\w+|res_(partner|users)|res_users_\w+|sale_order|sale_order_line"
    r"|stock_(lot|move|move_line|picking|quant|reference|return_picking\w*|scrap)"
)
# what the log may say
KNOWN = (
    re.compile(r"Running as user 'root' is a security risk\.\s*"),  # in a container
    # Odoo tries to delete the records of the demo one by one and keeps those in use: what is
    # left in the end is told by the traces
    re.compile(
        r"""\S+ \S+ \d+ ERROR \S+ odoo\.sql_db: bad query: b'DELETE FROM "\w+" WHERE id IN .*
ERROR: .* violates (RESTRICT setting of )?foreign key constraint .*
DETAIL: .*"""
    ),
)
STAMP = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ [A-Z]+ )", re.M)


# -- what a database holds ---------------------------------------------------------------------

SCHEMA = {
    "relation": """
        SELECT relkind::text || ' ' || relname FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S', 'p')""",
    "column": """
        SELECT table_name || '.' || column_name || ' ' || udt_name
               || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
               || coalesce(' DEFAULT ' || column_default, '')
          FROM information_schema.columns WHERE table_schema = 'public'""",
    "index": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraint": """
        SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "function": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "trigger": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "extension": "SELECT extname FROM pg_extension",
}
LINKS = """
    SELECT conrelid::regclass::text, attname, confrelid::regclass::text
      FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND ARRAY[attnum] = conkey
     WHERE contype = 'f'"""

# columns in which Odoo notes who wrote a row last, what was there before, when stock was counted
UNTOLD = "{write_date,write_uid,arch_prev,arch_updated,last_inventory_date}"


class Snapshot:
    """What a database holds: names in its schema, rows as JSON, which columns refer where."""

    def __init__(self, schema=(), rows=(), links=()):
        self.schema, self.rows, self.links = dict(schema), dict(rows), dict(links)

    @classmethod
    def of(cls, database):
        """Look at everything in a database."""
        schema = {
            kind: {name for (name,) in database.query(text)} for kind, text in SCHEMA.items()
        }
        tables = database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = {table: dict(database.query(_rows(table))) for (table,) in tables}
        links = {}
        for table, column, target in database.query(LINKS):
            links.setdefault(table, {})[column] = target
        return cls(schema, rows, links)


def _rows(table):
    return f"""
        SELECT coalesce(row ->> 'id', row::text), (row - '{UNTOLD}'::text[])::text
          FROM (SELECT to_jsonb(t) AS row FROM "{table}" t) rows"""


# -- the checkers ------------------------------------------------------------------------------


def traces(before, after):
    """What a later snapshot has more, less or other than an earlier one, a line each."""
    lines = []
    for kind, names in after.schema.items():
        lines += [f"left: {kind} {name}" for name in sorted(names - before.schema[kind])]
        lines += [f"lost: {kind} {name}" for name in sorted(before.schema[kind] - names)]
    for table in sorted(set(before.rows) & set(after.rows)):  # new tables are told by the schema
        if not NOTEBOOKS.fullmatch(table):
            lines += _row_traces(table, before, after)
    return lines


def _row_traces(table, before, after):
    old, new = before.rows[table], after.rows[table]
    for key in sorted(set(old) - set(new)):
        yield f"lost: {table} {old[key]}"
    for key in sorted(set(new) - set(old)):
        if not _excused(table, json.loads(new[key]), before, after):
            yield f"left: {table} {new[key]}"
    for key in sorted(set(new) & set(old)):
        if new[key] != old[key]:
            if changes := _changes(json.loads(old[key]), json.loads(new[key])):
                yield f"changed: {table} {key}: {changes}"


def _changes(old, new):
    """What differs; Odoo does not tell an empty boolean from one that is false."""
    values = {
        name: [None if row.get(name) is False else row.get(name) for row in (old, new)]
        for name in sorted(set(old) | set(new))
    }
    return ", ".join(f"{name} {a!r} → {b!r}" for name, (a, b) in values.items() if a != b)


def _excused(table, row, before, after):
    """Whether a new row is a record of people's work, hangs on one, or was forgotten by Odoo."""
    if BUSINESS.fullmatch(table) or forgotten(table, row):
        return True
    if table == "stock_location":
        return row["id"] in _locations_of_moves(after)
    return any(
        BUSINESS.fullmatch(target)
        and str(number) in after.rows[target]
        and str(number) not in before.rows.get(target, ())
        for target, number in _references(table, row, after.links.get(table, {}))
    )


def _locations_of_moves(snapshot):
    """Where goods were moved stays, as their moves do."""
    moves = map(json.loads, snapshot.rows["stock_move"].values())
    return {move[end] for move in moves for end in ("location_id", "location_dest_id")}


def _references(table, row, links):
    """What a row hangs on, as table and id: a row without an id on all that it joins."""
    if "id" not in row:
        return [(target, row[column]) for column, target in links.items()]
    model = row.get("model" if table == "ir_model_data" else "res_model") or ""
    return [(model.replace(".", "_"), row.get("res_id"))]


def forgotten(table, row):
    """Whether a row is one that Odoo leaves behind for every addon.

    The name of a foreign key on a model that stays; the XML ids that modules of Odoo gave to
    what our models took over from theirs; the XML id of the addon in the list of applications.
    """
    if table == "ir_model_constraint":
        return row["type"] == "f"
    if table == "ir_model_data" and row["module"] not in suite_addons():
        inherited = ("ir.model.inherit", "ir.model.fields", "ir.model.fields.selection")
        return row["model"] in inherited or row["name"].startswith("module_")
    return False


def log_problems(log):
    """The entries of a log at level WARNING that are not known, whole."""
    entries = (entry.strip() for entry in STAMP.split(log))
    return [entry for entry in entries if entry and not any(one.fullmatch(entry) for one in KNOWN)]


# -- the addons --------------------------------------------------------------------------------

UNINSTALL = """
names = {names!r}
env["ir.module.module"].search([("name", "in", names)]).button_immediate_uninstall()
"""
# Odoo may have seen the other addons of the suite in its list: they are not there in this trial
FORGET = """
    WITH forgotten AS (DELETE FROM ir_module_module WHERE name = ANY(%s) RETURNING id)
    DELETE FROM ir_model_data
     WHERE model = 'ir.module.module' AND res_id IN (SELECT id FROM forgotten) RETURNING id"""
# a hand in the views of the addons: an upgrade that reads the data files again mends them
MEDDLE = """
    UPDATE ir_ui_view
       SET arch_db = jsonb_set(arch_db, '{en_US}', to_jsonb(arch_db ->> 'en_US' || '<!-- -->'))
     WHERE id IN (SELECT res_id FROM ir_model_data
                   WHERE model = 'ir.ui.view' AND module = ANY(%s) AND NOT noupdate)
    RETURNING id"""


class Lifecycle:
    """The addons under trial on a database, and what Odoo said about them."""

    def __init__(self, database, addons, folder):
        self.database, self.addons = database, addons
        self.paths = f"--addons-path={','.join([*_core_folders(), str(folder)])}"

    def install(self):
        """Install as into a database with demo data: Odoo asks whether all below have theirs."""
        self.database.query("UPDATE ir_module_module SET demo = true RETURNING id")
        self._run("installing", "-i", ",".join(self.addons), "--with-demo")
        rows = self.database.query(
            "SELECT name FROM ir_module_module"
            " WHERE name = ANY(%s) AND state = 'installed' AND demo",
            self.addons,
        )
        assert sorted(name for (name,) in rows) == self.addons, "not installed, or without demo"

    def upgrade(self):
        """Read the data files again."""
        self.database.query(MEDDLE, self.addons)
        self._run("upgrading", "-u", ",".join(self.addons))

    def uninstall(self):
        """Uninstall everything of ours."""
        self._run("uninstalling", script=UNINSTALL.format(names=self.addons))
        states = self.database.query(
            "SELECT name FROM ir_module_module WHERE name = ANY(%s) AND state <> 'uninstalled'",
            self.addons,
        )
        assert not states, f"still there: {states}"

    def _run(self, doing, *words, script=None):
        _output, log = self.database.odoo(self.paths, *words, script=script)
        expect_none(f"{doing} {', '.join(self.addons)}, the log says", log_problems(log))


def _core_folders():
    from odoo.tools import config

    return [path for path in config["addons_path"] if path != str(CHECKOUT / "addons")]


def expect_none(what, lines):
    """Fail with the lines, if any."""
    if lines:
        shown = "\n  ".join(line[:400] for line in lines[:60])
        pytest.fail(f"{what} ({len(lines)}):\n  {shown}", pytrace=False)


def under_trial(addon):
    """An addon with what it needs of the suite, in order of names."""
    needed = Suite(CHECKOUT / "addons", core_modules()).known_to(addon)
    return [name for name in suite_addons() if addon == TOGETHER or name in needed]


def installed_by_people():
    """The addons that somebody chooses; a bridge comes by itself where two of them meet."""
    suite = Suite(CHECKOUT / "addons", core_modules())
    return [name for name in suite_addons() if not suite.manifests[name].get("auto_install")]


@pytest.mark.parametrize("addon", [*installed_by_people(), TOGETHER])
def test_an_addon_comes_and_goes(addon, own_database, tmp_path):
    addons = under_trial(addon)
    for name in addons:
        (tmp_path / name).symlink_to(CHECKOUT / "addons" / name)
    trial = Lifecycle(own_database, addons, tmp_path)
    own_database.query(FORGET, [name for name in suite_addons() if name not in addons])
    before = Snapshot.of(own_database)

    trial.install()
    if addon == TOGETHER:
        expect_none("the demo lacks", missing_in_demo(own_database))
    installed = Snapshot.of(own_database)
    trial.upgrade()
    expect_none(f"upgrading {addon} changes", traces(installed, Snapshot.of(own_database)))
    trial.uninstall()
    expect_none(f"traces of {addon}", traces(before, Snapshot.of(own_database)))


# -- a bridge that comes later -----------------------------------------------------------------

REQUEST_OF_BEFORE = """
customer = env.ref("sale_abc_segmentation.partner_ural_demo")
assert customer.abc_class == "A"
env["sale.material.request"].create({"partner_id": customer.id, "partner_ref": "before"})
env.cr.commit()
"""
PROMISED = "SELECT id, priority, date_due FROM sale_material_request ORDER BY id"


def test_a_bridge_that_comes_later_leaves_what_was_promised(own_database, tmp_path):
    """Requests of before are as urgent as they were; those of after follow the policies."""
    bridge = "sale_rfq_abc"
    pillars = [name for name in under_trial(bridge) if name != bridge]
    for name in pillars:
        (tmp_path / name).symlink_to(CHECKOUT / "addons" / name)
    own_database.query(FORGET, [name for name in suite_addons() if name not in pillars])
    trial = Lifecycle(own_database, pillars, tmp_path)
    trial.install()
    trial._run("working with", script=REQUEST_OF_BEFORE)
    before = own_database.query(PROMISED)

    (tmp_path / bridge).symlink_to(CHECKOUT / "addons" / bridge)
    Lifecycle(own_database, [bridge], tmp_path).install()
    after = own_database.query(PROMISED)
    assert after[: len(before)] == before
    assert "1" in [priority for _id, priority, _due in after[len(before) :]]


# -- the demo shows what there is --------------------------------------------------------------

# what people find in the demo: documents in every state, and orders of every kind
DOCUMENT_STATES = {
    "sale_supply_contract": "draft to_approve in_force expired closed cancel",
    "sale_supply_contract_version": "draft requested approved rejected",
    "sale_delivery_schedule": "draft to_approve released replaced rejected",
    "sale_warranty_claim": "draft submitted accepted rejected settled cancel",
}
# orders of delivery schedules are made as confirmed ones; free goods are never invoiced
ORDER_STATES = {
    "standard": "draft sent cancel sale delivered invoiced",
    "additional_delivery": "draft sent cancel sale delivered invoiced",
    "schedule_release": "cancel sale delivered invoiced",
    "warranty_return": "draft sent cancel sale received",
    "free_replacement": "draft sent cancel sale delivered",
}
ORDERS = """
    SELECT replace(kind.name, 'sale_order_kind_', ''), unnest(ARRAY[
               o.state::text,
               CASE WHEN o.invoice_status = 'invoiced' THEN 'invoiced' END,
               CASE WHEN EXISTS (SELECT FROM stock_move move JOIN sale_order_line line
                                     ON line.id = move.sale_line_id
                                  WHERE line.order_id = o.id AND move.state = 'done')
                    THEN 'delivered' END,
               CASE WHEN EXISTS (SELECT FROM stock_move move JOIN sale_order_line line
                                     ON line.id = move.warranty_order_line_id
                                  WHERE line.order_id = o.id AND move.state = 'done')
                    THEN 'received' END])
      FROM sale_order o
      JOIN ir_model_data kind ON kind.model = 'sale.order.kind' AND kind.res_id = o.kind_id"""


def missing_in_demo(database):
    """Which states of documents, and of orders of which kind, nobody finds in the demo."""
    found = set(database.query(ORDERS))
    wanted = {(kind, state) for kind, states in ORDER_STATES.items() for state in states.split()}
    for table, states in DOCUMENT_STATES.items():
        wanted |= {(table, state) for state in states.split()}
        found |= {(table, state) for (state,) in database.query(f"SELECT state FROM {table}")}
    return sorted(f"{what}: {state}" for what, state in wanted - found)


# -- the checkers find what they are for -------------------------------------------------------


def held(schema=(), links=(), **tables):
    """A snapshot of made-up tables, whose rows have ids."""
    rows = {
        name: {str(row.get("id", row)): json.dumps(row) for row in rows}
        for name, rows in tables.items()
    }
    return Snapshot({"index": set(schema)}, rows, links)


@pytest.mark.parametrize(
    ("before", "after", "trace"),
    [
        (held(), held(schema=["a"]), "left: index a"),
        (held(schema=["a"]), held(), "lost: index a"),
        (held(ir_cron=[]), held(ir_cron=[{"id": 1}]), 'left: ir_cron {"id": 1}'),
        (held(ir_cron=[{"id": 1}]), held(ir_cron=[]), 'lost: ir_cron {"id": 1}'),
        (
            held(res_company=[{"id": 1, "name": "A"}]),
            held(res_company=[{"id": 1, "name": "B"}]),
            "changed: res_company 1: name 'A' → 'B'",
        ),
        (
            held(res_company=[{"id": 1, "pay": None, "sign": None}]),
            held(res_company=[{"id": 1, "pay": False, "sign": True}]),
            "changed: res_company 1: sign None → True",
        ),
        (
            held(res_partner=[{"id": 1, "name": "A"}]),
            held(res_partner=[{"id": 1, "name": "B"}]),
            "changed: res_partner 1: name 'A' → 'B'",
        ),
        (
            held(groups=[], res_users=[{"id": 1}]),
            held(
                groups=[{"user": 1}],
                res_users=[{"id": 1}],
                links={"groups": {"user": "res_users"}},
            ),
            'left: groups {"user": 1}',
        ),
        (
            held(ir_model_data=[]),
            held(
                ir_model_data=[
                    {"id": 1, "module": "sale", "name": "a", "model": "res.partner", "res_id": 7}
                ],
                res_partner=[],
            ),
            'left: ir_model_data {"id": 1, "module": "sale", "name": "a", "model": "res.partner",'
            ' "res_id": 7}',
        ),
    ],
)
def test_a_trace_is_found(before, after, trace):
    assert traces(before, after) == [trace]


def test_work_and_what_hangs_on_it_is_no_trace():
    before = held(groups=[], res_users=[], ir_attachment=[], bus_bus=[])
    user, picture = {"id": 7}, {"id": 1, "res_model": "res.users", "res_id": 7}
    links = {"groups": {"user": "res_users"}}
    after = held(
        links=links,
        groups=[{"user": 7}],
        res_users=[user],
        ir_attachment=[picture],
        bus_bus=[user],
    )
    assert traces(before, after) == []


REFUSED = """\
2026-01-02 03:04:05,678 9 ERROR db odoo.sql_db: bad query: b'DELETE FROM "a" WHERE id IN (1)'
ERROR: update or delete on table "a" violates foreign key constraint "a" on table "b"
DETAIL:  Key (id)=(1) is referenced from table "b".
"""
WARNING = "2026-01-02 03:04:05,678 9 WARNING db odoo.modules: no such field\nin view 7"


def test_the_log_may_only_say_what_is_known():
    log = f"Running as user 'root' is a security risk.\n{REFUSED}\n{WARNING}\n{REFUSED}"
    assert log_problems(log) == [WARNING]
    assert log_problems("Traceback: …") == ["Traceback: …"]


def test_a_state_that_the_demo_lacks_is_found():
    class Empty:
        def query(self, _text):
            return []

    lacking = missing_in_demo(Empty())
    assert "sale_warranty_claim: settled" in lacking
    assert "free_replacement: sent" in lacking
    assert len(lacking) == 47
