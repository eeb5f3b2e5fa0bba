"""Many attempts at one thing, by processes that are at it at once, as web clients have it done."""

import json
import os
import re
import time
from collections import Counter
from unittest.mock import patch

from sessions import session

from odoo import sql_db
from odoo.exceptions import UserError
from odoo.service.model import retrying

WORKERS = 8


def attempt(database, job, action, refusal):
    """The outcome of one attempt and how often it was tried."""
    with session(database) as env:
        tries = 0

        def act():
            nonlocal tries
            tries += 1
            action(env, job)

        try:
            with patch("odoo.service.model.time.sleep"):  # up to 2 s before the second try
                retrying(act, env)
            outcome = "done"
        except UserError as refused:
            env.cr.rollback()
            told = re.search(refusal, str(refused))
            outcome = "refused with the reason" if told else str(refused)
        except Exception as error:
            env.cr.rollback()
            outcome = repr(error)
    return outcome, tries


def work(database, jobs, *how):
    """In a process of its own: attempt one after the other and write the outcomes down."""
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        return os.fdopen(reader)
    with os.fdopen(writer, "w") as told:
        told.write(json.dumps([attempt(database, job, *how) for job in jobs]))
    os._exit(0)


def race(database, jobs, action, refusal, tell):
    """Do ``action(env, job)`` for all jobs and print what came of it.

    :param refusal: a pattern that the refusal of what is too much meets
    :param tell: gives what is in the database afterwards
    """
    sql_db.close_all()  # a connection must not be shared with a child
    start = time.monotonic()
    pipes = [work(database, jobs[n::WORKERS], action, refusal) for n in range(WORKERS)]
    outcomes = [outcome for pipe in pipes for outcome in json.loads(pipe.read())]
    seconds = time.monotonic() - start
    with session(database) as env:
        print(
            json.dumps(
                {
                    "outcomes": Counter(outcome for outcome, _tries in outcomes),
                    "tries": Counter(str(tries) for _outcome, tries in outcomes),
                    "seconds": round(seconds, 1),
                    **tell(env),
                }
            )
        )
