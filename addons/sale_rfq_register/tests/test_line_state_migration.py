from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from odoo.tests import tagged

from .common import RequestCommon

SCRIPT = Path(__file__).parents[1] / "migrations" / "19.0.1.1.0" / "pre-migrate.py"


@tagged("post_install", "-at_install")
class TestLineStateMigration(RequestCommon):
    """The script answers the lines of older databases as the program does."""

    def _migrate(self):
        spec = spec_from_file_location("pre_migrate", SCRIPT)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def _new_checked(self):
        request = self._new_request(
            {"product_id": self.bearing.id, "quantity": 5}, {"name": "Marine grease"}
        )
        request.action_check()
        return request

    def test_lines_and_requests(self):
        requests = [self._new_checked() for _number in range(6)]
        checked, offered, partly, lost, cancelled, whole = requests
        lost.write({"state": "lost", "close_reason_id": self.reason.id, "close_note": "no"})
        for request in (offered, partly, cancelled, whole):
            request.action_create_offer()
        (partly + cancelled + whole).order_ids.action_confirm()
        whole.line_ids[1]._close("no_bid", self.reason)
        cancelled.order_ids._action_cancel()
        checked.line_ids[1].product_id = self.seal
        names = ["state", "closed_as", "close_reason_id"]
        lines = self.env["sale.material.request.line"].union(*(r.line_ids for r in requests))
        wanted = [
            lines.read([*names, "verdict"], load=None),
            self.env["sale.material.request"].union(*requests).mapped("state"),
            [request.unanswered_line_count for request in requests],
        ]
        wanted[0][-1].update(state="open", closed_as=False, close_reason_id=False)
        wanted[1][-1], wanted[2][-1] = "partly_won", 1  # a line alone could not be closed before
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_material_request_line SET state = NULL, closed_as = NULL,"
            " close_reason_id = NULL, close_note = NULL;"
            "UPDATE sale_material_request SET unanswered_line_count = NULL,"
            " state = CASE state WHEN 'partly_won' THEN 'won' ELSE state END;"
            "UPDATE sale_material_request SET state = 'won' WHERE id = %s;"
            "UPDATE sale_material_request_line SET verdict = NULL, verdict_user_id = NULL"
            " WHERE id = %s",
            [cancelled.id, checked.line_ids[1].id],
        )
        self._migrate()
        self.assertEqual(
            wanted,
            [
                lines.read([*names, "verdict"], load=None),
                self.env["sale.material.request"].union(*requests).mapped("state"),
                [request.unanswered_line_count for request in requests],
            ],
        )
        self.assertEqual(lost.line_ids.mapped("close_note"), ["no", "no"])
        self.assertEqual(checked.line_ids[1].verdict_user_id, self.env.user)
