from collections import defaultdict

from odoo import api, models

from ..rows import has_plain_columns, insert_rows, update_rows

# up to as many rows the ORM needs one statement as well
ORM_ROWS = 100


class SaleMaterialRequestLine(models.Model):
    """Requests of thousands of lines: one INSERT, and one UPDATE for each set of columns."""

    _inherit = "sale.material.request.line"

    @api.model
    def _create(self, data_list):
        names = sorted({name for data in data_list for name in data["stored"]})
        if len(data_list) <= ORM_ROWS or not self._is_plain(names):
            return super()._create(data_list)
        fields = [self._fields[name] for name in names]
        rows = [
            [
                field.convert_to_column_insert(
                    data["stored"].get(field.name), self, data["stored"]
                )
                for field in fields
            ]
            for data in data_list
        ]
        lines = self.browse(insert_rows(self, names, rows))
        for line, data in zip(lines, data_list, strict=True):
            data["record"] = line
        lines._cache_created(data_list)
        with self.env.protecting([(data["protected"], data["record"]) for data in data_list]):
            lines.modified(self._fields, create=True)
        lines._validate_fields(names)
        lines.check_access("create")
        return lines

    def _is_plain(self, names):
        """Whether nothing but plain columns is created; a partner may have added other fields."""
        return has_plain_columns(self, names) and all(
            self._fields[name].type not in ("html", "many2one_reference") for name in names
        )

    def _cache_created(self, data_list):
        """Put the values of new lines into the cache, as ``_create`` of the ORM does."""
        for name, field in self._fields.items():
            if not field.store or name == "id":
                continue
            if field.type in ("one2many", "many2many"):
                field._update_cache(self, ())
                continue
            inverses = defaultdict(list)
            for line, data in zip(self, data_list, strict=True):
                stored = data["stored"]
                value = field.convert_to_cache(stored[name], line) if name in stored else None
                field._update_cache(line, value)
                inverses[value].append(line.id)
            if field.type == "many2one":
                for value, ids in inverses.items():
                    field._update_inverses(self.browse(ids), value)

    def _write_multi(self, vals_list):
        columns = {tuple(sorted(vals)) for vals in vals_list}
        if len(self) <= ORM_ROWS or not has_plain_columns(self, set().union(*columns)):
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
