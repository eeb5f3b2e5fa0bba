import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const press = (name) => ({
    trigger: `.o_form_view button[name=${name}]:enabled:visible`,
    run: "click",
});
const edit = (name, text) => ({
    trigger: `.o_form_view .o_field_widget[name=${name}] input`,
    run: `edit ${text}`,
});
const status = (text) => ({
    trigger: `.o_statusbar_status .o_arrow_button_current:contains(${text})`,
});

// a target is decomposed, set, and revised with a reason
tours.add("sale_pipeline_kpi_plan", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        edit("amount", "8000"),
        press("action_measure"),
        { trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Opportunities)" },
        press("action_set"),
        status("In Force"),
        press("action_revise"),
        status("Draft"),
        edit("amount", "6000"),
        edit("reason", "Two people are ill."),
        press("action_measure"),
        { trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(6,000)" },
        press("action_set"),
        status("In Force"),
    ],
});

// a figure of the board opens the deals that it counts
tours.add("sale_pipeline_kpi_board", {
    steps: () => [
        { trigger: "button[data-period=year]", run: "click" },
        { trigger: ".o_kpi_tile[data-key=won]:contains(1)", run: "click" },
        { trigger: ".o_action.o_list_view .o_data_row:contains(Pumps for Kazan) .o_data_cell[name=name]", run: "click" },
        { trigger: ".o_action.o_form_view" },
    ],
});

// a person starts, changes and stops what he does
tours.add("sale_pipeline_kpi_study", {
    steps: () => [
        press("action_start"),
        { trigger: ".modal .o_kanban_record:contains(Calls)", run: "click" },
        { trigger: ".o_field_widget[name=running_operation]:contains(Calls)" },
        press("action_start"),
        { trigger: ".modal .o_kanban_record:contains(Paperwork)", run: "click" },
        { trigger: ".o_field_widget[name=running_operation]:contains(Paperwork)" },
        press("action_stop"),
        { trigger: ".o_form_view:not(:has(button[name=action_stop]:visible))" },
    ],
});
