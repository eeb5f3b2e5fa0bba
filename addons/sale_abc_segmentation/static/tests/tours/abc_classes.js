import { registry } from "@web/core/registry";

const press = (name, content) => ({
    content,
    trigger: `button[name=${name}]:enabled`,
    run: "click",
});
const field = (name) => `.o_field_widget[name=${name}]`;

registry.category("web_tour.tours").add("sale_abc_segmentation_profile", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: `${field("name")} input`, run: "edit Tour classes" },
        {
            content: "Its classes stay aside",
            trigger: `${field("is_published")} input`,
            run: "click",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        press("action_preview", "How many would fall where"),
        {
            content: "By the month one customer is steady",
            trigger: ".modal tr[data-bucket=month].table-active td:contains(1)",
        },
        {
            content: "By the quarter instead",
            trigger: ".modal .o_field_widget[name=bucket] .o_radio_input[data-value=quarter]",
            run: "click",
        },
        { trigger: ".modal tr[data-bucket=quarter].table-active" },
        press("action_take", "Take the quarter"),
        {
            trigger: `body:not(:has(.modal)) ${field("bucket")} input:value(Quarter)`,
        },
        press("action_run", "Class now"),
        { content: "The curve is drawn", trigger: ".o_abc_pareto canvas" },
        {
            content: "Who is large and steady?",
            trigger: ".o_abc_matrix button[data-cell=AX]",
            run: "click",
        },
        {
            content: "The results of the cell",
            trigger: ".o_list_view .o_data_row td[name=partner_id]:contains(Tour steady)",
            run: "click",
        },
        {
            content: "The customer himself",
            trigger: ".o_control_panel:contains(Tour steady) button[name=action_open_abc_history], .o_form_view:has(.o_notebook .nav-link[name=sales_purchases])",
        },
    ],
});

registry.category("web_tour.tours").add("sale_abc_segmentation_override", {
    steps: () => [
        { trigger: ".o_notebook .nav-link[name=sales_purchases]", run: "click" },
        { trigger: `${field("abc_class")}:contains(C)` },
        press("action_set_abc_class", "Set a class by hand"),
        {
            trigger: `.modal ${field("abc_class")} input`,
            run: "edit A",
        },
        { trigger: ".o_select_menu_item:contains(A)", run: "click" },
        { trigger: `.modal ${field("reason")} input`, run: "edit second plant" },
        { trigger: `.modal ${field("date_to")} button, .modal ${field("date_to")} input`, run: "click" },
        { trigger: `.modal ${field("date_to")} input`, run: "edit 12/31/2099" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        {
            content: "It holds at once",
            trigger: `body:not(:has(.modal)) ${field("abc_class")}:contains(A)`,
        },
        press("action_end_abc_override", "And is ended"),
        { trigger: `${field("abc_class")}:contains(C)` },
    ],
});

registry.category("web_tour.tours").add("sale_abc_segmentation_compare", {
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row:nth-child(1) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:nth-child(2) .o_list_record_selector input",
            run: "click",
        },
        press("action_compare", "Put the two runs beside each other"),
        {
            content: "One went from C to A",
            trigger: ".modal .o_abc_movement button[data-cell=CA]:contains(1)",
            run: "click",
        },
        {
            content: "And here he is",
            trigger: ".o_list_view .o_data_row:contains(Tour small)",
        },
    ],
});
