"""Core's own tests with the suite, against those without it."""

import pytest

from setup import core_tests
from setup.problems import Problem

LOG = """\
2026-01-02 03:04:05,678 9 INFO db odoo.addons.sale.tests.test_a: Starting TestA.test_b ...
2026-01-02 03:04:05,678 9 ERROR db odoo.addons.sale.tests.test_a: FAIL: TestA.test_b
2026-01-02 03:04:05,678 9 ERROR db odoo.addons.sale.tests.test_a: ERROR: TestA.test_c
2026-01-02 03:04:05,678 9 ERROR db odoo.tests.result: 1 failed, 1 error(s) of 12 tests when loading
"""


def outcome(tests, *failed):
    return core_tests.Outcome(tests, frozenset(failed))


def test_an_outcome_is_read():
    assert core_tests.Outcome.read(LOG) == outcome(12, "TestA.test_b", "TestA.test_c")
    with pytest.raises(Problem, match="did not come to their end"):
        core_tests.Outcome.read("")


@pytest.mark.parametrize(
    ("bare", "ours", "code"),
    [
        (outcome(5), outcome(5), 0),
        (outcome(5, "a"), outcome(6, "a"), 0),
        (outcome(5, "a"), outcome(5, "b"), 1),
        (outcome(5), outcome(4), 1),
    ],
)
def test_only_what_core_passes_counts(bare, ours, code, capsys):
    assert core_tests.compare(bare, ours) == code
    assert f"bare core: {bare.tests} tests" in capsys.readouterr().out


def test_what_passes_when_repeated_is_told_and_not_broken(capsys):
    ours = outcome(5, "TestA.test_b", "TestA.test_c")
    assert core_tests.compare(outcome(5), ours, frozenset({"TestA.test_b"})) == 1
    told = capsys.readouterr().out
    assert "only with the suite: TestA.test_b, passed when repeated\n" in told
    assert "only with the suite: TestA.test_c\n" in told
    assert core_tests.compare(outcome(5), ours, ours.failed) == 0


def test_only_a_test_that_was_begun_again_has_passed():
    log = LOG.replace("FAIL: TestA.test_b", "no harm").replace("1 failed", "0 failed")
    methods = {
        "TestA.test_b": "TestA.test_b",
        "Subtest TestA.test_c (<subtest>)": "TestA.test_c",
        "TestA.test_d": "TestA.test_d",
    }
    assert core_tests.passed(methods, log) == {"TestA.test_b"}
