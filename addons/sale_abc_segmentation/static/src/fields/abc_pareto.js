import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { getColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { cookie } from "@web/core/browser/cookie";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The curve of cumulative shares, the largest first, with the limits of A and B across it. */
export class AbcPareto extends Component {
    static template = "sale_abc_segmentation.AbcPareto";
    static props = { ...standardFieldProps };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                if (!this.canvas.el) {
                    return;
                }
                const chart = new Chart(this.canvas.el, this.getConfig());
                return () => chart.destroy();
            },
            () => [this.props.record.data[this.props.name]]
        );
    }

    get points() {
        return this.props.record.data[this.props.name] || [];
    }

    getConfig() {
        const { threshold_a, threshold_b } = this.props.record.data;
        const last = this.points.at(-1)?.[0] || 1;
        const scheme = cookie.get("color_scheme");
        const limit = (label, value, color) => ({
            label,
            data: [
                { x: 0, y: value },
                { x: last, y: value },
            ],
            borderColor: getColor(color, scheme),
            borderDash: [6, 4],
            borderWidth: 1,
            pointRadius: 0,
        });
        return {
            type: "line",
            data: {
                datasets: [
                    {
                        label: _t("Share of the total (%)"),
                        data: [{ x: 0, y: 0 }, ...this.points.map(([x, y]) => ({ x, y }))],
                        borderColor: getColor(0, scheme),
                        backgroundColor: "rgba(31, 119, 180, 0.12)",
                        fill: true,
                        pointRadius: 0,
                    },
                    limit(_t("Limit of A"), threshold_a, 2),
                    limit(_t("Limit of B"), threshold_b, 4),
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { intersect: false, mode: "index" },
                scales: {
                    x: { type: "linear", min: 0, max: last, title: { display: true, text: _t("Rank") } },
                    y: { min: 0, max: 100 },
                },
            },
        };
    }
}

registry.category("fields").add("sale_abc_pareto", {
    component: AbcPareto,
    supportedTypes: ["json"],
    fieldDependencies: [
        { name: "threshold_a", type: "float" },
        { name: "threshold_b", type: "float" },
    ],
});
