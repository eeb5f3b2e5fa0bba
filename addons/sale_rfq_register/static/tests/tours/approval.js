import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const banner = (kind, words) => `.o_form_view div[name=approval${kind}]:contains(${words})`;
const button = (name) => `.o_form_statusbar button[name=${name}]`;

function press(content, name) {
    return { content, trigger: button(name), run: "click" };
}

function sees(content, trigger) {
    return { content, trigger };
}

function tour(name, steps) {
    registry.category("web_tour.tours").add(`sale_rfq_register_approval_${name}`, {
        steps: () => steps,
    });
}

const request = [
    press("Request the approval", "request_validation"),
    sees("It waits for the head of sales", banner("", "Hedda Head")),
];

tour("request", [
    sees("The offer tells that it needs an approval", banner("", "needs an approval")),
    sees("What would be refused is not offered", ".o_form_statusbar:not(:has([name=action_confirm]))"),
    ...request,
]);

tour("reject", [
    press("Reject it", "reject_tier"),
    {
        content: "Say why",
        trigger: ".modal .o_field_widget[name=comment] input, .modal .o_field_widget[name=comment] textarea",
        run: "edit Five percent less",
    },
    { content: "Done", trigger: ".modal button[name=add_comment]", run: "click" },
    sees("It is rejected", banner("_rejected", "Five percent less")),
]);

tour("request_again", [
    sees("The reason is shown", banner("_rejected", "Five percent less")),
    {
        content: "Change the price",
        trigger: ".o_field_widget[name=order_line] .o_data_row:first .o_data_cell[name=price_unit]",
        run: "click",
    },
    {
        content: "Less discount than before",
        trigger: ".o_field_widget[name=order_line] .o_selected_row [name=price_unit] input",
        run: "edit 8.50",
    },
    ...stepUtils.saveForm(),
    ...request,
]);

tour("approve_first", [
    press("Approve it", "validate_tier"),
    sees("The management is next", banner("", "Max Manager")),
]);

tour("approve_second", [
    press("Approve it", "validate_tier"),
    sees("It is approved", banner("_given", "Hedda Head, Max Manager")),
]);

tour("send", [
    sees("It is approved", banner("_given", "is approved by")),
    {
        content: "The log has everything",
        trigger: ".o_notebook .nav-link[name=approval]",
        run: "click",
    },
    sees(
        "Also the rejection",
        ".o_field_widget[name=approval_log_ids] .o_data_row:contains(Five percent less)"
    ),
    press("Send it", "action_quotation_send"),
    {
        content: "Send the e-mail",
        trigger: ".modal .o_mail_send:enabled, .modal button[name=action_send_mail]:enabled",
        run: "click",
    },
    sees("It is sent", ".o_arrow_button_current:contains(Quotation Sent)"),
]);
