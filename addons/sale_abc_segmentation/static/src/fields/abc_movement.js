import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const CLASSES = ["A", "B", "C"];

/** From which class to which: a row for the class before, a column for the one now. */
export class AbcMovement extends Component {
    static template = "sale_abc_segmentation.AbcMovement";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get columns() {
        return [...CLASSES, false].map((now) => ({ now, label: now || _t("Gone") }));
    }

    get rows() {
        const moves = this.props.record.data[this.props.name] || [];
        return [...CLASSES, false].map((before) => ({
            before,
            label: before || _t("Appeared"),
            cells: [...CLASSES, false].map((now) => {
                const found = moves.filter(
                    (move) => (move.before || false) === before && (move.now || false) === now
                );
                const count = found.reduce((sum, move) => sum + move.count, 0);
                return { before, now, count, label: formatInteger(count), color: this.color(before, now) };
            }),
        }));
    }

    color(before, now) {
        if (before === now) {
            return "text-muted";
        }
        return now && (!before || now < before) ? "text-success" : "text-danger";
    }

    async open(cell) {
        const { resModel, resId } = this.props.record;
        const action = await this.orm.call(...this.getCall(resModel, resId, cell));
        this.action.doAction(action);
    }

    /** A comparison that is not saved yet is asked of the later of its runs. */
    getCall(resModel, resId, { before, now }) {
        const { before_id, after_id } = this.props.record.data;
        if (resModel === "sale.abc.run") {
            return [resModel, "action_open_moved", [resId, before, now]];
        }
        return ["sale.abc.run", "action_open_moved_since", [after_id.id, before_id.id, before, now]];
    }
}

registry.category("fields").add("sale_abc_movement", {
    component: AbcMovement,
    supportedTypes: ["json"],
});
