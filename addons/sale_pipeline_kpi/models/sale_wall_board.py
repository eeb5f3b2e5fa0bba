import secrets

from odoo import api, fields, models
from odoo.tools import consteq, hmac
from odoo.tools.misc import format_datetime

PRESETS = [("sales", "Sales"), ("marketing", "Marketing")]
TILES = {
    "sales": [
        ["won_revenue", "won", "average_deal", "win_rate"],
        ["calls", "meetings", "norms_kept", "lead_time"],
    ],
    "marketing": [
        ["leads", "conversion", "qualified", "new_customers"],
        ["acquisition_cost", "acquisition_share", "won_revenue", "win_rate"],
    ],
}


class SaleWallBoard(models.Model):
    """Figures on a screen in the room: opened by a secret link, without login."""

    _name = "sale.wall.board"
    _description = "Wall Board"
    _order = "name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    team_ids = fields.Many2many(
        "crm.team", string="Sales Teams", check_company=True, help="Empty: the whole company."
    )
    preset = fields.Selection(PRESETS, string="Figures", required=True, default="sales")
    period = fields.Selection(
        [("month", "This Month"), ("quarter", "This Quarter"), ("year", "This Year")],
        required=True,
        default="month",
    )
    seconds = fields.Integer(string="Seconds a Page", required=True, default=20, aggregator=None)
    show_names = fields.Boolean(
        help="A page with the amounts of each salesperson. Without it no person is shown."
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        default=lambda self: self.env.user.lang or "en_US",
    )
    salt = fields.Char(
        required=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(16),
        groups="base.group_system",
    )
    active = fields.Boolean(default=True)
    url = fields.Char(string="Link", compute="_compute_url", compute_sudo=True)

    _seconds_enough = models.Constraint("CHECK (seconds >= 5)", "A page stands for 5 s at least.")

    @api.depends("name", "salt", "active")
    def _compute_url(self):
        for board in self:
            saved = board.id and board.active
            path = f"/pipeline/wall/{board.id}/{board._get_token()}"
            board.url = saved and f"{board.get_base_url()}{path}"

    def _get_token(self):
        board = self.sudo()
        return hmac(self.env(su=True), "sale_pipeline_kpi.wall", (board.id, board.salt))

    @api.model
    def _get_open(self, board_id, token):
        """Return the board that a link opens; empty where the link is wrong or was revoked."""
        board = self.sudo().browse(board_id).exists().filtered("active")
        if board and consteq(token, board._get_token()):
            return board.with_context(lang=board.lang)
        return self.browse()

    def action_revoke(self):
        """Make a new link; whoever has the old one sees nothing any more."""
        self.check_access("write")
        for board in self.sudo():
            board.salt = secrets.token_urlsafe(16)

    def action_open(self):
        """Open the board as the screen shows it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def _get_data(self):
        """Return the pages: figures in words of the board's language, and when they were taken."""
        self.ensure_one()
        env = self.with_company(self.company_id).env
        board = env["sale.kpi.board"]
        teams = self.team_ids or [env["crm.team"]]
        pages = []
        for team in teams:
            scope = board._get_scope(self.period, team.id)
            for keys in TILES[self.preset]:
                tiles = [board._get_tile(key, scope, scope.before()) for key in keys]
                pages.append(
                    {
                        "title": team.name or self.company_id.name,
                        "tiles": [
                            {
                                name: tile[name]
                                for name in ("key", "label", "text", "former", "trend", "level")
                            }
                            for tile in tiles
                        ],
                    }
                )
            if self.show_names:
                pages.append(self._get_people(env, scope, team))
        zone = self.company_id.day_zone
        return {
            "name": self.name,
            "taken": format_datetime(
                self.env, fields.Datetime.now(), tz=zone, dt_format="d MMM HH:mm"
            ),
            "seconds": self.seconds,
            "pages": [page for page in pages if page],
        }

    @api.model
    def _get_people(self, env, scope, team):
        """Return the page with who won how much."""
        won = env["sale.kpi.board"]._get_won(scope)
        rows = env["sale.pipeline.report"]._read_group(
            won, ["user_id"], ["won_revenue:sum"], order="won_revenue:sum desc", limit=6
        )
        number = env["sale.kpi.board"]
        return {
            "title": team.name or scope.company.name,
            "people": [
                {
                    "name": user.name or "",
                    "text": number._get_text(amount or 0, {"unit": "money"}, scope),
                }
                for user, amount in rows
            ],
        }
