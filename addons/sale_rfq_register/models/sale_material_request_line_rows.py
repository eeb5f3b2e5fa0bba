from odoo import models

from ..rows import has_plain_columns, update_rows


class SaleMaterialRequestLine(models.Model):
    """Requests of thousands of lines: each set of columns is updated by one statement."""

    _inherit = "sale.material.request.line"

    def _write_multi(self, vals_list):
        columns = {tuple(sorted(vals)) for vals in vals_list}
        # up to a hundred rows the ORM needs one statement for each set of columns as well
        if len(self) <= 100 or not has_plain_columns(self, set().union(*columns)):
            return super()._write_multi(vals_list)
        stamp = {"write_uid": self.env.uid, "write_date": self.env.cr.now()}
        groups = {}
        for record_id, vals in zip(self._ids, vals_list, strict=True):
            vals = {**stamp, **vals}
            ids, rows = groups.setdefault(tuple(sorted(vals)), ([], []))
            ids.append(record_id)
            rows.append([vals[name] for name in sorted(vals)])
        for names, (ids, rows) in groups.items():
            update_rows(self, names, ids, rows)
