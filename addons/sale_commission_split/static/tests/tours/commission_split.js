import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const press = (name, content) => ({
    content,
    trigger: `button[name=${name}]:enabled`,
    run: "click",
});
const edit = (name, text) => ({
    trigger: `.modal .o_field_widget[name=${name}] :is(input, textarea)`,
    run: `edit ${text}`,
});
const inDialog = (name) => ({ trigger: `.modal button[name=${name}]`, run: "click" });
const closed = { trigger: "body:not(:has(.modal))" };
const status = (text) => ({
    trigger: `.o_statusbar_status .o_arrow_button_current:contains(${text})`,
});
const choose = (name, text) => [
    { trigger: `.modal .o_field_widget[name=${name}] input`, run: `edit ${text}` },
    { trigger: `.modal .o-autocomplete--dropdown-item:contains(${text})`, run: "click" },
];

// from a statement to its figures, and from a figure to the line, the rule and the rounding
tours.add("commission_statement", {
    steps: () => [
        { trigger: ".o_field_widget[name=amount]:contains(33.34)" },
        press("action_open_entries", "What is in it?"),
        {
            // the statement itself shows the figures in a list, too
            trigger: ".o_action.o_list_view .o_data_row .o_data_cell[name=role_id]",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=trace]:contains(Goods)" },
        { trigger: ".o_field_widget[name=trace]:contains(5.00 %)" },
        { trigger: ".o_field_widget[name=trace]:contains(weight 1 of 3)" },
        { trigger: ".o_field_widget[name=trace]:contains(largest remainders)" },
    ],
});

tours.add("commission_statement_right", {
    steps: () => [press("action_acknowledge", "It is right"), status("Acknowledged")],
});

// a claim by somebody who cannot see the deal
tours.add("commission_claim", {
    steps: () => [
        edit("reference", "S-CLAIM"),
        ...choose("role_id", "First Contact"),
        edit("claim", "I met the buyer at the fair."),
        edit("evidence", "Visiting card"),
        inDialog("action_claim"),
        status("In Negotiation"),
        { trigger: ".o_field_widget[name=claim]:contains(at the fair)" },
    ],
});

tours.add("commission_propose", {
    steps: () => [
        press("action_open_proposal", "What is fair?"),
        { trigger: ".modal .o_data_row:contains(One)" },
        edit("reason", "A third is fair."),
        inDialog("action_propose"),
        closed,
        { trigger: ".o_field_widget[name=proposal_ids] .o_data_row:contains(A third is fair)" },
    ],
});

tours.add("commission_escalate", {
    steps: () => [press("action_escalate", "We do not agree"), status("With the Arbiter")],
});

tours.add("commission_decide", {
    steps: () => [
        press("action_open_proposal", "Decide"),
        { trigger: ".modal .o_data_row:contains(One)" },
        edit("reason", "Both did their part."),
        inDialog("action_decide"),
        closed,
        status("Decided"),
        { trigger: ".o_field_widget[name=decision]:contains(Both did their part)" },
    ],
});

// a plan from a template, simulated and approved
tours.add("commission_plan", {
    steps: () => [
        { trigger: ".modal .o_field_widget[name=template] input[data-value=island]", run: "click" },
        inDialog("action_create"),
        { trigger: ".o_field_widget[name=component_ids] .o_data_row:contains(Percentage of the deal)" },
        press("action_simulate", "What would it have paid?"),
        inDialog("action_simulate"),
        { trigger: ".modal .o_field_widget[name=then]" },
        { trigger: ".modal button[special=cancel]", run: "click" },
        closed,
        press("action_approve", "Approve"),
        status("Approved"),
    ],
});

tours.add("commission_sign", {
    steps: () => [
        { trigger: ".o_field_widget[name=content]:contains(Percentage of the deal)" },
        press("action_sign", "Sign"),
        { trigger: ".modal .btn-primary", run: "click" },
        closed,
        { trigger: ".o_field_widget[name=acceptance_ids] .o_data_row:contains(One)" },
        { trigger: "body:not(:has(button[name=action_sign]))" },
    ],
});

// a period closed by the administrator and paid out by the accountant
tours.add("commission_close", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(2026-01) button[name=action_close]",
            run: "click",
        },
        { trigger: ".modal .btn-primary", run: "click" },
        closed,
        {
            trigger: ".o_data_row:contains(2026-01) button[name=action_open_statements]",
            run: "click",
        },
        { trigger: ".o_action.o_list_view .o_data_row:contains(One) .o_data_cell[name=person_id]", run: "click" },
        press("action_approve", "It is right"),
        status("Approved"),
    ],
});

tours.add("commission_pay_out", {
    steps: () => [
        press("action_pay_out", "Pay"),
        { trigger: ".modal .o_field_widget[name=amount]:contains(33.34)" },
        inDialog("action_pay_out"),
        closed,
        { trigger: ".breadcrumb-item:contains(2026-01, One)" },
    ],
});
