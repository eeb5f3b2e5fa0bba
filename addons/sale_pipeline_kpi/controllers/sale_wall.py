from odoo.http import Controller, request, route

PATH = "/pipeline/wall/<int:board_id>/<string:token>"
OPEN = {"type": "http", "auth": "public", "readonly": True, "sitemap": False}


class SaleWall(Controller):
    """The wall board, opened by its secret link."""

    @route(PATH, **OPEN)
    def wall(self, board_id, token):
        """Show the page, which asks for its figures itself."""
        board = request.env["sale.wall.board"]._get_open(board_id, token)
        if not board:
            return request.not_found()
        page = request.env["ir.qweb"].with_context(lang=board.lang)
        html = page._render(
            "sale_pipeline_kpi.sale_wall_page",
            {"board": board, "url": f"/pipeline/wall/{board_id}/{token}/data"},
        )
        return request.make_response(html, self._get_headers("text/html; charset=utf-8"))

    @route(f"{PATH}/data", **OPEN)
    def data(self, board_id, token):
        """Return the figures of the moment."""
        board = request.env["sale.wall.board"]._get_open(board_id, token)
        if not board:
            return request.not_found()
        return request.make_json_response(board._get_data(), self._get_headers())

    def _get_headers(self, kind=None):
        headers = {
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex",
        }
        if kind:
            headers["Content-Type"] = kind
        return list(headers.items())
