import { registry } from "@web/core/registry";

const banner = (kind, words) => `.o_form_view div[name=release${kind}]:contains(${words})`;
const button = (name) => `.o_form_statusbar button[name=${name}]:visible`;

function press(content, name) {
    return { content, trigger: button(name), run: "click" };
}

function sees(content, trigger) {
    return { content, trigger };
}

registry.category("web_tour.tours").add("sale_rfq_register_invoice_release", {
    steps: () => [
        sees("The groups are open", ".o_group_header.o_group_open:contains(Prepared)"),
        {
            content: "Open the invoice",
            trigger: ".o_data_row .o_data_cell[name=partner_id]:contains(partner_a)",
            run: "click",
        },
        sees("It needs an approval", banner("", "needs an approval")),
        sees(
            "What would be refused is not offered",
            ".o_form_statusbar:not(:has(button[name=action_post]))"
        ),
        press("Request the approval", "action_request_invoice_approval"),
        sees("It waits", banner("", "waits for its approval")),
        press("Approve it", "action_approve_invoice"),
        sees("It is approved", banner("_approved", "Anton Approver")),
        {
            content: "The log has it",
            trigger: ".o_notebook .nav-link[name=release]",
            run: "click",
        },
        sees("Both entries", ".o_field_widget[name=invoice_release_log_ids] .o_data_row:nth-child(2)"),
        press("Confirm it", "action_post"),
        sees("It is posted", ".o_arrow_button_current:contains(Posted)"),
        sees("It is to send", ".o_field_widget[name=invoice_release_state]:contains(To Send)"),
    ],
});
