import { registry } from "@web/core/registry";

const DIALOG = ".modal:not(.o_inactive_modal)";

function addTerm(incoterm, place, surcharge, button) {
    return [
        {
            content: `Choose ${incoterm}`,
            trigger: `${DIALOG} .o_field_widget[name=incoterm_id] input`,
            run: "click",
        },
        {
            trigger: `.o-autocomplete--dropdown-item:contains([${incoterm}]) a`,
            run: "click",
        },
        {
            trigger: `${DIALOG} .o_field_widget[name=place] input`,
            run: `edit ${place}`,
        },
        {
            trigger: `${DIALOG} .o_field_widget[name=surcharge_percent] input`,
            run: `edit ${surcharge}`,
        },
        {
            trigger: `${DIALOG} button[name=${button}]`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("sale_rfq_register_offer_desk", {
    steps: () => [
        {
            content: "Make the offer",
            trigger: "button[name=action_create_offer]:visible",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_notebook a[name=offer_options]",
            run: "click",
        },
        {
            trigger: "button[name=action_add_terms]",
            run: "click",
        },
        ...addTerm("EXW", "Prague", "0", "action_add_next"),
        {
            content: "The dialog asks for the next term",
            trigger: `${DIALOG} .o_field_widget[name=place]:not(:has(input:value(Prague)))`,
        },
        ...addTerm("FCA", "Brno", "10", "action_add"),
        {
            content: "Choose the other term of the first line",
            trigger:
                ".o_field_widget[name=term_ids] .o_data_row:contains(FCA):first button[name=action_select]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=term_ids] .o_data_row:contains(FCA) .fa-check-circle",
        },
        {
            content: "Offer an alternative",
            trigger: ".o_field_widget[name=alternative_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=alternative_ids] .o_field_widget[name=order_line_id] input",
            run: "edit SEA-35",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(SEA-35) a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=alternative_ids] .o_field_widget[name=product_id] input",
            run: "edit DRV-055",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(DRV-055) a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=alternative_ids] .o_field_widget[name=reason] input",
            run: "edit In stock",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved .o_field_widget[name=alternative_ids] .o_data_row:contains(In stock)",
        },
        {
            content: "It was sent another way",
            trigger: ".o_cp_action_menus button.dropdown-toggle:has(.fa-cog)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains(Mark Quotation as Sent)",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Quotation Sent)",
        },
    ],
});
