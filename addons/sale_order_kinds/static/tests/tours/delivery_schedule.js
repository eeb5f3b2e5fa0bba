import { registry } from "@web/core/registry";

const lines = ".o_field_widget[name=line_ids]";

function choose(trigger, text) {
    return [
        { trigger, run: `edit ${text}` },
        { trigger: `.o-autocomplete--dropdown-item:contains(${text}) a`, run: "click" },
    ];
}

function enter(place, days, quantity) {
    const day = luxon.DateTime.now().plus({ days }).toFormat("MM/dd/yyyy");
    // the line before may still be the selected one for a moment
    const line = `${lines} .o_data_row:nth-child(${place}).o_selected_row`;
    return [
        {
            content: "Another delivery",
            trigger: `${lines} .o_field_x2many_list_row_add button, ${lines} .o_field_x2many_list_row_add a`,
            run: "click",
        },
        ...choose(`${line} [name=product_id] input`, "Bearing 6204"),
        {
            trigger: `${line} [name=quantity] input`,
            run: `edit ${quantity}`,
        },
        {
            trigger: `${line} [name=date_due] input, ${line} [name=date_due] button`,
            run: "click",
        },
        {
            trigger: `${line} [name=date_due] input`,
            run: `edit ${day} && press Tab`,
        },
    ];
}

function putInForce(state) {
    return [
        { trigger: "button[name=action_release]", run: "click" },
        {
            content: `It is ${state}`,
            trigger: `.o_arrow_button_current:contains(${state})`,
        },
    ];
}

const toSchedules = [
    {
        content: "New generation",
        trigger: ".o_list_button_add",
        run: "click",
    },
    ...choose(".o_field_widget[name=contract_id] input", "LC"),
];

registry.category("web_tour.tours").add("sale_order_kinds_schedule_enter", {
    steps: () => [
        ...toSchedules,
        {
            content: "A forecast first",
            trigger: ".o_field_widget[name=schedule_type] label:contains(Forecast)",
            run: "click",
        },
        ...enter(1, 40, 60),
        ...putInForce("In Force"),
        { trigger: ".o_breadcrumb .o_back_button, .o_back_button", run: "click" },
        ...toSchedules,
        ...enter(1, 2, 10),
        ...enter(2, 40, 20),
        ...putInForce("In Force"),
        {
            content: "The customer wants more",
            trigger: "button[name=action_new_generation]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Draft)",
        },
        {
            trigger: ".o_field_widget[name=line_ids] .o_data_row:first td[name=quantity]",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=quantity] input",
            run: "edit 50",
        },
        ...putInForce("To Approve"),
        {
            content: "Somebody else decides",
            trigger: ".alert[name=waits]",
        },
    ],
});

registry.category("web_tour.tours").add("sale_order_kinds_schedule_approve", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(To Approve) td[name=name]",
            run: "click",
        },
        {
            content: "Look at what changes",
            trigger: "button[name=action_open_changes]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Out of Tolerance)",
        },
        { trigger: ".o_back_button", run: "click" },
        { trigger: "button[name=action_approve]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(In Force)" },
    ],
});

registry.category("web_tour.tours").add("sale_order_kinds_schedule_portal", {
    steps: () => [
        {
            trigger: ".o_portal_my_home a[href='/my/contracts']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "table a[href*='/my/contracts/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What is left",
            trigger: "table[name=lines] td[name=remaining]:contains(50)",
        },
        {
            content: "The schedule in force",
            trigger: "table[name=schedules] tr:contains(In Force):contains(Firm) a",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "table[name=deliveries] td[name=cumulative]:contains(70)",
        },
        {
            content: "It is ordered already",
            trigger: "table[name=deliveries] a[href*='/my/orders/']",
        },
    ],
});
