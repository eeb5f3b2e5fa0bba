from odoo import api, fields, models
from odoo.tools import SQL

from ..models.sale_abc_settings_mixin import BUCKETS

COLUMNS = ("AX", "AY", "AZ", "BX", "BY", "BZ", "CX", "CY", "CZ", "none")


class SaleAbcPreview(models.TransientModel):
    """How many would fall where, by the week, the month and the quarter, before it holds."""

    _name = "sale.abc.preview"
    _description = "Preview of Classes"

    profile_id = fields.Many2one("sale.abc.profile", required=True, ondelete="cascade")
    subject = fields.Selection(related="profile_id.subject")
    currency_id = fields.Many2one(related="profile_id.currency_id")
    threshold_x = fields.Float(
        string="X up to (%)",
        digits=(7, 2),
        compute="_compute_thresholds",
        store=True,
        readonly=False,
        precompute=True,
    )
    threshold_y = fields.Float(
        string="Y up to (%)",
        digits=(7, 2),
        compute="_compute_thresholds",
        store=True,
        readonly=False,
        precompute=True,
    )
    bucket = fields.Selection(
        BUCKETS,
        string="Take",
        compute="_compute_thresholds",
        store=True,
        readonly=False,
        precompute=True,
        help="The period that the profile is to have.",
    )
    counts = fields.Json(compute="_compute_counts")

    @api.depends("profile_id")
    def _compute_thresholds(self):
        for preview in self:
            preview.threshold_x = preview.profile_id.threshold_x
            preview.threshold_y = preview.profile_id.threshold_y
            preview.bucket = preview.profile_id.bucket

    @api.depends("profile_id", "threshold_x", "threshold_y")
    def _compute_counts(self):
        for preview in self:
            preview.counts = [
                preview._count(bucket, label)
                for bucket, label in self._fields["bucket"]._description_selection(self.env)
            ]

    def _count(self, bucket, label):
        """A row of the table: the period, its window, and how many fall into each cell."""
        profile = self.profile_id._origin or self.profile_id
        trial = profile.new(profile.copy_data()[0])
        trial.update(
            {"bucket": bucket, "threshold_x": self.threshold_x, "threshold_y": self.threshold_y}
        )
        run = self.env["sale.abc.run"].new(trial._prepare_run_values())
        self.env.flush_all()
        query = SQL(
            "SELECT abc_raw || coalesce(xyz_raw, ''), count(*) FROM (%s) classes GROUP BY 1",
            run._get_classes_query(),
        )
        with run._set_up_sorting():
            rows = self.env.execute_query(query)
        cells = dict(rows)
        counted = {cell: cells.get(cell, 0) for cell in COLUMNS[:-1]}
        counted["none"] = sum(cells.get(cell, 0) for cell in "ABC")
        return {
            "bucket": bucket,
            "label": label,
            "from": fields.Date.to_string(run.date_from),
            "to": fields.Date.to_string(run.date_to),
            "periods": run.bucket_total,
            "cells": counted,
        }

    def action_take(self):
        """Give the profile the period and the limits that are on the screen."""
        self.ensure_one()
        self.profile_id.write(
            {
                "bucket": self.bucket,
                "threshold_x": self.threshold_x,
                "threshold_y": self.threshold_y,
            }
        )
        return {"type": "ir.actions.act_window_close"}
