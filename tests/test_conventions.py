"""What every addon of the suite has, looked up in the database and in the folders."""

import ast
import re

import pytest

from i18n_update import CHECKOUT, suite_addons

ADDONS = suite_addons()
# of one whole, so that their sum says how much of it
SHARES = {"sale.abc.result.share"}


def models_of(env, addon):
    """The models that an addon brings, in order of names."""
    found = env["ir.model"].search([], order="model")
    return [
        env[model.model]
        for model in found
        if model.model in env and env[model.model]._original_module == addon
    ]


def stored_models_of(env, addon):
    """Those with a table that people's rights decide on."""
    models = models_of(env, addon)
    return [model for model in models if model._auto and not model._abstract]


def stored_models_of_any(env):
    """Every model with records that stay, whoever brings it."""
    return [
        model
        for model in env.values()
        if model._auto and not model._abstract and not model._transient
    ]


def names(models):
    """Models as a failure shows them."""
    return [model._name for model in models]


def rules_of(env, model):
    """The record rules of a model."""
    return env["ir.rule"].search([("model_id.model", "=", model._name)])


# -- rights ------------------------------------------------------------------------------------


@pytest.mark.parametrize("addon", ADDONS)
def test_every_model_has_access_rights(env, addon):
    granted = set(
        env["ir.model.access"].search([("group_id", "!=", False)]).mapped("model_id.model")
    )
    assert (
        names(model for model in stored_models_of(env, addon) if model._name not in granted) == []
    )


@pytest.mark.parametrize("addon", ADDONS)
def test_no_right_is_everybodys(env, addon):
    own = names(models_of(env, addon))
    rights = env["ir.model.access"].search(
        [("group_id", "=", False), ("model_id.model", "in", own)]
    )
    assert rights.mapped("name") == []


@pytest.mark.parametrize("addon", ADDONS)
def test_every_model_with_a_company_has_a_company_rule(env, addon):
    missing = [
        model
        for model in stored_models_of(env, addon)
        if "company_id" in model._fields
        and not model._transient
        and not any(
            not rule.groups and "company_id" in (rule.domain_force or "")
            for rule in rules_of(env, model)
        )
    ]
    assert names(missing) == []


@pytest.mark.parametrize("addon", ADDONS)
def test_every_model_with_a_company_checks_companies(env, addon):
    missing = [
        model
        for model in stored_models_of(env, addon)
        if "company_id" in model._fields
        and not model._transient
        and not model._fields["company_id"].related  # it is the company of another document
        and not model._check_company_auto
        and any(
            field.type in ("many2one", "many2many")
            and field.name != "company_id"
            and "company_id" in env[field.comodel_name]._fields
            for field in model._fields.values()
            if field.store and field.relational and not field.related
        )
    ]
    assert names(missing) == [], "state _check_company_auto"


@pytest.mark.parametrize("addon", ADDONS)
def test_what_the_portal_reads_has_a_rule_for_the_portal(env, addon):
    outside = env.ref("base.group_portal") + env.ref("base.group_public")
    own = names(models_of(env, addon))
    rights = env["ir.model.access"].search([("group_id", "in", outside.ids)])
    missing = [
        f"{right.model_id.model} for {right.group_id.display_name}"
        for right in rights
        if right.model_id.model in own
        and right.group_id not in rules_of(env, env[right.model_id.model]).groups
    ]
    assert missing == []


# -- views -------------------------------------------------------------------------------------


def records_of(env, addon, model):
    """The records of a model that the data files of an addon bring."""
    domain = [("module", "=", addon), ("model", "=", model)]
    return env[model].browse(env["ir.model.data"].search(domain).mapped("res_id")).exists()


@pytest.mark.parametrize("addon", ADDONS)
def test_every_view_of_every_action_opens(env, addon):
    problems = []
    for action in records_of(env, addon, "ir.actions.act_window"):
        if action.res_model not in env:
            problems.append(f"{action.xml_id}: there is no model {action.res_model}")
            continue
        views = [((view and view.id) or False, mode) for view, mode in _views(action)]
        try:
            env[action.res_model].get_views(views, {"load_filters": True})
        except Exception as error:  # whatever Odoo says about a view belongs into the failure
            problems.append(f"{action.xml_id} {views}: {error}")
    assert problems == []


def _views(action):
    chosen = {view.view_mode: view.view_id for view in action.view_ids}
    if action.view_id:
        chosen.setdefault(action.view_id.type, action.view_id)
    modes = action.view_mode.split(",")
    search = [(action.search_view_id, "search")]
    return [(chosen.get(mode), mode) for mode in [*modes, *(set(chosen) - set(modes))]] + search


@pytest.mark.parametrize("addon", ADDONS)
def test_every_model_has_a_view_of_its_own(env, addon):
    own = set(records_of(env, addon, "ir.ui.view").mapped("model"))
    opened = set(records_of(env, addon, "ir.actions.act_window").mapped("res_model"))
    wanted = [name for name in names(stored_models_of(env, addon)) if name in opened]
    assert [name for name in wanted if name not in own] == []


@pytest.mark.parametrize("addon", ADDONS)
def test_every_menu_leads_somewhere(env, addon):
    menus = records_of(env, addon, "ir.ui.menu").with_context(**{"ir.ui.menu.full_list": True})
    nowhere = menus.filtered(lambda menu: not menu.action and not menu.child_id)
    assert nowhere.mapped("complete_name") == []


@pytest.mark.parametrize("addon", ADDONS)
def test_the_groups_of_fields_exist(env, addon):
    missing = {
        f"{model._name}.{field.name}: {group.strip()}"
        for model in env.values()
        for field in model._fields.values()
        if addon in field._modules and isinstance(field.groups, str)
        for group in field.groups.split(",")
        if group.strip().lstrip("!") != "."
        and not env.ref(group.strip().lstrip("!"), raise_if_not_found=False)
    }
    assert sorted(missing) == []


@pytest.mark.parametrize("addon", ADDONS)
def test_percentages_and_durations_are_not_summed_up(env, addon):
    summed = {
        f"{model._name}.{field.name}"
        for model in stored_models_of_any(env)
        for field in model._fields.values()
        if field._modules and field._modules[0] == addon
        if field.type in ("float", "integer") and field.store and field.aggregator == "sum"
        if re.search(r"%|\b(days|hours|months)\b", field.string or "", re.IGNORECASE)
        or field.name in ("number", "price_unit", "revision")
    }
    assert sorted(summed - SHARES) == []


# -- folders -----------------------------------------------------------------------------------


@pytest.mark.parametrize("addon", ADDONS)
@pytest.mark.parametrize(
    "choices",
    [
        ["static/description/icon.png"],
        ["readme/DESCRIPTION.md"],
        ["readme/USAGE.md", "readme/CONFIGURE.md"],
        ["pyproject.toml"],
        ["tests/__init__.py"],
    ],
    ids=lambda choices: choices[0],
)
def test_every_addon_has(addon, choices):
    home = CHECKOUT / "addons" / addon
    assert any((home / name).is_file() for name in choices), (
        f"{addon} lacks {' or '.join(choices)}"
    )


@pytest.mark.parametrize("addon", ADDONS)
def test_every_file_named_in_the_manifest_is_there_and_every_data_file_is_named(addon):
    home = CHECKOUT / "addons" / addon
    manifest = ast.literal_eval((home / "__manifest__.py").read_text())
    named = {*manifest.get("data", []), *manifest.get("demo", [])}
    assert sorted(name for name in named if not (home / name).is_file()) == []
    folders = ("data", "demo", "report", "security", "views", "wizards")
    found = {
        str(path.relative_to(home))
        for folder in folders
        for path in (home / folder).rglob("*")
        if path.suffix in (".xml", ".csv")
    }
    code = "".join(path.read_text() for path in home.rglob("*.py"))
    assert sorted(name for name in found - named if name.rsplit("/")[-1] not in code) == []


@pytest.mark.parametrize("addon", ADDONS)
def test_every_test_is_imported(addon):
    """Pytest finds files, Odoo's own runner what tests/__init__.py imports."""
    home = CHECKOUT / "addons" / addon / "tests"
    assert unimported(home) == []


def unimported(home):
    """The test files of a folder that its __init__.py does not import."""
    start = home / "__init__.py"
    tree = ast.parse(start.read_text() if start.exists() else "")
    imported = {
        name.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for name in node.names
    }
    return sorted({path.stem for path in home.glob("test_*.py")} - imported)


def test_a_test_that_is_not_imported_is_found(tmp_path):
    for name in ("test_a.py", "test_b.py", "common.py"):
        (tmp_path / name).touch()
    assert unimported(tmp_path) == ["test_a", "test_b"]
    (tmp_path / "__init__.py").write_text("from . import test_a\n")
    assert unimported(tmp_path) == ["test_b"]


# -- names ---------------------------------------------------------------------------------------


def sources_of(home):
    return [path for top in ("addons", "setup", "tests") for path in (home / top).rglob("*.py")]


def defined_in(body):
    """Names of functions, classes and plain assignments of a class or module, with their nodes."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            yield from ((name.id, node) for name in node.targets if isinstance(name, ast.Name))


def defined_twice(source):
    """Names of which a class or module keeps the last definition only."""
    tree, found = ast.parse(source), []
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.Module | ast.ClassDef):
            continue
        seen = set()
        for name, node in defined_in(scope.body):
            again = name in seen and not _reads(node, name)
            found += [f"{name}, line {node.lineno}"] if again else []
            seen.add(name)
    return found


def _reads(node, name):
    """Whether the new definition is made of the former: ``x = changed(x)``, ``@x.setter``."""
    parts = [node.value] if isinstance(node, ast.Assign) else node.decorator_list
    return any(
        isinstance(one, ast.Name) and one.id == name for part in parts for one in ast.walk(part)
    )


def test_no_name_is_defined_twice():
    found = {
        str(path.relative_to(CHECKOUT)): twice
        for path in sources_of(CHECKOUT)
        if (twice := defined_twice(path.read_text()))
    }
    assert found == {}


def test_a_name_that_is_defined_twice_is_found():
    source = "class A:\n    def _x(self): ...\n    b = 1\n    b = b + 1\n    def _x(self): ...\n"
    assert defined_twice(source) == ["_x, line 5"]


@pytest.mark.parametrize("addon", ADDONS)
def test_no_method_of_a_model_is_lost_to_another_file(addon):
    """Of two methods of one model in one addon the later calls the other."""
    whole = {}
    for path in sorted((CHECKOUT / "addons" / addon / "models").glob("*.py")):
        for model, method in methods_of(ast.parse(path.read_text())):
            if "super(" not in ast.unparse(method):
                whole.setdefault((model, method.name), []).append(f"{path.name}:{method.lineno}")
    assert {key: places for key, places in whole.items() if len(places) > 1} == {}


def methods_of(tree):
    """Pairs of a model's name and a method that a file gives it."""
    for scope in tree.body:
        if isinstance(scope, ast.ClassDef):
            names_of_scope = dict(defined_in(scope.body))
            model = model_of(names_of_scope)
            methods = (x for x in scope.body if isinstance(x, ast.FunctionDef))
            yield from ((model, method) for method in methods if model)


def model_of(defined):
    """The model that a class makes or extends, or nothing."""
    for key in ("_name", "_inherit"):
        if isinstance(node := defined.get(key), ast.Assign):
            return node.value.value if isinstance(node.value, ast.Constant) else None
    return None
