import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const ROWS = ["A", "B", "C"];
const COLUMNS = ["X", "Y", "Z", false];

/** ABC × XYZ: how many there are in each cell and what they bring; a cell opens its subjects. */
export class AbcMatrix extends Component {
    static template = "sale_abc_segmentation.AbcMatrix";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get columns() {
        return COLUMNS.map((xyz) => ({ xyz, label: xyz || _t("No regularity") }));
    }

    get rows() {
        const cells = this.props.record.data[this.props.name] || [];
        const total = cells.reduce((sum, cell) => sum + Math.max(cell.value, 0), 0);
        return ROWS.map((abc) => ({
            abc,
            cells: COLUMNS.map((xyz) => {
                const found = cells.filter((cell) => cell.abc === abc && (cell.xyz || false) === xyz);
                const count = found.reduce((sum, cell) => sum + cell.count, 0);
                const value = found.reduce((sum, cell) => sum + cell.value, 0);
                const share = total ? Math.max(value, 0) / total : 0;
                return {
                    abc,
                    xyz,
                    count: formatInteger(count),
                    empty: !count,
                    value: formatFloat(value, { digits: [16, 0] }),
                    share: formatFloat(100 * share, { digits: [16, 1] }),
                    style: `background-color: rgba(var(--primary-rgb, 113, 75, 103), ${0.04 + 0.5 * share})`,
                };
            }),
        }));
    }

    async open(cell) {
        const { resModel, resId } = this.props.record;
        const action = await this.orm.call(resModel, "action_open_cell", [resId, cell.abc, cell.xyz]);
        this.action.doAction(action);
    }
}

registry.category("fields").add("sale_abc_matrix", {
    component: AbcMatrix,
    supportedTypes: ["json"],
});
