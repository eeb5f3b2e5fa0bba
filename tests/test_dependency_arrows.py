"""Which addon may know which: the arrows of the architecture, read from manifests and sources.

The ground knows Odoo only, the five pillars the ground and one OCA addon as well. Where two
addons meet, a bridge that installs itself depends on both. Nobody uses an import, an XML id or a
model of an addon that he does not depend on, so that each addon installs alone; and `setup/` knows
none of them.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from i18n_update import CHECKOUT

PILLARS = {
    "sale_rfq_register",
    "sale_order_kinds",
    "sale_pipeline_rules",
    "sale_commission_split",
    "sale_abc_segmentation",
}
GROUND = {"sale_audit_trail"}
OUTSIDE = {"base_tier_validation"}
LICENSE = "AGPL-3"
VERSION = re.compile(r"19\.0\.\d+\.\d+\.\d+")
SOURCES = {".py", ".xml", ".csv", ".js"}
IMPORT = re.compile(r"\bodoo\.addons\.(\w+)|[\"']@(\w+)/")
# the module of an XML id, where data files name one
XMLID = re.compile(
    r"""(?:\b(?:ref|inherit_id|parent|action|groups|t-call|id)="|\bref\(['"]|%\()!?(\w+)\.\w""",
)


# -- the checker -------------------------------------------------------------------------------


class Suite:
    """The addons of a folder among the modules that Odoo brings, as name → what it depends on."""

    def __init__(self, folder, core):
        self.folder = Path(folder)
        self.manifests = {
            path.parent.name: ast.literal_eval(path.read_text())
            for path in sorted(self.folder.glob("*/__manifest__.py"))
        }
        self.depends = {name: list(depends) for name, depends in core.items()}
        self.core = set(core)
        for name, manifest in self.manifests.items():
            self.depends[name] = manifest.get("depends", [])
        self.models = {model: name for name in self.manifests for model in self._models(name)}

    def known_to(self, name):
        """The addon itself and all that it depends on, directly or not."""
        known, waiting = {"base", "web"}, [name]
        while waiting:
            current = waiting.pop()
            if current not in known or current == name:
                known.add(current)
                waiting += [one for one in self.depends.get(current, []) if one not in known]
        return known

    def files(self, name):
        """The sources of an addon with their text."""
        for path in sorted((self.folder / name).rglob("*")):
            if path.suffix in SOURCES and path.is_file() and "lib" not in path.parts:
                yield path, path.read_text(encoding="utf-8")

    def _models(self, name):
        """The models that an addon brings: those whose class names them and inherits others."""
        for path, text in self.files(name):
            if path.suffix != ".py":
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ClassDef):
                    strings = _class_strings(node)
                    yield from set(strings.get("_name", [])) - set(strings.get("_inherit", []))


def _class_strings(node):
    """The strings assigned in a class to each name: `_inherit = ["a", "b"]`."""
    return {
        target.id: [one.value for one in ast.walk(line.value) if isinstance(one, ast.Constant)]
        for line in node.body
        if isinstance(line, ast.Assign)
        for target in line.targets
        if isinstance(target, ast.Name)
    }


def arrow_problems(folder, core, setup=None):
    """Every arrow in a folder of addons that the architecture forbids, a line each.

    `core` maps each module of Odoo and of the OCA to what it depends on; `setup` is the folder
    of the project's own tools.
    """
    suite = Suite(folder, core)
    problems = []
    for name, manifest in suite.manifests.items():
        problems += manifest_problems(suite, name, manifest)
        problems += source_problems(suite, name)
    return problems + (setup_problems(suite, Path(setup)) if setup else [])


def manifest_problems(suite, name, manifest):
    """What is wrong with the manifest of an addon."""
    depends = manifest.get("depends", [])
    ours = [one for one in depends if one in suite.manifests and one not in GROUND]
    strangers = set(depends) - suite.core - OUTSIDE - set(suite.manifests)
    problems = [f"{name} depends on {one}, which is not allowed" for one in sorted(strangers)]
    if name in GROUND:
        problems += [f"{name} is the ground and depends on {one} of the suite" for one in ours]
    elif name in PILLARS:
        problems += [f"{name} is a pillar and depends on {one} of the suite" for one in ours]
    else:
        problems += bridge_problems(suite, name, manifest, ours)
    if not VERSION.fullmatch(manifest.get("version", "")):
        problems.append(f"{name} has the version {manifest.get('version')}, not 19.0.x.y.z")
    if manifest.get("license") != LICENSE:
        problems.append(f"{name} has the license {manifest.get('license')}, not {LICENSE}")
    return problems


def bridge_problems(suite, name, manifest, ours):
    """What is wrong with an addon that is none of the pillars: it has to be a bridge."""
    problems = []
    if not ours:
        problems.append(f"{name} is no pillar and joins no addon of the suite")
    if len(manifest.get("depends", [])) < 2:
        problems.append(f"{name} joins nothing: a bridge depends on two addons or more")
    if not manifest.get("auto_install"):
        problems.append(f"{name} is a bridge without auto_install")
    if manifest.get("application"):
        problems.append(f"{name} is a bridge and no application")
    problems += [
        f"{name} depends on itself through {one}" for one in ours if name in suite.known_to(one)
    ]
    return problems


def source_problems(suite, name):
    """Uses of modules, ids and models in the sources of an addon that it does not depend on."""
    known = suite.known_to(name)
    modules = set(suite.depends)
    foreign = {model: owner for model, owner in suite.models.items() if owner not in known}
    problems = set()
    for path, text in suite.files(name):
        where = path.relative_to(suite.folder)
        used = {one for match in IMPORT.findall(text) for one in match} | _imported(path, text)
        if path.suffix in (".xml", ".csv"):
            used |= set(XMLID.findall(text))
        used |= {one for one in suite.manifests if re.search(rf"\b{one}\.\w", text)}
        problems |= {f"{where} uses {one}" for one in (used & modules) - known}
        problems |= {
            f"{where} uses the model {model} of {owner}"
            for model, owner in foreign.items()
            if re.search(rf"[\"'>]{re.escape(model)}[\"'<]", text)
        }
    return [f"{problem}, which {name} does not depend on" for problem in sorted(problems)]


def _imported(path, text):
    """Modules taken by `from odoo.addons import x`."""
    if path.suffix != ".py":
        return set()
    return {
        name.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.module == "odoo.addons"
        for name in node.names
    }


def setup_problems(suite, setup):
    """Uses of the addons in the tools that get Odoo and run it."""
    names = "|".join(suite.manifests)
    known = re.compile(rf"(?:from|import) (odoo\.addons)|\b({names})\b")
    return [
        f"{path.relative_to(setup.parent)} knows {imported or addon}"
        for path in sorted(setup.rglob("*.py"))
        for imported, addon in known.findall(path.read_text(encoding="utf-8"))
    ]


# -- the checkout ------------------------------------------------------------------------------


@cache
def core_modules():
    """What Odoo ships, and the OCA addons we may use: name → what it depends on."""
    import odoo.addons

    folders = [Path(folder) for folder in odoo.addons.__path__]
    shipped = [one for one in folders if (one / "base").exists() or (one / "sale").exists()]
    manifests = [path for folder in shipped for path in folder.glob("*/__manifest__.py")]
    manifests += [folder / one / "__manifest__.py" for folder in folders for one in OUTSIDE]
    return {
        path.parent.name: ast.literal_eval(path.read_text()).get("depends", [])
        for path in manifests
        if path.exists()
    }


def test_no_arrow_is_forbidden():
    problems = arrow_problems(CHECKOUT / "addons", core_modules(), CHECKOUT / "setup")
    if problems:
        pytest.fail("forbidden by the architecture:\n  " + "\n  ".join(problems), pytrace=False)


def test_odoo_and_the_oca_addon_are_known():
    assert {"base", "sale", "sale_stock", *OUTSIDE} <= set(core_modules())


# -- the checker finds what it is for ----------------------------------------------------------

CORE = {"base": [], "web": ["base"], "sale": ["web"], "stock": ["web"], "base_tier_validation": []}


def add(folder, name, files=(), **manifest):
    """Write an addon that is fine but for what the arguments say."""
    values = {"version": "19.0.1.0.0", "license": "AGPL-3", "depends": ["sale"], **manifest}
    home = folder / "addons" / name
    home.mkdir(parents=True)
    home.joinpath("__manifest__.py").write_text(repr(values))
    for path, text in dict(files).items():
        home.joinpath(path).parent.mkdir(exist_ok=True)
        home.joinpath(path).write_text(text)


@pytest.fixture
def tree(tmp_path):
    """The ground, two pillars and a bridge between them, as the architecture wants them."""
    model = "class A(models.Model):\n    _name = 'sale.request'\n    _inherit = 'mail.thread'\n"
    add(tmp_path, "sale_rfq_register", {"models/request.py": model})
    add(tmp_path, "sale_order_kinds", depends=["sale", "base_tier_validation"])
    add(
        tmp_path,
        "sale_rfq_kinds",
        {
            "models/a.py": "from odoo.addons.sale_rfq_register.models import request\n",
            "views/a.xml": '<model>sale.request</model><a ref="sale_rfq_register.b"/>',
        },
        depends=["sale_rfq_register", "sale_order_kinds"],
        auto_install=True,
    )
    return tmp_path


def found(tree):
    return arrow_problems(tree / "addons", CORE)


def test_a_good_tree_passes(tree):
    assert found(tree) == []


@pytest.mark.parametrize(
    ("name", "manifest", "problem"),
    [
        (
            "sale_abc_segmentation",
            {"depends": ["sale_order_kinds"]},
            "is a pillar and depends on sale_order_kinds of the suite",
        ),
        (
            "sale_audit_trail",
            {"depends": ["sale_order_kinds"]},
            "is the ground and depends on sale_order_kinds of the suite",
        ),
        (
            "sale_abc_segmentation",
            {"depends": ["sale_commission"]},
            "depends on sale_commission, which is not allowed",
        ),
        (
            "sale_abc_segmentation",
            {"version": "18.0.1.0.0"},
            "has the version 18.0.1.0.0, not 19.0.x.y.z",
        ),
        (
            "sale_abc_segmentation",
            {"license": "LGPL-3"},
            "has the license LGPL-3, not AGPL-3",
        ),
        (
            "sale_utils",
            {"depends": ["sale", "stock"], "auto_install": True},
            "is no pillar and joins no addon of the suite",
        ),
        (
            "sale_rfq_stock",
            {"depends": ["sale_rfq_register", "stock"]},
            "is a bridge without auto_install",
        ),
        (
            "sale_rfq_more",
            {"depends": ["sale_rfq_register"], "auto_install": True},
            "joins nothing: a bridge depends on two addons or more",
        ),
        (
            "sale_rfq_stock",
            {"depends": ["sale_rfq_register", "stock"], "auto_install": True, "application": True},
            "is a bridge and no application",
        ),
    ],
)
def test_a_bad_manifest_is_found(tree, name, manifest, problem):
    add(tree, name, **manifest)
    assert found(tree) == [f"{name} {problem}"]


def test_bridges_that_depend_on_each_other_are_found(tree):
    add(tree, "sale_a", depends=["sale_b", "sale"], auto_install=True)
    add(tree, "sale_b", depends=["sale_a", "sale"], auto_install=True)
    assert found(tree) == [
        "sale_a depends on itself through sale_b",
        "sale_b depends on itself through sale_a",
    ]


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        ("models/a.py", "from odoo.addons.stock.models import x", "uses stock"),
        ("models/a.py", "import odoo.addons.stock", "uses stock"),
        ("models/a.py", "from odoo.addons import sale, stock", "uses stock"),
        ("tests/a.py", "patch('odoo.addons.stock.models.x')", "uses stock"),
        ("models/a.py", "env.ref('sale_rfq_register.b')", "uses sale_rfq_register"),
        ("models/a.py", "env['sale.request']", "uses the model sale.request of sale_rfq_register"),
        ("views/a.xml", "<a>sale.request</a>", "uses the model sale.request of sale_rfq_register"),
        ("views/a.xml", '<field ref="stock.b"/>', "uses stock"),
        ("views/a.xml", '<field eval="ref(\'stock.b\')"/>', "uses stock"),
        ("views/a.xml", '<record id="sale_rfq_register.b"/>', "uses sale_rfq_register"),
        ("views/a.xml", '<page groups="!stock.b"/>', "uses stock"),
        ("security/a.csv", "a,sale_rfq_register.b,1", "uses sale_rfq_register"),
        ("static/a.js", 'import { a } from "@stock/a";', "uses stock"),
    ],
)  # fmt: skip
def test_a_bad_source_is_found(tree, path, text, problem):
    add(tree, "sale_abc_segmentation", {path: text})
    assert found(tree) == [
        f"sale_abc_segmentation/{path} {problem}, which sale_abc_segmentation does not depend on"
    ]


def test_setup_that_knows_an_addon_is_found(tree):
    setup = tree / "setup"
    setup.mkdir()
    setup.joinpath("a.py").write_text("import odoo.addons.sale\n")
    setup.joinpath("b.py").write_text("ADDON = 'sale_order_kinds'\n")
    setup.joinpath("c.py").write_text("CORE = 'sale_stock'\n")
    assert arrow_problems(tree / "addons", CORE, setup) == [
        "setup/a.py knows odoo.addons",
        "setup/b.py knows sale_order_kinds",
    ]
