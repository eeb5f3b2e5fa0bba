"""Which rule of a regulation holds for a lead: the most specific one wins.

A rule says for whom it is by sets of ids; an empty set means everybody. Rules here are any
objects with `stage_ids`, `team_ids`, `role_ids`, `user_ids`, `lead_type` and `sequence`.
"""

from typing import NamedTuple


class Case(NamedTuple):
    """What a lead is, as far as rules ask: ids, or False; `type` is lead or opportunity."""

    stage_id: int = False
    team_id: int = False
    role_id: int = False
    user_id: int = False
    type: str = "opportunity"


def is_for(rule, case):
    """Whether a rule is for a case.

    >>> from types import SimpleNamespace as Rule
    >>> everybody = dict(stage_ids=(), team_ids=(), role_ids=(), user_ids=(), lead_type=False)
    >>> is_for(Rule(**everybody), Case(stage_id=1))
    True
    >>> is_for(Rule(**{**everybody, "stage_ids": (2,)}), Case(stage_id=1))
    False
    """
    return (
        (not rule.stage_ids or case.stage_id in rule.stage_ids)
        and (not rule.team_ids or case.team_id in rule.team_ids)
        and (not rule.role_ids or case.role_id in rule.role_ids)
        and (not rule.user_ids or case.user_id in rule.user_ids)
        and (not rule.lead_type or case.type == rule.lead_type)
    )


def specificity(rule):
    """Rank a rule: person > team and role > role > team > stage > everybody, then sequence.

    >>> from types import SimpleNamespace as Rule
    >>> one = Rule(
    ...     stage_ids=(), team_ids=(), role_ids=(1,), user_ids=(), lead_type=False, sequence=5
    ... )
    >>> two = Rule(
    ...     stage_ids=(), team_ids=(1,), role_ids=(), user_ids=(), lead_type=False, sequence=1
    ... )
    >>> specificity(one) > specificity(two)
    True
    """
    return (
        bool(rule.user_ids),
        bool(rule.role_ids and rule.team_ids),
        bool(rule.role_ids),
        bool(rule.team_ids),
        bool(rule.stage_ids),
        bool(rule.lead_type),
        -rule.sequence,
    )


def choose(rules, case):
    """Return the most specific of the rules that are for a case, or None."""
    return max((rule for rule in rules if is_for(rule, case)), key=specificity, default=None)
