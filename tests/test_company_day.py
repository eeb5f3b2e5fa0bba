"""A day is the company's day: what asks the user's zone, or the server's, is found here."""

import ast
import re
from pathlib import Path

import pytest

ADDONS = Path(__file__).parents[1] / "addons"
SOURCES = [path for path in sorted(ADDONS.rglob("*.py")) if "tests" not in path.parts]
CORE_DAYS = re.compile(
    r"context_today|Date\.today\(|(?<!_)date\.today\(|now\(\)\.date\(|context_timestamp"
)
# core posts on the user's day what is posted by itself: the list of these documents follows it
AS_IN_CORE = {"sale_rfq_register/models/account_move_release.py"}


@pytest.mark.parametrize("name", ["models/res_company_day.py", "formatting.py"])
def test_one_rule_for_all(name):
    """No addon knows another one, so each has the file; all of them say the same."""
    copies = sorted(ADDONS.glob(f"*/{name}"))
    assert len(copies) > 1
    assert len({path.read_text(encoding="utf-8") for path in copies}) == 1


def test_no_day_of_the_user_or_of_the_server():
    found = [
        f"{path.relative_to(ADDONS)}: {line.strip()}"
        for path in SOURCES
        if str(path.relative_to(ADDONS)) not in AS_IN_CORE
        for line in path.read_text(encoding="utf-8").splitlines()
        if CORE_DAYS.search(line)
    ]
    assert not found, "ask res.company: _get_today, _get_day, _get_day_moment\n" + "\n".join(found)


def test_tasks_are_due_on_a_day_of_the_company():
    """Core would take the day of whoever makes the task: of the job's user, that is UTC."""
    calls = [
        (path, node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "activity_schedule"
    ]
    assert calls
    missing = [
        f"{path.relative_to(ADDONS)}:{node.lineno}"
        for path, node in calls
        if not {"date_deadline", None} & {keyword.arg for keyword in node.keywords}
    ]
    assert not missing, f"pass date_deadline=….company_id._get_today(): {missing}"
