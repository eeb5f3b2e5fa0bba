import { registry } from "@web/core/registry";

function press(content, trigger, keys) {
    return { content, trigger, run: `press ${keys}` };
}

function lineIs(name) {
    return `.o_form_view .o_field_widget[name=name] input:value(${name})`;
}

registry.category("web_tour.tours").add("sale_rfq_register_work_list", {
    steps: () => [
        {
            content: "The list shows the open lines",
            trigger: ".o_data_row:contains(Gear motor 0.55)",
        },
        press("Begin with the first", ".o_list_view", "alt+shift+w"),
        {
            content: "Its candidates are shown",
            trigger: ".o_field_widget[name=candidate_ids] .o_data_row:contains(Shaft seal 35x52x7)",
        },
        press("Take the second", lineIs("Shaft seal 35x52x7 brown"), "alt+shift+2"),
        press("Leave the motor for later", lineIs("Gear motor 0.55"), "alt+shift+n"),
        press("Take the bearing", lineIs("Bearing 6204 deep"), "alt+shift+1"),
        press("The motor has come back", lineIs("Gear motor 0.55"), "alt+shift+1"),
        {
            content: "After the last line the request is shown",
            trigger: ".o_form_view .o_field_widget[name=line_ids] .o_data_row:contains(Gear motor)",
        },
        {
            content: "The list is still one step behind",
            trigger: ".o_breadcrumb .o_back_button, .o_breadcrumb .breadcrumb-item:contains(Requested)",
        },
        press("Make the offer", ".o_form_view button[name=action_create_offer]", "alt+o"),
        {
            content: "The offer has the products",
            trigger: ".o_field_widget[name=order_line] .o_data_row:contains(Gear motor)",
        },
    ],
});
