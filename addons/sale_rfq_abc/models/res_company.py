from datetime import UTC, timedelta

from odoo import models
from odoo.tools import groupby

from ..working_time import end_of_hours

# Days in which working time is looked for: the first suffices unless the hours are very many.
HORIZONS = (35, 1400)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _plan_working_hours(self, plans):
        """The days on which working hours end, by the company's calendar and in its time zone.

        :param plans: set of ``(moment in UTC, hours)``
        :return: ``{plan: day}``, without the plans for which there is no working time
        """
        self.ensure_one()
        planned = {}
        # By the year, so that a moment of long ago does not make the calendar of decades.
        for _year, chunk in groupby(sorted(plans), lambda plan: plan[0].year):
            planned.update(self._plan_working_hours_at_once(chunk))
        return planned

    def _plan_working_hours_at_once(self, plans):
        """The same for sorted plans, with one look into the calendar for all of them."""
        first, last = plans[0][0], plans[-1][0]
        ends = {}
        for days in HORIZONS:
            periods = self._get_working_periods(first, last + timedelta(days=days))
            ends = {
                (moment, hours): end_of_hours(periods, moment.replace(tzinfo=UTC), hours)
                for moment, hours in plans
            }
            if all(ends.values()):
                break
        zone = self._get_day_zone()
        return {plan: end.astimezone(zone).date() for plan, end in ends.items() if end}

    def _get_working_periods(self, start, stop):
        """Working time without public holidays as ``(begin, end)``; none without a calendar."""
        calendar = self.sudo().resource_calendar_id
        if not calendar:
            return []
        # As the system, which sees the holidays of every company.
        holidays = [("time_type", "=", "leave"), ("company_id", "in", [False, self.id])]
        periods = calendar._work_intervals_batch(
            start.replace(tzinfo=UTC), stop.replace(tzinfo=UTC), domain=holidays
        )
        return [(begin, end) for begin, end, _attendance in periods[False]]
