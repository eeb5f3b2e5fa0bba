"""What a person meets: menus, their views, buttons and what these open, as the web client does.

A ``Walk`` is made for one user. It opens the actions of all menus that he sees, reads the records
with what each view asks for, and presses every button that his form or list shows. What a button
did is undone. ``problems`` says where he was refused for want of rights, or met an error; that a
document is not ready for a button (``UserError``) is an answer like any other.
"""

import ast
from contextlib import contextmanager

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests.form import Form
from odoo.tools import OrderedSet
from odoo.tools.safe_eval import safe_eval

MULTI = ("list", "kanban", "pivot", "graph", "calendar")
RECORDS = 80  # of one list, among which different ones are chosen
CHOSEN = 4  # of one list, whose forms are opened


class Undo(Exception):
    """Ends what a button did."""


class Own:
    """What the addons bring: models, and buttons in views of any model."""

    def __init__(self, env, addons):
        data = env["ir.model.data"].search([("module", "in", addons)])
        by_model = data.grouped("model")
        self.models = {
            name for name, model in env.registry.items() if model._original_module in addons
        }
        views = env["ir.ui.view"].browse(by_model["ir.ui.view"].mapped("res_id")).exists()
        self.extended = {view.model for view in views if view.model}
        self.actions = set(by_model["ir.actions.act_window"].mapped("res_id"))
        self.menus = set(by_model["ir.ui.menu"].mapped("res_id"))
        self.buttons = set()
        for view in views.filtered("model"):
            tree = etree.fromstring(view.arch_db)
            self.buttons |= {(node.get("type"), node.get("name")) for node in tree.iter("button")}


class Walk:
    def __init__(self, env, user, own):
        self.env = env(user=user, su=False, context={**user.context_get(), "lang": "en_US"})
        self.own = own
        self.problems = OrderedSet()
        self.opened = set()
        self.visited = set()  # models of core whose menu was opened, one for each
        self.pressed = set()
        self.views = {}
        self.followed = set()  # fields and models from which a document was opened

    # -- menus ----------------------------------------------------------------------------------

    def walk(self):
        for menu in self.env["ir.ui.menu"].load_menus(False).values():
            if menu.get("action_model") == "ir.actions.act_window":
                self.open_menu(menu)
        for name in sorted(self.own.models - self.visited):
            self.open_model(name)
        return list(self.problems)

    def open_model(self, name):
        """Open documents that no menu leads to, but other documents do."""
        model = self.env[name]
        if (
            model._auto
            and not model._transient
            and not model._abstract
            and model.has_access("read")
        ):
            action = {"type": "ir.actions.act_window", "res_model": name}
            self.open(action, name, depth=0)

    def open_menu(self, menu):
        action = self.load_action(menu["action_id"])
        model = action["res_model"]
        whole = menu["id"] in self.own.menus or model in self.own.models
        if not whole and (model in self.visited or model not in self.own.extended):
            return
        self.visited.add(model)
        self.open(action, f"menu {menu['name']}", depth=0, whole=whole)

    def load_action(self, action_id):
        actions = self.env["ir.actions.actions"].sudo()
        known = str(action_id).isdecimal()
        action = actions.browse(int(action_id)) if known else self.env.ref(action_id).sudo()
        return self.env[action.type].sudo().browse(action.id)._get_action_dict()

    # -- actions --------------------------------------------------------------------------------

    def open(self, action, path, depth, whole=True, active=None):
        """Open an action as the web client; of ``whole`` ones all buttons are pressed."""
        if not isinstance(action, dict) or not action.get("type"):
            return
        with self.watched(path):
            if action["type"] == "ir.actions.act_window":
                self.open_window(action, path, depth, whole, active)
            elif action["type"] == "ir.actions.report":
                self.print(action, path, active)

    def open_window(self, action, path, depth, whole, active):
        context = self.evaluate(action.get("context") or {}, self.action_values(active))
        context = {**self.active_values(active), **context}
        model = self.env[action["res_model"]].with_context(**context)
        views = self.get_views(model, action)
        if action.get("res_id"):
            found = model.browse(action["res_id"])
            self.open_forms(found, views, path, depth, whole)
        elif "form" in views["views"] and next(iter(views["views"])) == "form":
            self.fill_in(model, views, path, depth, whole)
        else:
            domain = self.evaluate(action.get("domain") or [], self.action_values(active))
            self.open_lists(model, domain, views, path, depth, whole)

    def get_views(self, model, action):
        wanted = action.get("views") or [
            (False, mode) for mode in action.get("view_mode", "list,form").split(",")
        ]
        wanted = [(view_id, "list" if mode == "tree" else mode) for view_id, mode in wanted]
        search = action.get("search_view_id")
        search = search[0] if isinstance(search, (list, tuple)) else search
        own = model._name in self.own.models or action.get("id") in self.own.actions
        if not own:
            wanted = [
                (view_id, mode) for view_id, mode in wanted if mode in ("list", "form", "kanban")
            ]
        elif not action.get("res_id"):
            wanted = [*wanted, (search, "search")]
        references = [value for name, value in model.env.context.items() if "view_ref" in name]
        key = (model._name, *map(tuple, wanted), *references)
        if key not in self.views:
            self.views[key] = model.get_views(wanted, {"action_id": action.get("id")})
        return self.views[key]

    def active_values(self, active):
        """What the web client tells an action about the records that it was called from."""
        if not active:
            return {}
        ids = {"active_id": active[:1].id, "active_ids": active.ids}
        return {**ids, "active_model": active._name}

    def action_values(self, active):
        companies = self.env.companies.ids
        values = {"uid": self.env.uid, "allowed_company_ids": companies}
        values["context"] = {**self.env.context, **values}
        if active:
            values |= {"id": active[:1].id, **self.active_values(active)}
        return values

    def evaluate(self, text, values):
        return safe_eval(text, values) if isinstance(text, str) else text

    # -- reading --------------------------------------------------------------------------------

    def open_lists(self, model, domain, views, path, depth, whole):
        trees = {mode: etree.fromstring(view["arch"]) for mode, view in views["views"].items()}
        found = model.search(domain, limit=RECORDS)
        for mode, tree in trees.items():
            with self.watched(f"{path} > {mode}"):
                if mode in MULTI:
                    getattr(self, f"read_{mode}")(model, domain, tree, views)
                elif mode == "search":
                    self.search(model, domain, tree)
        if "list" in trees and not depth:
            self.press_list(found, trees["list"], views, f"{path} > list", depth, whole)
        if "form" in trees:
            self.open_forms(found, views, path, depth, whole)

    def read_list(self, model, domain, tree, views):
        spec = self.specify(model, tree, views)
        model.web_search_read(domain, spec, limit=80, count_limit=10001)
        self.read_groups(model, domain, tree.get("default_group_by"), spec)

    read_kanban = read_list

    def read_groups(self, model, domain, group_by, spec):
        group_by = model.env.context.get("group_by") or group_by
        if group_by:
            group_by = [group_by] if isinstance(group_by, str) else group_by
            model.web_read_group(
                domain, group_by[:1], ["__count"], auto_unfold=True, unfold_read_specification=spec
            )

    def read_calendar(self, model, domain, tree, views):
        named = {
            tree.get(name)
            for name in ("date_start", "date_stop", "date_delay", "color", "all_day")
            if tree.get(name)
        }
        spec = {**self.specify(model, tree, views), **{name: {} for name in named}}
        model.web_search_read(domain, spec, limit=80)

    def read_pivot(self, model, domain, tree, views):
        nodes = [(node.get("name"), node) for node in tree.iter("field")]
        measures = [
            f"{name}:{model._fields[name].aggregator}"
            for name, node in nodes
            if node.get("type") == "measure"
        ]
        groups = [
            self.by_month(model, name)
            for name, node in nodes
            if node.get("type") in ("row", "col") or (tree.tag == "graph" and not node.get("type"))
        ]
        model.formatted_read_group(domain, groups, ["__count", *measures])

    read_graph = read_pivot

    def search(self, model, domain, tree):
        for node in tree.iter("filter"):
            values = self.action_values(None)
            if node.get("domain"):
                model.search_count([*domain, *self.evaluate_domain(node.get("domain"), values)])
            group_by = self.evaluate(node.get("context") or {}, values).get("group_by")
            group_by = group_by and self.by_month(model, group_by)
            if group_by:
                model.formatted_read_group(domain, [group_by], ["__count"])

    def by_month(self, model, name):
        """What is grouped by; properties are nobody's view."""
        field = model._fields[name.split(":")[0].split(".")[0]]
        if field.type == "properties":
            return None
        return f"{name}:month" if field.type in ("date", "datetime") and ":" not in name else name

    def evaluate_domain(self, text, values):
        """Domains of filters speak of days in words that only the web client knows."""
        try:
            return safe_eval(text, values)
        except ValueError:
            return []

    def specify(self, model, tree, views, level=2):
        """The specification by which the web client reads a view."""
        spec = {}
        for node in tree.xpath(f".//field[count(ancestor::field) = {self.depth(tree)}]"):
            name = node.get("name")
            if name not in model._fields:
                continue
            spec[name] = {**spec.get(name, {}), **self.specify_field(model, node, views, level)}
        return spec

    def depth(self, tree):
        return int(tree.xpath("count(ancestor::field)")) + (tree.tag == "field")

    def specify_field(self, model, node, views, level):
        field = model._fields[node.get("name")]
        if field.type in ("many2one", "reference"):
            return {"fields": {"display_name": {}}}
        if field.type not in ("one2many", "many2many"):
            return {}
        submodel = self.env[field.comodel_name]
        inner = {}
        for sub in node:
            if sub.tag in ("list", "kanban", "form") and level:
                inner |= self.specify(submodel, sub, views, level - 1)
        return {"fields": inner or {"display_name": {}}, "limit": 40}

    # -- forms ----------------------------------------------------------------------------------

    def open_forms(self, records, views, path, depth, whole):
        if "form" not in views["views"]:
            return
        tree = etree.fromstring(views["views"]["form"]["arch"])
        spec = self.specify(records, tree, views)
        for record in self.choose(records, tree, depth):
            here = f"{path} > {record._name}({record.id})"
            # from a button one form of a kind is enough for each status
            which = self.get_status(record) if depth else record.id
            key = (record._name, views["views"]["form"]["id"], which, bool(depth))
            if key in self.opened:
                continue
            self.opened.add(key)
            with self.watched(here):
                [values] = record.web_read(spec)
                self.follow_flow(values, here, depth)
                if depth > (1 if record._transient else 0):
                    continue  # what a button opened is looked at, not worked with
                self.press_all(record, tree, values, here, depth, whole)
                self.press_rows(record, tree, values, here, depth, whole)
                self.follow_links(record, tree, values, here, depth, whole)

    def get_status(self, record):
        """What it stands at; of what has no status, which one it is."""
        if record._transient or "state" not in record._fields:
            return record.id
        return record.sudo().state

    def follow_links(self, record, tree, values, path, depth, whole):
        """Open the documents that a form of ours names, once from each field."""
        if depth or not whole:
            return
        for node in tree.xpath(
            "//field[not(ancestor::field)][not(contains(@options, 'no_open'))]"
        ):
            name, value = node.get("name"), values.get(node.get("name"))
            field = record._fields.get(name)
            known = field is not None and field.comodel_name in self.own.models | self.own.extended
            if not known or field.type != "many2one" or not value or (field in self.followed):
                continue
            if self.is_shown(node, values):
                self.followed.add(field)
                path = f"{path} > {name}"
                with self.watched(path):
                    self.open(record[name].get_formview_action(), path, depth + 1)

    def follow_flow(self, values, path, depth):
        """Open what the tree of a document flow lists."""
        for row in (values.get("flow") or {}).get("rows", ()):
            if row["model"] not in self.followed:
                self.followed.add(row["model"])
                action = {"type": "ir.actions.act_window", "res_model": row["model"]}
                views = [(row.get("view_id", False), "form")]
                action |= {"res_id": row["id"], "views": views}
                self.open(action, f"{path} > {row['name']}", depth + 1)

    def choose(self, records, tree, depth):
        """Records that differ in what the buttons look at."""
        if len(records) < 2:
            return records
        names = self.names_in(tree, records) or ["id"]
        chosen = {}
        for values in records.read(names, load=None):
            key = tuple(
                value if records._fields[name].type in ("selection", "boolean") else bool(value)
                for name, value in values.items()
                if name != "id"
            )
            chosen.setdefault(key, values["id"])
        return records.browse(list(chosen.values())[: CHOSEN if depth == 0 else 1])

    def names_in(self, tree, records):
        """The fields that decide which buttons are shown."""
        texts = [node.get("invisible") for node in tree.iter("button") if node.get("invisible")]
        found = {
            node.id
            for text in texts
            for node in ast.walk(ast.parse(text, mode="eval"))
            if isinstance(node, ast.Name)
        }
        return sorted(name for name in found if name in records._fields)

    def fill_in(self, model, views, path, depth, whole):
        """Open an empty form; of a wizard, press its buttons as it is."""
        with self.watched(path), self.undone():
            form = Form(model, views["views"]["form"]["id"])
            if model._transient:
                try:
                    record = form.save()
                except AssertionError:  # something has to be filled in first
                    return
                self.open_forms(record, views, path, depth, whole)

    # -- buttons --------------------------------------------------------------------------------

    def press_list(self, records, tree, views, path, depth, whole):
        if not records:
            return
        spec = self.specify(records, tree, views)
        for button in tree.xpath("./header/button"):
            if self.is_wanted(button, whole, depth):
                self.press(records[:2], button, {}, path, depth)
        rows = self.choose(records, tree, depth)
        buttons = [node for node in tree.iter("button") if node.getparent().tag != "header"]
        if buttons:
            for record, values in zip(rows, rows.web_read(spec), strict=True):
                for button in buttons:
                    if self.is_wanted(button, whole, depth) and self.is_shown(button, values):
                        self.press(record, button, values, path, depth)

    def press_all(self, record, tree, values, path, depth, whole):
        for button in tree.xpath("//button[not(ancestor::field)]"):
            if self.is_wanted(button, whole, depth) and self.is_shown(button, values):
                self.press(record, button, values, path, depth)

    def press_rows(self, record, tree, values, path, depth, whole):
        for node in tree.xpath("//field[.//button][not(ancestor::field)]"):
            if not self.is_shown(node, values):
                continue
            rows = values.get(node.get("name")) or []
            submodel = self.env[record._fields[node.get("name")].comodel_name]
            for button in node.xpath("./list//button"):
                for row in rows[:3]:
                    inner = {**row, "parent": Parent(self.flat(values))}
                    if self.is_wanted(button, whole, depth) and self.is_shown(button, inner):
                        self.press(submodel.browse(row["id"]), button, inner, path, depth)

    def is_wanted(self, button, whole, depth):
        known = (button.get("type"), button.get("name"))
        return button.get("type") and (whole or known in self.own.buttons)

    def is_shown(self, node, values):
        """Whether neither the node nor what stands around it is hidden for the record."""
        values = {**self.action_values(None), **self.flat(values)}
        around = [node, *node.iterancestors()]
        fields = [one for one in around if one.tag == "field" and one is not node]
        if fields:
            around = around[: around.index(fields[0])]
        return not any(
            self.evaluate(one.get(name), values)
            for one in around
            for name in ("invisible", "column_invisible")
            if one.get(name)
        )

    def flat(self, values):
        """Values as expressions see them: ids for records."""
        return {
            name: value if isinstance(value, Parent) else self.flat_value(value)
            for name, value in values.items()
        }

    def flat_value(self, value):
        if isinstance(value, dict) and "id" in value:
            return value["id"]
        if isinstance(value, list):
            return [one["id"] if isinstance(one, dict) and "id" in one else one for one in value]
        return value

    def press(self, records, button, values, path, depth):
        name = button.get("name")
        # what an action opens is the same in each status
        status = values.get("state") if button.get("type") == "object" else None
        key = (records._name, name, button.get("context"), status)
        if key in self.pressed:
            return
        self.pressed.add(key)
        path = f"{path} > [{button.get('string') or name}] {name}"
        with self.watched(path), self.undone():
            known = {**self.flat(values), **self.action_values(records)}
            context = self.evaluate(button.get("context") or {}, known)
            if button.get("type") == "object":
                action = getattr(records.with_context(**context), name)()
            else:
                action = self.load_action(name)
                basis = self.evaluate(action.get("context") or {}, known)
                action["context"] = {
                    **basis,
                    **context,
                }
            self.env.cr.flush()
            self.open(action, path, depth + 1, active=records)

    def print(self, action, path, active):
        ids = action.get("context", {}).get("active_ids") or (active and active.ids)
        self.env["ir.actions.report"]._render_qweb_html(action["report_name"], ids)

    # -- what happens ---------------------------------------------------------------------------

    @contextmanager
    def watched(self, path):
        """Note a refusal for want of rights, and an error; hold no other one back."""
        try:
            with self.env.cr.savepoint():
                yield
        except AccessError as error:
            self.problems.add(f"{self.env.user.login}: {path}: {error}")
        except UserError:
            pass
        except Undo:
            raise
        except Exception as error:
            self.problems.add(f"{self.env.user.login}: {path}: {type(error).__name__} {error}")

    @contextmanager
    def undone(self):
        cr = self.env.cr
        try:
            with cr.savepoint():
                yield
                raise Undo
        except Undo:
            pass
        finally:
            for callbacks in (cr.precommit, cr.postcommit, cr.prerollback, cr.postrollback):
                callbacks.clear()
            self.env.clear()


class Parent(dict):
    """The record of the form, as rows of a list in it name it."""

    def __getattr__(self, name):
        return self[name]
