import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** The tree of a document flow; each document opens with its breadcrumbs. */
export class DocumentFlowField extends Component {
    static template = "sale_rfq_order_kinds.DocumentFlow";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get flow() {
        return this.props.record.data[this.props.name] || { rows: [], hidden: 0 };
    }

    open(row) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: row.model,
            res_id: row.id,
            views: [[row.view_id, "form"]],
        });
    }
}

registry.category("fields").add("document_flow", {
    component: DocumentFlowField,
    displayName: _t("Document Flow"),
    supportedTypes: ["json"],
});
