import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const line = ".o_field_widget[name=line_ids]";

function state(label) {
    return {
        content: `The request is ${label}`,
        trigger: `.o_statusbar_status .o_arrow_button_current:contains(${label})`,
    };
}

registry.category("web_tour.tours").add("sale_rfq_request_to_invoice", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open Sales",
            trigger: ".o_app[data-menu-xmlid='sale.sale_menu_root']",
            run: "click",
        },
        {
            content: "Open Requests",
            trigger: "[data-menu-xmlid='sale_rfq_register.material_request_menu_root']",
            run: "click",
        },
        {
            content: "Open the register",
            trigger: "[data-menu-xmlid='sale_rfq_register.sale_material_request_menu']",
            run: "click",
        },
        {
            content: "Register a request",
            // the orders, with which the app opens, have such a button too
            trigger: ".o_control_panel:has(button:contains(From Files)) .o_list_button_add",
            run: "click",
        },
        {
            content: "Who asks",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Bergmann",
        },
        {
            trigger: ".ui-menu-item > a:contains(Bergmann Pumpenbau)",
            run: "click",
        },
        {
            content: "Under which number",
            trigger: ".o_field_widget[name=partner_ref] input",
            run: "edit TOUR-1",
        },
        {
            content: "What for",
            trigger: `${line} .o_field_x2many_list_row_add button, ${line} .o_field_x2many_list_row_add a`,
            run: "click",
        },
        {
            trigger: `${line} .o_selected_row [name=name] input`,
            run: "edit Deep groove bearing 6204 sealed",
        },
        {
            trigger: `${line} .o_selected_row [name=quantity] input`,
            run: "edit 5",
        },
        {
            content: "Check against the assortment",
            trigger: "button[name=action_check]:contains(Check)",
            run: "click",
        },
        state("Checked"),
        {
            content: "The name is only similar",
            trigger: `${line} [name=verdict]:contains(Unknown)`,
        },
        {
            content: "Take what is suggested",
            trigger: `${line} button[name=action_accept_suggestion]`,
            run: "click",
        },
        {
            content: "It is sold, and there is enough",
            trigger: `${line} [name=verdict]:contains(Sellable)`,
        },
        {
            trigger: `${line} [name=forecast_qty]:contains(100)`,
        },
        {
            content: "Make the offer in one step",
            trigger: "button[name=action_create_offer]:contains(Create Offer)",
            run: "click",
        },
        {
            content: "The offer is open",
            trigger: ".o_sale_order [name=order_line] td:contains(Deep groove bearing 6204)",
        },
        {
            content: "It waits for the configuration",
            trigger: "[name=configuration_waiting]:contains(has not confirmed)",
        },
        {
            content: "Send it",
            trigger: "button[name=action_quotation_send].btn-primary",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_send_mail]",
            run: "click",
        },
        {
            content: "The sending is registered",
            trigger: "button[name=action_view_dispatches]:contains(1)",
        },
        {
            content: "Record what the customer confirmed",
            trigger: "button[name=action_record_confirmation]",
            run: "click",
        },
        {
            trigger: ".modal [name=signed_by] input",
            run: "edit Pavel Novak",
        },
        {
            trigger: ".modal footer button.btn-primary:contains(Record)",
            run: "click",
        },
        {
            content: "The configuration is confirmed",
            trigger: "body:not(:has(.modal)) [name=configuration_state]:contains(Confirmed)",
        },
        {
            content: "Make the order",
            trigger: "button[name=action_confirm].btn-primary",
            run: "click",
        },
        {
            content: "Open the delivery",
            trigger: "button[name=action_view_delivery]",
            run: "click",
        },
        {
            content: "Deliver",
            trigger: "button[name=button_validate].btn-primary:enabled, button[name=button_validate]:enabled",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)",
        },
        {
            content: "Back to the order",
            trigger: ".o_breadcrumb a:contains(S0), .o_back_button",
            run: "click",
        },
        {
            content: "Invoice it",
            trigger: "#create_invoice, button.btn-primary:contains(Create Invoice)",
            run: "click",
        },
        {
            trigger: ".modal button[name=create_invoices]",
            run: "click",
        },
        {
            content: "Post the invoice",
            trigger: "button[name=action_post]:contains(Confirm)",
            run: "click",
        },
        {
            content: "Send the invoice",
            trigger: "button[name=action_invoice_sent]",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_send_and_print]:enabled",
            run: "click",
        },
        {
            content: "The sending is registered too",
            trigger: "body:not(:has(.modal)) button[name=action_view_dispatches]:contains(1)",
        },
    ],
});
