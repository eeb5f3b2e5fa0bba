from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestFiles(RequestCommon):
    """What arrives as a file is never lost, whoever can read it."""

    def _register(self, name="request.bin", content=b"\x00\xff", reader=None):
        requests = self.env["sale.material.request"]
        readers = [reader] if reader else []
        with patch.object(
            type(requests), "_get_file_readers", lambda self, name, content: readers
        ):
            return requests._create_from_files([(name, content)])

    def _assert_kept(self, request, words):
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", request._name), ("res_id", "=", request.id)]
        )
        self.assertEqual(attachment.raw, b"\x00\xff")
        self.assertEqual(request.channel, "file")
        self.assertIn(words, request.activity_ids.note)

    def test_unknown_kind(self):
        self._assert_kept(self._register(), "is of no kind that can be read")

    def test_reader_refuses(self):
        def reader(content):
            raise UserError("The file is torn")

        self._assert_kept(self._register(reader=reader), "The file is torn")

    def test_reader_brings_what_the_database_refuses(self):
        def reader(content):
            return {
                "delivery_date_from": "2026-05-02",
                "delivery_date_to": "2026-05-01",
            }, []

        with mute_logger("odoo.sql_db"):
            request = self._register(reader=reader)
        self._assert_kept(request, "ends before it begins")

    def test_reader_brings_a_line_that_says_nothing(self):
        def reader(content):
            return {"line_ids": [Command.create({"quantity": 3})]}, []

        with mute_logger("odoo.sql_db"):
            request = self._register(reader=reader)
        self._assert_kept(request, "at least a description")

    def test_reader_leaves_something_out(self):
        def reader(content):
            return {"partner_ref": "17"}, ["The date <b>makes</b> no sense"]

        request = self._register(reader=reader)
        self.assertEqual(request.partner_ref, "17")
        self._assert_kept(request, "The date &lt;b&gt;makes&lt;/b&gt; no sense")

    def test_everything_read(self):
        request = self._register(reader=lambda content: ({"partner_ref": "17"}, []))
        self.assertFalse(request.activity_ids)
        self.assertIn("Registered from the file request.bin", request.message_ids[0].body)

    def test_import_dialog(self):
        dialog = Form(self.env["material.request.import"]).save()
        with self.assertRaisesRegex(UserError, "at least one file"):
            dialog.action_import()
        dialog.attachment_ids = self.env["ir.attachment"].create(
            [{"name": "a.bin", "raw": b"a"}, {"name": "b.bin", "raw": b"b"}]
        )
        action = dialog.action_import()
        requests = self.env["sale.material.request"].search(action["domain"])
        self.assertEqual(len(requests), 2)
