"""Bad input over RPC gets a clear message, whatever public method of ours is called with it."""

import inspect
import traceback

import pytest
from psycopg2 import Error as DatabaseError

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tools import mute_logger

from i18n_update import suite_addons

ADDONS = suite_addons()
ODD = [None, "x", "", -1, 10**12, [], ["x"], {}, {"x": 1}, [{}], True]


def own_methods(env, addon):
    """The public methods that the addon brings: each with one model that has it."""
    seen = set()
    for name in sorted(env.registry, key=lambda name: (env[name]._abstract, name)):
        for method, function in sorted(vars_of(env[name], addon).items()):
            if function not in seen:
                seen.add(function)
                yield name, method, function


def vars_of(model, addon):
    """Public methods of a model that the addon brings; what core has is core's to check."""
    own, others = {}, set()
    for one in type(model).mro():
        if not one.__module__.startswith("odoo.addons.") or not is_ours(one):
            others.update(vars(one))
        elif one.__module__.startswith(f"odoo.addons.{addon}."):
            for method, function in vars(one).items():
                if inspect.isfunction(function) and not method.startswith("_"):
                    own.setdefault(method, function)
    return {
        method: function
        for method, function in own.items()
        if method not in others and not getattr(function, "_api_private", False)
    }


def is_ours(one):
    return one.__module__.split(".")[2] in ADDONS


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
    except DatabaseError:
        # a missing or doubled value, which Odoo puts into words for the caller, or text in the
        # place of an id, which core hands to the database as it is
        return None
    except Exception as error:
        if is_cores(error) or str(error).startswith(("Expected singleton", "Wrong value for")):
            return None
        return describe(name, method, args, error)
    finally:
        env.invalidate_all(flush=False)


def describe(name, method, args, error):
    return f"{name}.{method}{tuple(args)}: {type(error).__name__} {error}"


def is_cores(error):
    """Whether core refuses a value that an override of ours only hands on."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if any(f"/addons/{addon}/" in frame.filename for addon in ADDONS)
    ]
    return not frames or "super(" in (frames[-1].line or "")


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
    with mute_logger("odoo.sql_db"):
        for name in wizards:
            problems.append(problem_of(env, name, "default_get", [list(env[name]._fields)]))
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


@pytest.mark.parametrize("addon", ADDONS)
def test_values(env, addon):
    """Records are made and written with values that are missing, and with odd ones."""
    problems = []
    with mute_logger("odoo.sql_db", "odoo.models"):
        for name in overriding_models(env, addon):
            problems.append(problem_of(env, name, "create", [[{}]]))
            for values in prepare_values(env[name], addon):
                problems.append(problem_of(env, name, "create", [[values]]))
                if record := env[name].search([], limit=1):
                    problems.append(problem_of(env, name, "write", [record.ids, values]))
    assert "\n".join(sorted(filter(None, problems))) == ""


def overriding_models(env, addon):
    return [
        name
        for name in sorted(env.registry)
        if env[name]._auto
        and not env[name]._abstract
        and any(
            {"create", "write"} & vars(one).keys()
            for one in type(env[name]).mro()
            if one.__module__.startswith(f"odoo.addons.{addon}.")
        )
    ]


def prepare_values(model, addon):
    """Each field of the addon alone, with values of its own type: others core refuses as it is."""
    odd = {
        "many2one": (None, -1, 10**12),
        "integer": (None, -1),
        "float": (None, -1, 1e12),
        "monetary": (None, -1, 1e12),
        "char": (None, "", "x" * 3000),
        "text": (None, ""),
        "date": (None, False),
        "datetime": (None, False),
        "selection": (None, False, "x"),
    }
    for field in model._fields.values():
        if addon in field._modules:
            for value in odd.get(field.type, ()):
                yield {field.name: value}
