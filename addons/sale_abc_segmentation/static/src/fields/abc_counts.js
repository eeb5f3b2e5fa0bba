import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatInteger } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const CELLS = ["AX", "AY", "AZ", "BX", "BY", "BZ", "CX", "CY", "CZ"];

/** How many would fall into each cell, a row for each length of the periods. */
export class AbcCounts extends Component {
    static template = "sale_abc_segmentation.AbcCounts";
    static props = { ...standardFieldProps };

    get cells() {
        return [...CELLS, "none"].map((cell) => ({
            cell,
            label: cell === "none" ? _t("No regularity") : cell,
        }));
    }

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    format(count) {
        return count ? formatInteger(count) : "–";
    }
}

registry.category("fields").add("sale_abc_counts", {
    component: AbcCounts,
    supportedTypes: ["json"],
});
