from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.orm.model_classes import add_to_registry
from odoo.tests import TransactionCase, new_test_user, tagged


class AuditNote(models.Model):
    """A register of the tests."""

    _name = "sale.audit.note.test"
    _inherit = ["sale.audit.row"]
    _description = "Note of the Tests"
    _module = None

    name = fields.Char()
    decision = fields.Char()

    def _get_system_fields(self):
        return {"decision"}

    def _get_changeable_fields(self):
        return {"decision"}


@tagged("post_install", "-at_install")
class TestGuard(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_to_registry(cls.registry, AuditNote)
        cls.addClassCleanup(cls.registry.__delitem__, AuditNote._name)
        cls.registry._setup_models__(cls.env.cr, [AuditNote._name])
        cls.registry.init_models(cls.env.cr, [AuditNote._name], {"models_to_check": True})
        model = cls.env["ir.model"]._get(AuditNote._name)
        cls.env["ir.model.access"].create(
            {
                "name": "note",
                "model_id": model.id,
                "group_id": cls.env.ref("base.group_user").id,
                **dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True),
            }
        )
        cls.user = new_test_user(cls.env, "audit_user")
        cls.notes = cls.env[AuditNote._name].with_user(cls.user)

    def test_people_write_no_field_of_the_system(self):
        note = self.notes.create({"name": "Late"})
        with self.assertRaisesRegex(AccessError, "Decision of “Note of the Tests”"):
            note.write({"decision": "waived"})
        with self.assertRaisesRegex(AccessError, "Decision"):
            self.notes.create({"decision": "waived"})
        with self.assertRaisesRegex(AccessError, "Decision"):
            self.notes.with_context(default_decision="waived").create({})
        note.sudo().decision = "waived"
        self.assertEqual(note.decision, "waived")

    def test_what_was_entered_stays(self):
        note = self.notes.create({"name": "Late"})
        for who in (note, note.sudo()):
            with self.assertRaisesRegex(UserError, r"Late is an entry .*\(Name\)"):
                who.write({"name": "In time"})
            with self.assertRaisesRegex(UserError, "cannot be deleted"):
                who.unlink()
