import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A figure that opens the records that it counts: `<field widget="figure" options="{'action': 'method'}"/>`. */
export class FigureField extends Component {
    static template = "sale_pipeline_rules.FigureField";
    static props = { ...standardFieldProps, action: String };

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    async open() {
        const { resModel, resId } = this.props.record;
        this.actionService.doAction(await this.orm.call(resModel, this.props.action, [[resId]]));
    }
}

registry.category("fields").add("figure", {
    component: FigureField,
    supportedTypes: ["integer"],
    extractProps: ({ options }) => ({ action: options.action }),
});
