from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.base.models.res_partner import _tz_get


class ResCompany(models.Model):
    """A day is the company's day, whoever asks and whatever job runs.

    Each addon with days of its own has this file; a test holds the copies equal.
    """

    _inherit = "res.company"

    day_zone = fields.Selection(
        _tz_get,
        string="Time Zone of Days",
        compute="_compute_day_zone",
        inverse="_inverse_day_zone",
        compute_sudo=True,
        help="Where days begin and end: delivery dates, expiry, due dates, reminders, for every"
        " user and every job. It is the time zone of the company's contact; where that has none,"
        " the one of the company's working hours; else UTC.",
    )

    @api.depends("partner_id.tz", "resource_calendar_id.tz")
    def _compute_day_zone(self):
        for company in self:
            company.day_zone = company._get_proposed_zone()

    def _inverse_day_zone(self):
        """A zone that was chosen is the one of the contact; the proposed one stays proposed."""
        for company in self.sudo():
            if company.day_zone != company._get_proposed_zone():
                company.partner_id.tz = company.day_zone

    def _get_proposed_zone(self):
        self.ensure_one()
        return self.partner_id.tz or self.resource_calendar_id.tz or "UTC"

    def _get_day_zone(self):
        return pytz.timezone((self[:1] or self.env.company).sudo().day_zone)

    def _get_today(self):
        return self._get_day(fields.Datetime.now())

    def _get_day(self, moment):
        """The day of a moment where the company is."""
        return pytz.utc.localize(moment).astimezone(self._get_day_zone()).date()

    def _get_day_start(self, day):
        """The moment at which a day begins where the company is."""
        start = self._get_day_zone().localize(datetime.combine(day, time.min))
        return start.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_day_end(self, day):
        """The last moment of a day where the company is."""
        return self._get_day_start(day + timedelta(days=1)) - timedelta(microseconds=1)

    def _get_day_moment(self, day):
        """A moment for a day: noon where the company is, as far as it is that day in UTC too."""
        noon = self._get_day_start(day) + timedelta(hours=12)
        return max(noon, datetime.combine(day, time.min))

    @api.model
    def _get_all_by_today(self):
        """``{today: companies}``"""
        companies = self.sudo().with_context(active_test=False).search([])
        return companies.grouped(lambda company: company._get_today())

    @api.model
    def _get_today_domain(self, name, operator, company="company_id"):
        """The domain of records whose day stands so to the today of their company."""
        return Domain.OR(
            Domain(company, "in", companies.ids) & Domain(name, operator, today)
            for today, companies in self._get_all_by_today().items()
        )

    @api.model
    def _get_zone_table(self):
        """A source for SELECT: ``zone(company_id, name)``, the zones of ``day_zone``."""
        self.flush_model(["partner_id", "resource_calendar_id"])
        self.env["res.partner"].flush_model(["tz"])
        self.env["resource.calendar"].flush_model(["tz"])
        return SQL(
            """(SELECT company.id, coalesce(partner.tz, calendar.tz, 'UTC')
                  FROM res_company company
                  LEFT JOIN res_partner partner ON partner.id = company.partner_id
                  LEFT JOIN resource_calendar calendar
                    ON calendar.id = company.resource_calendar_id) AS zone(company_id, name)"""
        )

    @api.model
    def _get_today_table(self):
        """A source for SELECT: ``today(company_id, day)``."""
        rows = [(one.id, day) for day, some in self._get_all_by_today().items() for one in some]
        return SQL(
            "unnest(%s::int[], %s::date[]) AS today(company_id, day)",
            [company_id for company_id, _day in rows],
            [day for _company_id, day in rows],
        )
