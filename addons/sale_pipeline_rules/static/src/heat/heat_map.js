import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Layout } from "@web/search/layout";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useService } from "@web/core/utils/hooks";

/** Violations by person and hour; a field opens what it counts. */
export class HeatMap extends Component {
    static template = "sale_pipeline_rules.HeatMap";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.hours = [...Array(24).keys()];
        this.state = useState({ days: 30, rows: [], highest: 0 });
        onWillStart(() => this.load(30));
    }

    get periods() {
        return [
            { days: 30, name: _t("30 days") },
            { days: 90, name: _t("90 days") },
            { days: 365, name: _t("12 months") },
        ];
    }

    get note() {
        return _t(
            "Violations of norms by the hour of the day (%s), without trial cases and those withdrawn.",
            this.state.tz
        );
    }

    async load(days) {
        const found = await this.orm.call("sale.violation", "get_heat_map", [days]);
        Object.assign(this.state, { days, ...found });
    }

    /** The colour of a field: the more violations, the darker; white numbers on dark ones. */
    getStyle(count) {
        if (!count) {
            return "";
        }
        const share = count / this.state.highest;
        const colour = share > 0.6 ? "#fff" : "inherit";
        return `background-color: rgba(176, 42, 55, ${0.15 + 0.85 * share}); color: ${colour}`;
    }

    open(row, hour) {
        const domain = [...this.state.domain, ["user_id", "=", row.user_id]];
        if (hour !== undefined) {
            domain.push(["happened_at.hour_number", "=", hour]);
        }
        this.action.doAction({
            type: "ir.actions.act_window",
            name: row.name,
            res_model: "sale.violation",
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain,
            context: { tz: this.state.tz },
        });
    }
}

registry.category("actions").add("sale_pipeline_heat_map", HeatMap);
