"""Each addon is a wheel that pip installs beside Odoo, whole, and Odoo finds it there."""

import ast
import json
import os
import shutil
import subprocess
from email.parser import HeaderParser
from pathlib import Path

import pytest
from test_dependency_arrows import OUTSIDE

from i18n_update import CHECKOUT, suite_addons

LEFT_ASIDE = shutil.ignore_patterns("__pycache__", "*.py[cod]")
# what Odoo knows of an addon that no folder but that of the wheels may have
FIND = """
import json, sys
from odoo.tools import config
config.parse_config(["-c", sys.argv[1], f"--addons-path={sys.argv[2]}"])
import odoo.addons
from odoo.modules import get_module_path
from odoo.modules.module import Manifest
from odoo.tools import file_path
addon = sys.argv[3]
manifest = Manifest.for_addon(addon)
named = [*manifest["data"], *manifest["demo"]]
print(json.dumps({
    "path": get_module_path(addon),
    "version": manifest["version"],
    "files": [file_path(f"{addon}/{name}") for name in named],
}))
"""


def run(*command, cwd=None, **env):
    """The output of a command that must succeed."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **env},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.fail(f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def built(source, target):
    """The wheel of an addon, built without any index of packages."""
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet"]
    run(os.environ["SUITE_PYTHON"], "-m", "pip", "wheel", *offline, "--wheel-dir", target, source)
    (wheel,) = target.glob("*.whl")
    return wheel


def installed(wheel, target):
    """The folder of an addon that pip installed from its wheel."""
    offline = ["--no-index", "--no-deps", "--no-compile", "--quiet"]
    run(os.environ["SUITE_PYTHON"], "-m", "pip", "install", *offline, "--target", target, wheel)
    (addon,) = (target / "odoo" / "addons").iterdir()
    return addon


def metadata(target):
    """What the installed wheel says of itself."""
    (path,) = target.glob("*.dist-info/METADATA")
    return HeaderParser().parsestr(path.read_text(encoding="utf-8"))


def files(folder):
    """All files of an addon by their paths in it, but for those that only building needs."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in paths if path.parts[0] not in (".git", "pyproject.toml")}


@pytest.fixture
def source(addon, tmp_path):
    """The addon as it is now, without what running it leaves behind, in a folder without git."""
    return shutil.copytree(CHECKOUT / "addons" / addon, tmp_path / addon, ignore=LEFT_ASIDE)


@pytest.mark.parametrize("addon", suite_addons())
def test_odoo_finds_the_installed_wheel(addon, source, tmp_path):
    target = tmp_path / "site"
    home = installed(built(source, tmp_path / "wheel"), target)
    assert home.name == addon
    assert files(home) == files(source)

    manifest = ast.literal_eval((source / "__manifest__.py").read_text())
    said = metadata(target)
    assert said["Name"] in (f"odoo-addon-{addon}", f"odoo-addon-{addon.replace('_', '-')}")
    assert said["Version"].startswith(manifest["version"])
    assert {one.replace("-", "_").split("==")[0] for one in said.get_all("Requires-Dist")} >= {
        f"odoo_addon_{one}" for one in manifest["depends"] if one in {*suite_addons(), *OUTSIDE}
    }

    found = found_by_odoo(addon, target, tmp_path)
    assert found["path"] == str(home)
    assert found["version"] == manifest["version"]
    assert all(Path(path).is_relative_to(home) for path in found["files"])


def found_by_odoo(addon, target, tmp_path):
    """What Odoo knows of an addon when the suite's folder is not among its folders of addons."""
    from odoo.tools import config

    conf = tmp_path / "odoo.conf"
    conf.write_text("[options]\n")
    folders = [path for path in config["addons_path"] if path != str(CHECKOUT / "addons")]
    path = os.pathsep.join(filter(None, [str(target), os.environ.get("PYTHONPATH")]))
    command = [os.environ["SUITE_PYTHON"], "-c", FIND, conf, ",".join(folders), addon]
    return json.loads(run(*command, cwd=tmp_path, PYTHONPATH=path))


@pytest.mark.parametrize("addon", suite_addons()[:1])
def test_a_clone_without_history_is_enough(addon, source, tmp_path):
    """The files of a wheel and part of its version come from git, when there is git."""
    clone = tmp_path / "clone" / addon
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for number in range(2):
        (source / "README").write_text(f"{number}\n")
        run("git", "init", "--quiet", cwd=source)
        run("git", "add", "--all", cwd=source)
        run(*git, "commit", "--quiet", "-m", f"change {number}", cwd=source)
    run("git", "clone", "--quiet", "--depth", "1", f"file://{source}", clone)
    home = installed(built(clone, tmp_path / "wheel"), tmp_path / "site")
    assert files(home) == files(clone)
