"""Getting Odoo: only a real 19.0 is taken; an archive that does not answer is one line."""

import os

import pytest
from programs import program

from setup import debian, odoo
from setup.problems import Problem
from setup.settings import Settings


def make_odoo(root, version="19, 0, 0, FINAL, 0, ''"):
    package = root / "odoo"
    package.mkdir(parents=True)
    (package / "release.py").write_text(f"version_info = ({version})\n")
    return root


@pytest.fixture
def chosen(tmp_path):
    return Settings(cache=tmp_path / "cache")


@pytest.mark.parametrize("named", [".", "odoo", "odoo-bin"])
def test_a_checkout_is_named_by_its_folder_its_package_or_its_program(tmp_path, named):
    make_odoo(tmp_path)
    (tmp_path / "odoo-bin").touch()
    assert odoo.given((tmp_path / named).resolve()).root == tmp_path


def test_an_unpacked_debian_package_is_named_by_its_prefix(tmp_path):
    root = make_odoo(tmp_path / "usr/lib/python3/dist-packages")
    assert odoo.given(tmp_path).root == root


def test_the_core_addons_of_a_checkout_are_found(tmp_path):
    make_odoo(tmp_path)
    (tmp_path / "addons" / "sale").mkdir(parents=True)
    (tmp_path / "addons" / "sale" / "__manifest__.py").touch()
    assert odoo.given(tmp_path).addons == [tmp_path / "addons"]


def test_a_folder_without_odoo_is_refused(tmp_path):
    with pytest.raises(Problem, match="is not Odoo: there is no odoo/release.py"):
        odoo.given(tmp_path)
    with pytest.raises(Problem, match="is not Odoo"):
        odoo.given(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("version", "told"),
    [("18, 0, 0, FINAL, 0, ''", "Odoo 18.0, not 19.0"), ("", "an unknown version")],
)
def test_another_series_is_refused(tmp_path, version, told):
    with pytest.raises(Problem, match=told):
        odoo.given(make_odoo(tmp_path, version))


def test_a_machine_without_apt_is_told_what_to_do(chosen, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Problem, match="There is no apt on this machine: .* ODOO="):
        odoo.ensure(chosen)


def test_an_archive_that_does_not_answer_leaves_nothing(chosen, tmp_path, monkeypatch):
    script = """case "$*" in
        *indextargets*) echo http://archive.invalid/ ;;
        *) echo 'E: Failed to fetch'; exit 100 ;;
    esac"""
    folder = program(tmp_path / "bin", "apt-get", script)
    program(folder, "dpkg", "exit 0")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    keyring = tmp_path / "keyring"
    keyring.touch()
    monkeypatch.setattr(debian, "KEYRINGS", (str(keyring),))
    with pytest.raises(
        Problem,
        match="^The Debian archive cannot be reached or lacks a package: E: Failed to fetch$",
    ):
        odoo.ensure(chosen)
    assert [path.name for path in chosen.cache.glob("odoo-*")] == []


def test_an_apt_without_an_archive_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv(
        "PATH", f"{program(tmp_path / 'bin', 'apt-get', 'exit 0')}:{os.environ['PATH']}"
    )
    with pytest.raises(Problem, match="names no Debian archive"):
        debian.archive()


def make_prefix(home):
    package = home / "usr/lib/python3/dist-packages/odoo"
    (package / "addons").mkdir(parents=True)
    return package / "addons"


def test_links_into_other_packages_stay_inside_the_prefix(tmp_path):
    addons = make_prefix(tmp_path)
    (tmp_path / "usr/share").mkdir()
    (tmp_path / "usr/share/jquery.js").write_text("jquery")
    (addons / "jquery.js").symlink_to("/usr/share/jquery.js")
    odoo.complete(tmp_path)
    assert (addons / "jquery.js").read_text() == "jquery"
    assert (
        (tmp_path / "usr/lib/python3/dist-packages/odoo" / odoo.LEFT_OUT)
        .read_text()
        .startswith("/*")
    )


def test_a_link_that_leads_nowhere_is_refused(tmp_path):
    (make_prefix(tmp_path) / "font.woff").symlink_to("../../../../../share/gone.woff")
    with pytest.raises(Problem, match="addons/font.woff links to a missing file"):
        odoo.complete(tmp_path)
