import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Layout } from "@web/search/layout";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useService } from "@web/core/utils/hooks";

/** The figures of a period; each opens the records that it counts, and tells what it means. */
export class KpiBoard extends Component {
    static template = "sale_pipeline_kpi.KpiBoard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({
            period: "month",
            team: false,
            user: false,
            groups: [],
            tables: [],
            teams: [],
            users: [],
        });
        onWillStart(() => this.load());
    }

    get periods() {
        return [
            { key: "month", name: _t("This Month") },
            { key: "last_month", name: _t("Last Month") },
            { key: "quarter", name: _t("This Quarter") },
            { key: "last_quarter", name: _t("Last Quarter") },
            { key: "year", name: _t("This Year") },
            { key: "last_year", name: _t("Last Year") },
        ];
    }

    async load(changes = {}) {
        const { period, team, user } = { ...this.state, ...changes };
        const board = await this.orm.call("sale.kpi.board", "get_board", [period, team, user]);
        Object.assign(this.state, { period, team, user, ...board });
    }

    onTeam(event) {
        this.load({ team: Number(event.target.value) || false, user: false });
    }

    onUser(event) {
        this.load({ user: Number(event.target.value) || false });
    }

    /** Open the records that a tile or a row counts. */
    open(name, { model, domain, group_by = [] }) {
        if (!model) {
            return;
        }
        this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain,
            context: { group_by, create: false, active_test: model !== "crm.lead" },
        });
    }
}

registry.category("actions").add("sale_pipeline_kpi_board", KpiBoard);
