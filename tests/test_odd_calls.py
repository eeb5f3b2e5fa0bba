"""Bad input over RPC gets a clear message, whatever public method of ours is called with it."""

import inspect

import pytest
from psycopg2 import Error as DatabaseError

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tools import mute_logger

from i18n_update import suite_addons

ADDONS = suite_addons()
ODD = [None, "x", "", -1, 10**12, [], ["x"], {}, {"x": 1}, [{}], True]
# what calls it has to know: these are the ORM's own, with its own checks
OF_THE_ORM = {"create", "write", "copy", "unlink", "read", "search_read", "web_read"}


def own_methods(env, addon):
    """Names of the public methods that the addon defines, by model."""
    for name in env.registry:
        for method, function in sorted(vars_of(env[name], addon).items()):
            yield name, method, function


def vars_of(model, addon):
    found = {}
    for one in type(model).mro():
        if not one.__module__.startswith(f"odoo.addons.{addon}."):
            continue
        for method, function in vars(one).items():
            if method.startswith("_") or method in OF_THE_ORM or not inspect.isfunction(function):
                continue
            if not getattr(function, "_api_private", False):
                found.setdefault(method, function)
    return found


def prepare_calls(env, name, function):
    """Arguments for a method: no record, a missing one, a real one; odd values."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    wanted = [
        one
        for one in parameters
        if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
        and one.default is one.empty
    ]
    model = env[name]
    ids = [[]]
    if not getattr(function, "_api_model", False):
        ids += [[2**31 - 1], model.search([], limit=1).ids] if not model._abstract else []
    for some in ids:
        heads = [] if getattr(function, "_api_model", False) else [some]
        for odd in ODD if parameters else [None]:
            yield [*heads, *[odd for _one in wanted]]
            if parameters and not wanted:
                yield [*heads, odd]


def problem_of(env, name, method, args):
    """What goes wrong otherwise than with a message for the caller."""
    cr = env.cr
    try:
        with cr.savepoint():
            call_kw(env[name], method, args, {})
            env.flush_all()
            raise UserError("undone")
    except UserError:
        return None
    except ValueError as error:
        known = ("Expected singleton", "Invalid field")
        if any(words in str(error) for words in known):
            return None
        return f"{name}.{method}{tuple(args)}: {error!r}"
    except (DatabaseError, Exception) as error:
        return f"{name}.{method}{tuple(args)}: {error!r}"
    finally:
        env.invalidate_all(flush=False)


@pytest.mark.parametrize("addon", ADDONS)
def test_methods(env, addon):
    problems = []
    with mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_model"):
        for name, method, function in list(own_methods(env, addon)):
            for args in prepare_calls(env, name, function):
                problems.append(problem_of(env, name, method, args))
    assert sorted(filter(None, problems)) == []


@pytest.mark.parametrize("addon", ADDONS)
def test_dialogs_without_their_context(env, addon):
    """A dialog is made with nothing, and its buttons are pressed."""
    problems = []
    wizards = [name for name in env.registry if env[name]._transient and vars_of(env[name], addon)]
    assert wizards or addon not in ("sale_rfq_register", "sale_order_kinds")
    with mute_logger("odoo.sql_db"):
        for name in wizards:
            problems.append(problem_of(env, name, "default_get", [list(env[name]._fields)]))
            problems.append(problem_of(env, name, "create", [{}]))
            problems += press_buttons(env, name, addon)
    assert sorted(filter(None, problems)) == []


def press_buttons(env, name, addon):
    problems = []
    for method, function in vars_of(env[name], addon).items():
        if getattr(function, "_api_model", False):
            continue
        try:
            with env.cr.savepoint():
                wizard = env[name].create({})
                wizard.read()
                problems.append(problem_of(env, name, method, [wizard.ids]))
                raise UserError("undone")
        except UserError:
            continue
        except DatabaseError:
            continue  # a required field, which core names to the caller
        except Exception as error:
            problems.append(f"{name}.create(): {error!r}")
    return problems
