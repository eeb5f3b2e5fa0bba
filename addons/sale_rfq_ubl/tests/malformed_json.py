"""Bodies for the creation of a request over JSON-2 that no honest program sends."""

import json


def bodies():
    """Bytes by what is wrong with them."""
    good = {"name": "Bearing", "quantity": 1}

    def line(**values):
        return _body(sender_name="Shop", line_ids=[[0, 0, {**good, **values}]])

    return {
        "nothing": b"",
        "no JSON": b"vals_list=1",
        "torn": line()[:40],
        "another encoding": '{"vals_list": [{"sender_name": "Магазин"}]}'.encode("windows-1251"),
        "a list": b"[]",
        "a number": b"7",
        "1,000 levels": b'{"vals_list": ' + b"[" * 1_000 + b"]" * 1_000 + b"}",
        "no arguments": b"{}",
        "an unknown argument": b'{"values": []}',
        "values that are text": b'{"vals_list": "x"}',
        "values that are a list of lists": b'{"vals_list": [[1]]}',
        "values that are nothing": b'{"vals_list": null}',
        "an unknown field": _body(nothing=1),
        "a state of its own": _body(state="sold"),
        "a customer of nobody": _body(partner_id=2**31 - 1),
        "a customer beyond all numbers": _body(partner_id=2**70),
        "a customer that is text": _body(partner_id="'; DROP TABLE sale_order; --"),
        "a company of nobody": _body(company_id=2**31 - 1),
        "zeros": _body(sender_name="a\x00b"),
        "half of a pair": b'{"vals_list": [{"sender_name": "\\ud800"}]}',
        "a megabyte": _body(note="x" * 1_000_000),
        "a day that is none": _body(date_due="9999-99-99"),
        "a day that is a number": _body(date_due=7),
        "a period backwards": _body(
            delivery_date_from="2026-05-02", delivery_date_to="2026-05-01"
        ),
        "lines that are no commands": _body(line_ids=[{"name": "x"}]),
        "a command of its own": _body(line_ids=[[99, 0, good]]),
        "a line that says nothing": _body(line_ids=[[0, 0, {"quantity": 1}]]),
        "a negative quantity": line(quantity=-1),
        "a quantity that is text": line(quantity="many"),
        "no number": line().replace(b'"quantity": 1', b'"quantity": NaN'),
        "a number without end": line().replace(b'"quantity": 1', b'"quantity": 1e999'),
        "a huge number": line(quantity=1e308),
        "a product of nobody": line(product_id=2**31 - 1),
        "no quantity": line(quantity=None),
    }


def _body(**values):
    return json.dumps({"vals_list": [values]}).encode()
