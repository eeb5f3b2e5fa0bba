import { registry } from "@web/core/registry";

const lines = ".o_field_widget[name=line_ids]";
const row = (words) => `${lines} .o_data_row:contains(${words})`;

function types(place, what, quantity) {
    // the line before may still be the selected one for a moment
    const line = `${lines} .o_data_row:nth-child(${place}).o_selected_row`;
    return [
        {
            content: `Ask for ${what}`,
            trigger: `${lines} .o_field_x2many_list_row_add button, ${lines} .o_field_x2many_list_row_add a`,
            run: "click",
        },
        {
            trigger: `${line} [name=name] input`,
            run: `edit ${what}`,
        },
        {
            trigger: `${line}:has([name=name] input:value(${what})) [name=quantity] input`,
            run: `edit ${quantity}`,
        },
    ];
}

registry.category("web_tour.tours").add("sale_rfq_register_by_hand", {
    steps: () => [
        {
            content: "Register a request",
            trigger: ".o_list_button_add",
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
        ...types(1, "Shaft seal 35x52x7", 4),
        ...types(2, "Gear motor 0.55 kW with brake", 2),
        {
            content: "Check against the assortment",
            trigger: "button[name=action_check]:contains(Check)",
            run: "click",
        },
        {
            content: "What has our name is found and sold",
            trigger: `${row("Shaft seal 35x52x7")} [name=verdict]:contains(Sellable)`,
        },
        {
            content: "What is only similar is not known",
            trigger: `${row("with brake")} [name=verdict]:contains(Unknown)`,
        },
        {
            content: "Take what is suggested",
            trigger: `${row("with brake")} button[name=action_accept_suggestion]`,
            run: "click",
        },
        {
            content: "It is sold too",
            trigger: `${row("with brake")} [name=verdict]:contains(Sellable)`,
        },
        {
            content: "An offer can be made",
            trigger: "button[name=action_create_offer].btn-primary:contains(Create Offer)",
        },
    ],
});
