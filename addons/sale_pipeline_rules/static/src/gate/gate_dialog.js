import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** What the regulation asks for a move, as a check list, with the way to an exception. */
export class GateDialog extends Component {
    static template = "sale_pipeline_rules.GateDialog";
    static components = { Dialog };
    static props = { "*": true };

    setup() {
        this.action = useService("action");
        this.refusals = this.props.data.context.refusals;
    }

    get title() {
        return _t("The Sales Regulation Asks for More");
    }

    askException(refusal) {
        this.props.close();
        this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Request an Exception"),
            res_model: "sale.violation.decide",
            views: [[false, "form"]],
            target: "new",
            context: {
                default_step: "ask",
                default_lead_id: refusal.lead_id,
                default_rule_id: refusal.rule_id,
                default_moment: refusal.moment,
            },
        });
    }
}

registry
    .category("error_dialogs")
    .add("odoo.addons.sale_pipeline_rules.exceptions.GateError", GateDialog);
