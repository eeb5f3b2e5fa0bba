"""What the scripts of this folder share: an Odoo without a server, on the database they name."""

import sys
from contextlib import contextmanager

import odoo.api
from odoo.modules.registry import Registry
from odoo.tools import config


def connect():
    """The name of the database and the word to do, from ``-c CONF DB WORD``."""
    _script, option, conf, database, word = sys.argv
    config.parse_config([option, conf, "-d", database, "--no-http", "--log-level=critical"])
    return database, word


@contextmanager
def session(database):
    """A superuser's environment; what is done in it is committed at the end."""
    with Registry(database).cursor() as cr:
        yield odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})


def new_contract(env, quantity, count):
    """A contract in force over some goods, for a customer of its own."""
    env.company.supply_contract_four_eyes = False
    partner = env["res.partner"].create({"name": "Bergmann", "is_company": True})
    products = env["product.product"].create(
        [{"name": f"Goods {number}", "type": "consu"} for number in range(count)]
    )
    contract = env["sale.supply.contract"].create(
        {
            "partner_id": partner.id,
            "date_end": "2099-12-31",
            "line_ids": [
                (0, 0, {"product_id": product.id, "quantity": quantity, "price_unit": 2})
                for product in products
            ],
        }
    )
    contract.action_put_in_force()
    return contract
