"""The choices that a person makes through the environment."""

from pathlib import Path

import pytest

from setup.problems import Problem
from setup.settings import OPTIONS, from_environment


def test_nothing_set_gives_the_defaults():
    chosen = from_environment({"HOME": "/home/somebody"})
    assert (chosen.port, chosen.database, chosen.odoo, chosen.postgres) == (
        8069,
        "suite_demo",
        None,
        None,
    )
    assert (chosen.mail_port, chosen.mail_web_port) == (8025, 8026)
    assert chosen.tests == ("addons", "tests")
    assert chosen.workers >= 1


def test_the_cache_follows_its_own_variable_then_the_desktop_convention():
    assert from_environment({"SUITE_CACHE": "/a", "XDG_CACHE_HOME": "/b"}).cache == Path("/a")
    assert from_environment({"XDG_CACHE_HOME": "/b"}).cache == Path("/b/sale-process-suite")


def test_empty_variables_count_as_unset():
    assert (
        from_environment({name: "" for names, _, _ in OPTIONS for name in names.split()}).port
        == 8069
    )


@pytest.mark.parametrize("name", ["PORT", "MAIL_PORT", "MAIL_WEB_PORT"])
@pytest.mark.parametrize("value", ["0", "65536", "eighty", "-1", "80.5"])
def test_a_port_that_is_none_is_refused_by_its_name(name, value):
    with pytest.raises(Problem, match=f"{name}={value} is not a number"):
        from_environment({name: value})


@pytest.mark.parametrize("name", ['a"b', "a b", "a;b", "a.b", "x" * 41])
def test_a_database_name_that_would_need_quoting_is_refused(name):
    with pytest.raises(Problem, match="no database name"):
        from_environment({"DB": name})


def test_a_server_is_named_by_the_usual_variables():
    env = {"PGHOST": "db", "PGPORT": "5433", "PGUSER": "odoo", "PGPASSWORD": "secret"}
    server = from_environment(env).postgres
    assert (server.host, server.port, server.user, server.password) == (
        "db",
        5433,
        "odoo",
        "secret",
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://odoo:p%40ss@db:5433/x", ("db", 5433, "odoo", "p@ss")),
        ("postgres://odoo@db", ("db", 5432, "odoo", "")),
        ("postgresql://odoo@/x?host=/run/postgresql", ("/run/postgresql", 5432, "odoo", "")),
    ],
)
def test_a_server_is_named_by_one_address(url, expected):
    server = from_environment({"DATABASE_URL": url, "PGHOST": "not this one"}).postgres
    assert (server.host, server.port, server.user, server.password) == expected


@pytest.mark.parametrize(
    "url", ["mysql://a@b", "postgresql:///x", "postgresql://a@b:port", "nonsense"]
)
def test_an_address_that_names_no_server_is_refused(url):
    with pytest.raises(Problem, match="DATABASE_URL must look like"):
        from_environment({"DATABASE_URL": url})


def test_tests_and_arguments_are_split_as_a_shell_would():
    chosen = from_environment({"TESTS": "addons/a tests/b", "PYTEST_ARGS": "-k 'one or two'"})
    assert chosen.tests == ("addons/a", "tests/b")
    assert chosen.pytest_args == ("-k", "one or two")
    assert from_environment({"ONLY": "b a"}).only == ("a", "b")
