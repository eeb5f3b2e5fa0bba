from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from pytz import utc

from odoo import api, models
from odoo.tools import ormcache

from ..worktime import WorkTime

LAST_MONTH = 46  # about the 1,400 days for which core's plan_hours looks


class ResourceCalendar(models.Model):
    """Working time month by month, kept in memory until a calendar, leave or resource changes."""

    _inherit = "resource.calendar"

    @ormcache("self.id", "resource_id", "month")
    def _get_worktime(self, resource_id, month):
        """Return the `WorkTime` of a month in UTC.

        :param resource_id: id of a ``resource.resource`` with its zone and leaves, or False
        :param month: the first day of the month, a date
        """
        start = datetime(month.year, month.month, 1, tzinfo=utc)
        resource = self.env["resource.resource"].sudo().browse(resource_id or [])
        work = self.sudo()._work_intervals_batch(
            start, start + relativedelta(months=1), resources=resource
        )
        return WorkTime(
            (
                span_start.astimezone(utc).replace(tzinfo=None),
                end.astimezone(utc).replace(tzinfo=None),
            )
            for span_start, end, _attendances in work[resource.id]
        )

    def _get_work_deadline(self, start, minutes, resource_id=False):
        """Find the moment at which so many minutes will have been worked from a start.

        :param start: a naive moment in UTC
        :param minutes: minutes of working time, a number
        :return: a naive moment in UTC; None where there is no working time to come
        """
        rest = timedelta(minutes=minutes)
        month = start.date().replace(day=1)
        for _number in range(LAST_MONTH):
            work = self._get_worktime(resource_id, month)
            if deadline := work.deadline(start, rest):
                return deadline
            rest -= work.total - work.worked_until(start)
            month += relativedelta(months=1)
        return None

    def _get_work_minutes(self, start, end, resource_id=False):
        """Compute the minutes of working time between two naive moments in UTC."""
        worked = timedelta()
        month, last = start.date().replace(day=1), end.date()
        while month <= last and start < end:
            worked += self._get_worktime(resource_id, month).worked(start, end)
            month += relativedelta(months=1)
        return worked.total_seconds() / 60

    def _get_work_spans(self, start, end, resource_id=False):
        """Return the spans of working time between two naive moments in UTC, for evidence."""
        spans = []
        month = start.date().replace(day=1)
        while month <= end.date():
            spans += [
                (max(span_start, start), min(span_end, end))
                for span_start, span_end in self._get_worktime(resource_id, month).spans
                if span_start < end and span_end > start
            ]
            month += relativedelta(months=1)
        return spans

    @api.model
    def _on_worktime_change(self):
        """Forget the working time in memory; others compute anew what rests on it."""
        self.env.registry.clear_cache()
