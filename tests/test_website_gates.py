"""A website's form and automation rules, as real modules over HTTP, with every gate on."""

import json
import os

import pytest
import requests
from test_contract_processes import PATIENCE, Site
from test_two_workers import Server, Window

SCRIPT = "website_gates.py"


@pytest.fixture
def site(own_database):
    own_database.odoo("-i", "website_crm,base_automation,sale_pipeline_rules")
    return Site(own_database.name, own_database.conf, dict(os.environ))


def send_form(server, name):
    """What the website answers to a visitor."""
    answer = requests.post(
        f"{server.url}/website/form/crm.lead",
        data={
            "name": name,
            "contact_name": "Anna",
            "email_from": "anna@example.com",
            "phone": "+49 30 123456",
            "description": "Twenty pumps.",
        },
        files={"drawing": ("pump.txt", b"A drawing")},
        timeout=PATIENCE,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(window, stage_id, lead_id):
    """Why a person may not move a lead, in the web client."""
    answer = window.session.post(
        f"{window.url}/web/dataset/call_kw/crm.lead/write",
        json={
            "params": {
                "model": "crm.lead",
                "method": "write",
                "args": [[lead_id], {"stage_id": stage_id}],
                "kwargs": {},
            }
        },
        timeout=PATIENCE,
    ).json()
    return answer["error"]["data"]["message"]


def test_visitors_and_rules_pass_people_do_not(site):
    made = json.loads(site.run(SCRIPT, "prepare").splitlines()[-1])
    first, second = made["stages"][:2]
    with Server(site).running() as server:
        assert send_form(server, "Landed")["id"]
        assert send_form(server, "Moved at once")["id"]
        manager = Window(server, "manager")
        assert "Expected Revenue" in refusal(manager, second, made["lead"])
        before = site.tell(SCRIPT)["A person's"]
        manager.call(
            "/web/dataset/call_kw/crm.lead/write",
            model="crm.lead",
            method="write",
            args=[[made["lead"]], {"priority": "3"}],
            kwargs={},
        )
        found = site.tell(SCRIPT)
    assert before == {"stage": first, "email": False, "passed": []}
    assert found["Landed"] == {"stage": first, "email": "anna@example.com", "passed": []}
    assert found["Moved at once"]["stage"] == second
    assert found["Moved at once"]["passed"] == ["enter", "leave"]
    assert found["A person's"] == {**before, "stage": second, "passed": ["enter", "leave"]}
