"""A day is the company's day: what asks the user's zone, or the server's, is found here."""

import re
from pathlib import Path

ADDONS = Path(__file__).parents[1] / "addons"
COPY = "models/res_company_day.py"
CORE_DAYS = re.compile(
    r"context_today|Date\.today\(|(?<!_)date\.today\(|now\(\)\.date\(|context_timestamp"
)
# core posts on the user's day what is posted by itself: the list of these documents follows it
AS_IN_CORE = {"sale_rfq_register/models/account_move_release.py"}


def test_one_rule_for_all():
    """No addon knows another one, so each has the file; all of them say the same."""
    copies = sorted(ADDONS.glob(f"*/{COPY}"))
    assert len(copies) > 1
    assert len({path.read_text(encoding="utf-8") for path in copies}) == 1


def test_no_day_of_the_user_or_of_the_server():
    found = [
        f"{path.relative_to(ADDONS)}: {line.strip()}"
        for path in sorted(ADDONS.rglob("*.py"))
        if "tests" not in path.parts and str(path.relative_to(ADDONS)) not in AS_IN_CORE
        for line in path.read_text(encoding="utf-8").splitlines()
        if CORE_DAYS.search(line)
    ]
    assert not found, "ask res.company: _get_today, _get_day, _get_day_moment\n" + "\n".join(found)
