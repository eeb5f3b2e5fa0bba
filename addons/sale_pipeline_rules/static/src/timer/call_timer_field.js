import { Component, onWillUnmount, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { formatFloatTime } from "@web/views/fields/formatters";
import { FloatTimeField, floatTimeField } from "@web/views/fields/float_time/float_time_field";

const MINUTES = 60; // seconds of one, and minutes of an hour

/**
 * Minutes of a call, typed or measured: calling the number starts the clock, saving stops it.
 * `<field widget="call_timer" options="{'phone_field': 'phone'}"/>`
 */
export class CallTimerField extends Component {
    static template = "sale_pipeline_rules.CallTimerField";
    static components = { FloatTimeField };
    static props = { ...FloatTimeField.props, phoneField: { type: String, optional: true } };

    setup() {
        this.state = useState({ startedAt: null, seconds: 0 });
        useBus(this.props.record.model.bus, "NEED_LOCAL_CHANGES", ({ detail }) => {
            if (this.state.startedAt) {
                detail.proms.push(this.stop());
            }
        });
        onWillUnmount(() => clearInterval(this.ticking));
    }

    get phone() {
        return this.props.record.data[this.props.phoneField];
    }

    /** Minutes and seconds since the start. */
    get clock() {
        return formatFloatTime(this.state.seconds / MINUTES);
    }

    get timeProps() {
        const { phoneField, ...props } = this.props;
        return props;
    }

    start() {
        this.state.startedAt = Date.now();
        this.state.seconds = 0;
        clearInterval(this.ticking);
        this.ticking = setInterval(() => {
            this.state.seconds = Math.floor((Date.now() - this.state.startedAt) / 1000);
        }, 1000);
    }

    async stop() {
        clearInterval(this.ticking);
        const minutes = (Date.now() - this.state.startedAt) / 1000 / MINUTES;
        this.state.startedAt = null;
        await this.props.record.update({ [this.props.name]: minutes });
    }
}

registry.category("fields").add("call_timer", {
    ...floatTimeField,
    component: CallTimerField,
    extractProps: (info, dynamicInfo) => ({
        ...floatTimeField.extractProps(info, dynamicInfo),
        phoneField: info.options.phone_field,
    }),
});
