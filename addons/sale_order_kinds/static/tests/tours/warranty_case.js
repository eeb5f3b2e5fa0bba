import { registry } from "@web/core/registry";

const press = (name, content) => ({
    content,
    trigger: `button[name=${name}]:enabled`,
    run: "click",
});
const back = (number) => ({
    content: "Back to the claim",
    trigger: `.o_breadcrumb a:contains(${number}), .breadcrumb a:contains(${number})`,
    run: "click",
});
const line = ".o_field_widget[name=line_ids] .o_data_row";

registry.category("web_tour.tours").add("sale_order_kinds_warranty_open", {
    steps: () => [
        press("action_claim_warranty", "Open a claim about the delivery"),
        {
            content: "It knows customer and delivery",
            trigger: ".o_field_widget[name=picking_id] input:value(OUT)",
        },
        {
            content: "What is defective",
            trigger:
                ".o_field_widget[name=line_ids] .o_field_x2many_list_row_add button, .o_field_widget[name=line_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: `${line}.o_selected_row [name=product_id] input`,
            run: "edit Tour",
        },
        {
            trigger: ".ui-menu-item > a:contains(Tour pump)",
            run: "click",
        },
        {
            trigger: `${line}.o_selected_row [name=quantity] input`,
            run: "edit 2",
        },
        {
            trigger: `${line}.o_selected_row [name=reason_id] input`,
            run: "edit Does not",
        },
        {
            trigger: ".ui-menu-item > a:contains(Does not work)",
            run: "click",
        },
        press("action_submit", "Submit it"),
        {
            content: "The whole is proposed",
            trigger: `${line} [name=accepted_qty]:contains(2.00)`,
        },
        press("action_accept", "Accept it"),
        press("action_create_return", "Have the goods returned"),
        {
            trigger: ".o_field_widget[name=kind_id]:contains(Warranty Return), .o_field_widget[name=kind_id] input:value(Warranty Return)",
        },
        press("action_confirm", "Confirm the return"),
        {
            content: "They are on their way",
            trigger: "button[name=action_open_warranty_returns]",
        },
        back("WC"),
        press("action_create_replacement", "Replace them"),
        {
            trigger: ".o_field_widget[name=kind_id]:contains(Free Replacement), .o_field_widget[name=kind_id] input:value(Free Replacement)",
        },
        press("action_confirm", "Confirm the replacement"),
        {
            content: "It is an order like any other, for nothing",
            trigger: ".o_field_widget[name=state] .o_arrow_button_current:contains(Sales Order)",
        },
    ],
});

registry.category("web_tour.tours").add("sale_order_kinds_warranty_goods", {
    steps: () => [
        press("button_validate", "The goods came back"),
        {
            content: "Look at the claim",
            trigger: ".o_field_widget[name=state] .o_arrow_button_current:contains(Done)",
        },
        {
            trigger: ".o_field_widget[name=warranty_claim_id] a",
            run: "click",
        },
        press("action_dispose", "Decide on them"),
        {
            trigger: ".modal .o_field_widget[name=decision] .o_radio_item:contains(Scrap) input",
            run: "click",
        },
        {
            content: "Scrap them",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger: `body:not(:has(.modal)) ${line} [name=disposed_qty]:contains(2.00)`,
        },
    ],
});
