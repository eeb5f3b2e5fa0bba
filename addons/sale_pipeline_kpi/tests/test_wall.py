import re

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestWall(KpiCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.manager.name = "Anna Seller"
        self.past_lead(self.days_ago(0, 0), self.days_ago(0, 0), "won", expected_revenue=7777)
        self.wall = (
            self.env["sale.wall.board"]
            .with_user(self.head)
            .create(
                {
                    "name": "Room",
                    "company_id": self.company.id,
                    "team_ids": [(6, 0, self.team.ids)],
                    "lang": "en_US",
                    "period": "year",
                }
            )
        )

    def get(self, path=""):
        url = re.sub(r"^https?://[^/]*", "", self.wall.url)
        self.env.flush_all()
        return self.url_open(url + path)

    def test_figures_without_login_and_without_names(self):
        page = self.get()
        self.assertEqual(page.status_code, 200)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        answer = self.get("/data")
        self.assertEqual(answer.status_code, 200)
        data = answer.json()
        texts = {
            tile["key"]: tile["text"] for one in data["pages"] for tile in one.get("tiles", [])
        }
        self.assertIn("7,777", texts["won_revenue"])
        self.assertEqual(texts["won"], "1")
        for text in (page.text, answer.text):
            self.assertNotIn("Anna", text)
            self.assertNotIn("people", text)

    def test_names_are_shown_where_they_are_wanted(self):
        self.wall.show_names = True
        people = [page["people"] for page in self.get("/data").json()["pages"] if "people" in page]
        self.assertEqual(people[0][0]["name"], "Anna Seller")

    def test_presets(self):
        for preset in ("sales", "marketing"):
            self.wall.preset = preset
            pages = self.get("/data").json()["pages"]
            self.assertEqual([len(page["tiles"]) for page in pages], [4, 4])

    def test_a_revoked_link_shows_nothing(self):
        old = re.sub(r"^https?://[^/]*", "", self.wall.url)
        self.wall.action_revoke()
        self.env.flush_all()
        self.assertEqual(self.url_open(old).status_code, 404)
        self.assertEqual(self.url_open(f"{old}/data").status_code, 404)
        self.assertEqual(self.get().status_code, 200)
        self.wall.active = False
        self.env.flush_all()
        self.assertEqual(self.url_open(old).status_code, 404)

    def test_a_link_is_not_guessed(self):
        other = self.wall.copy()
        token = re.sub(r".*/", "", self.wall.url)
        self.env.flush_all()
        self.assertEqual(self.url_open(f"/pipeline/wall/{other.id}/{token}").status_code, 404)
        self.assertEqual(self.url_open(f"/pipeline/wall/{self.wall.id}/x").status_code, 404)
        self.assertEqual(self.url_open("/pipeline/wall/999999/x").status_code, 404)
        with self.assertRaises(AccessError):
            self.wall.with_user(self.head).read(["salt"])

    def test_the_last_picture_stays_while_the_server_is_away(self):
        self.env.flush_all()
        url = re.sub(r"^https?://[^/]*", "", self.wall.url)
        code = """
            (async () => {
                const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
                const text = () => document.getElementById("page").textContent;
                const must = (truth, what) => {
                    if (!truth) { throw new Error(what + ": " + document.body.textContent); }
                };
                while (!text().includes("7,777")) { await wait(100); }
                const real = window.fetch;
                window.fetch = () => Promise.reject(new Error("away"));
                await window.wallBoard.load();
                must(text().includes("7,777"), "the picture stays");
                must(!document.getElementById("away").hidden, "and says so");
                must(document.getElementById("taken").textContent, "with its time");
                window.wallBoard.turn();
                must(!text().includes("7,777"), "pages turn");
                window.fetch = real;
                await window.wallBoard.load();
                must(document.getElementById("away").hidden, "it is back");
                window.fetch = () => Promise.resolve({ status: 404 });
                await window.wallBoard.load();
                must(!text(), "revoked: nothing stays");
                console.log("test successful");
            })().catch((error) => console.error(error.message));
        """
        self.browser_js(url, code, ready="!!window.wallBoard")
