import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sale_rfq_register_revision", {
    steps: () => [
        {
            content: "Ask for a new revision",
            trigger: "button[name=action_revise]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit They want 40",
        },
        {
            content: "Make it",
            trigger: ".modal button[name=action_revise]",
            run: "click",
        },
        {
            content: "The new revision is open",
            trigger: ".o_form_view:contains(-R1) [name=revision]:contains(newer revision)",
        },
        {
            content: "Change a quantity",
            trigger: ".o_field_widget[name=order_line] .o_data_row td[name=product_uom_qty]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=order_line] .o_data_row [name=product_uom_qty] input",
            run: "edit 40",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Saved",
            trigger: ".o_form_saved",
        },
        {
            content: "Compare in one click",
            trigger: "button[name=action_compare_revisions]:contains(Compare with the Previous One)",
            run: "click",
        },
        {
            content: "The quantity is marked",
            trigger: ".modal .o_offer_comparison tr[name=changed]:contains(40.00)",
        },
        {
            content: "Close the comparison",
            trigger: ".modal .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            content: "See the revisions",
            trigger: "body:not(:has(.modal)) button[name=action_view_revisions]",
            run: "click",
        },
        {
            content: "The replaced one is muted",
            trigger: ".o_list_view .o_data_row.text-muted td[name=name]",
            run: "click",
        },
        {
            content: "It says that it was replaced",
            trigger: ".o_form_view [name=superseded]:contains(replaced by a newer revision)",
        },
        {
            content: "And cannot be changed",
            trigger: ".o_form_view .o_field_widget[name=partner_id].o_readonly_modifier",
        },
        {
            content: "The way to the current one",
            trigger: "button[name=action_open_current_revision]",
            run: "click",
        },
        {
            trigger: ".o_form_view [name=revision]:contains(newer revision)",
        },
    ],
});
