"""Which addons a database holds, and the refusal of servers that Odoo could not work with."""

import os
import pwd
import shutil
from dataclasses import replace

import pytest

from setup import addons, configuration, databases, postgres
from setup.odoo import Odoo
from setup.problems import Problem
from setup.settings import Postgres, Settings

errors = pytest.importorskip("psycopg2.errors", exc_type=ImportError)


def make_addon(folder, name, **files):
    for path, text in {"__manifest__.py": "{}", **files}.items():
        file = folder / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def test_an_addon_is_a_folder_with_a_manifest(tmp_path):
    make_addon(tmp_path, "b")
    make_addon(tmp_path, "a")
    (tmp_path / "no_addon").mkdir()
    assert list(addons.states(tmp_path)) == ["a", "b"]
    assert addons.states(tmp_path / "nowhere") == {}


@pytest.mark.parametrize("path", ["models/a.py", "views/a.xml", "i18n/ru.po", "static/src/a.js"])
def test_a_change_that_a_database_takes_is_seen(tmp_path, path):
    make_addon(tmp_path, "a", **{path: "one"})
    before = addons.states(tmp_path)
    make_addon(tmp_path, "a", **{path: "two"})
    assert addons.states(tmp_path) != before


def test_a_renamed_file_is_seen(tmp_path):
    make_addon(tmp_path, "a", **{"data/a.xml": "one"})
    before = addons.states(tmp_path)
    (tmp_path / "a/data/a.xml").rename(tmp_path / "a/data/b.xml")
    assert addons.states(tmp_path) != before


@pytest.mark.parametrize("path", ["tests/test_a.py", "readme/DEVELOP.md", "__pycache__/a.pyc"])
def test_a_change_without_effect_on_a_database_is_not(tmp_path, path):
    make_addon(tmp_path, "a", **{path: "one"})
    before = addons.states(tmp_path)
    make_addon(tmp_path, "a", **{path: "two"})
    assert addons.states(tmp_path) == before


class FakeDatabases:
    def __init__(self, settings, server):
        self.settings, self.server, self.odoo = settings, server, Odoo(settings.cache, "19.0")


def test_the_configuration_is_closed_to_others_and_sends_nothing_out(tmp_path):
    server = postgres.GivenServer(Postgres("db", 5433, "odoo", "100%secret"))
    found = FakeDatabases(Settings(cache=tmp_path, checkout=tmp_path), server)
    path = configuration.write_conf(found, tmp_path / "run" / "x.conf", "x", http_port=1)
    text = path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    assert "db_password = 100%secret\n" in text
    assert "dbfilter = ^x$\n" in text
    assert "publisher_warranty_url = http://127.0.0.1:9\n" in text
    assert "addons_path" not in text  # Odoo refuses a folder without addons
    make_addon(tmp_path / "addons", "a")
    assert (
        f"addons_path = {tmp_path}/addons\n"
        in configuration.write_conf(found, path, "x").read_text()
    )


def test_a_server_that_does_not_answer_is_told_in_one_line(tmp_path):
    server = postgres.GivenServer(Postgres(str(tmp_path), 5432, "odoo"))
    with pytest.raises(Problem) as told:
        server.check()
    assert str(told.value).startswith(f"PostgreSQL at {tmp_path}:5432 does not let odoo in: ")
    assert "\n" not in str(told.value)


def test_the_role_postgres_is_refused():
    with pytest.raises(Problem, match="Odoo refuses the PostgreSQL role postgres"):
        postgres.GivenServer(Postgres("db", 5432, "postgres")).check()


def test_a_role_that_may_not_create_databases_is_refused(monkeypatch):
    server = postgres.GivenServer(Postgres("db", 5432, "odoo"))
    monkeypatch.setattr(server, "query", lambda _sql: [(False,)])
    with pytest.raises(Problem, match="may not create databases: ALTER ROLE odoo CREATEDB"):
        server.check()


def test_without_a_name_the_role_is_called_like_the_user():
    assert postgres.GivenServer(Postgres("db")).user == pwd.getpwuid(os.geteuid()).pw_name


def test_a_socket_path_that_the_system_cannot_take_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres.os, "geteuid", lambda: 1000)
    with pytest.raises(Problem, match="choose a shorter one"):
        postgres.EmbeddedServer(Settings(cache=tmp_path / ("x" * 90)), "test")


@pytest.fixture
def chosen(tmp_path_factory):
    settings = Settings(cache=tmp_path_factory.mktemp("pg"))
    yield settings
    shutil.rmtree(postgres.home(settings))  # root's is not in the cache


def test_an_embedded_server_is_shared_and_stopped_by_its_last_user(chosen, monkeypatch):
    for name, value in {
        "PGHOST": "elsewhere",
        "PGPORT": "1",
        "PGUSER": "nobody",
        "PGPASSWORD": "x",
    }.items():
        monkeypatch.setenv(name, value)
    with postgres.serving(chosen, "test") as first:
        with postgres.serving(chosen, "test") as second:
            assert second.query(
                "SELECT rolcreatedb, rolsuper FROM pg_roles WHERE rolname = current_user"
            ) == [(True, False)]
            assert second.query("SHOW fsync") == [("off",)]
            assert second.query("SHOW listen_addresses") == [("",)]
        assert first.query("SELECT 1") == [(1,)]
        first.query("CREATE DATABASE kept")
    assert not first._is_up()
    with postgres.serving(chosen, "test") as again:
        assert again.query("SELECT 1 FROM pg_database WHERE datname = 'kept'") == [(1,)]
    assert not again._is_up()


def test_a_server_that_a_killed_command_left_is_stopped(chosen):
    server = postgres.EmbeddedServer(chosen, "test")
    server._ensure()
    server._lock("users").touch()  # as a command does before it starts the server
    server._start()
    postgres.stop_left(chosen)
    assert not server._is_up()


def test_a_server_in_use_is_not_stopped(chosen):
    with postgres.serving(chosen, "test") as server:
        with pytest.raises(Problem, match="Another command is using PostgreSQL"):
            postgres.stop_left(chosen)
        assert server._is_up()


class Recorded(databases.Databases):
    """Databases that only note what they would let Odoo and PostgreSQL do."""

    def __init__(self, settings, there=()):
        super().__init__(
            settings, postgres.GivenServer(Postgres("db")), Odoo(settings.cache, "19.0")
        )
        self.there, self.parameters, self.done = set(there), {}, []

    def exists(self, name):
        return name in self.there

    def _is_whole(self, _name):
        return True

    def parameter(self, _name, key):
        return self.parameters.get(key)

    def set_parameter(self, _name, key, value):
        self.parameters[key] = value

    def template(self, kind):
        return f"template of {kind.name}"

    def drop(self, name):
        self.there.discard(name)
        self.done.append(("drop",))

    def clone(self, source, target):
        self.there.add(target)
        self.parameters.clear()
        self.done.append(("clone", source))

    def odoo_run(self, _name, *words):
        self.done.append(words[:2])

    def steps(self):
        done, self.done = self.done, []
        return done


@pytest.fixture
def recorded(tmp_path):
    make_addon(tmp_path / "addons", "a")
    make_addon(tmp_path / "addons", "b")
    (tmp_path / "cache").mkdir()
    return Recorded(Settings(cache=tmp_path / "cache", checkout=tmp_path))


def test_the_demo_follows_the_checkout(recorded):
    folder = recorded.settings.addons
    recorded.for_demo("d")
    assert recorded.steps() == [("clone", "template of demo_core"), ("-i", "a,b")]
    recorded.for_demo("d")
    assert recorded.steps() == []
    make_addon(folder, "b", **{"models/b.py": "x = 1"})
    make_addon(folder, "c")
    recorded.for_demo("d")
    assert recorded.steps() == [("-u", "b"), ("-i", "c")]


def test_an_addon_that_failed_to_install_is_tried_again(recorded, monkeypatch):
    def fail(*_words):
        raise Problem("broken view")

    with monkeypatch.context() as broken:
        broken.setattr(recorded, "odoo_run", fail)
        with pytest.raises(Problem, match="broken view"):
            recorded.for_demo("d")
    recorded.steps()
    recorded.for_demo("d")
    assert recorded.steps() == [("-i", "a,b")]


def test_a_demo_with_an_addon_that_is_gone_is_refused(recorded):
    recorded.for_demo("d")
    shutil.rmtree(recorded.settings.addons / "a")
    with pytest.raises(Problem, match="d holds a, which this checkout lacks"):
        recorded.for_demo("d")


def test_nothing_leaves_the_machine_from_the_demo(recorded):
    recorded.for_demo("d")
    assert recorded.parameters["iap.endpoint"] == "http://127.0.0.1:9"


def test_the_tests_run_on_a_new_database_whenever_an_addon_changed(recorded):
    name = recorded.for_tests()
    assert recorded.steps() == [("drop",), ("clone", "template of core"), ("-i", "a,b")]
    assert recorded.for_tests() == name
    assert recorded.steps() == []
    make_addon(recorded.settings.addons, "a", **{"models/a.py": "x = 1"})
    recorded.for_tests()
    assert recorded.steps() == [("drop",), ("clone", "template of core"), ("-i", "a,b")]


def test_only_some_addons_have_a_test_database_of_their_own(recorded):
    whole = recorded.for_tests()
    recorded.steps()
    alone = Recorded(replace(recorded.settings, only=("b",)))
    assert alone.for_tests() != whole
    assert alone.steps()[-1] == ("-i", "b")
    with pytest.raises(Problem, match="ONLY=x is not in this checkout: there are a, b"):
        Recorded(replace(recorded.settings, only=("x",))).for_tests()


def test_two_checkouts_do_not_share_a_test_database(tmp_path):
    one, two = (Settings(cache=tmp_path, checkout=tmp_path / name) for name in "ab")
    assert Recorded(one).for_tests() != Recorded(two).for_tests()


def test_only_our_databases_are_dropped_from_a_users_server(tmp_path, monkeypatch):
    chosen = Settings(cache=tmp_path, postgres=Postgres("db", 5432, "odoo"))
    ours = ["suite_demo", "suite_core_0123456789", f"suite_test_{chosen.checkout_key}-gw0"]
    others = ["suite_test_0123456789", "suite_corex", "suite_own", "production", "postgres"]
    monkeypatch.setattr(
        postgres.GivenServer, "query", lambda *_: [(name,) for name in ours + others]
    )
    dropped = []
    monkeypatch.setattr(databases.Databases, "drop", lambda _self, name: dropped.append(name))
    databases.drop_ours(chosen)
    assert dropped == ours


class Busy(postgres.GivenServer):
    """A server that notes statements and has somebody connected to the database."""

    def __init__(self, error):
        super().__init__(Postgres("db"))
        self.error, self.done = error, []

    def query(self, sql, values=(), database="postgres"):
        self.done.append(sql)
        if len(self.done) == 1 and self.error:
            raise self.error


@pytest.mark.parametrize(
    ("error", "forced"), [(None, False), (errors.ObjectInUse("somebody is in it"), True)]
)
def test_force_is_used_only_where_somebody_is_connected(error, forced):
    server = Busy(error)
    server.drop("x")
    assert server.done[0] == 'DROP DATABASE IF EXISTS "x"'
    assert [sql for sql in server.done[1:] if sql.endswith("WITH (FORCE)")] == server.done[1:]
    assert bool(server.done[1:]) == forced
