import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const press = (name, content) => ({
    content,
    trigger: `button[name=${name}]:enabled`,
    run: "click",
});
const inDialog = (name, text) => ({
    trigger: `.modal .o_field_widget[name=${name}] :is(input, textarea)`,
    run: `edit ${text}`,
});
const save = { trigger: ".modal button[name=action_save]", run: "click" };
const closed = { trigger: "body:not(:has(.modal))" };
const status = (text) => ({
    trigger: `.o_statusbar_status .o_arrow_button_current:contains(${text})`,
});

tours.add("sale_pipeline_day", {
    steps: () => [
        {
            content: "The first contact waits",
            trigger: ".o_data_row:contains(Time to First Contact) button[name=action_log]",
            run: "click",
        },
        inDialog("said", "He needs twenty pumps."),
        { content: "Why is there no next contact?", ...save },
        {
            content: "A report without a next step is refused",
            trigger: ".modal .modal-body:contains(The report lacks)",
        },
        { trigger: ".modal:contains(The report lacks) .btn-primary", run: "click" },
        inDialog("no_next_reason", "He calls in May."),
        save,
        closed,
        {
            content: "Nobody answers the next one",
            trigger: ".o_data_row:contains(Get the bank details) button[name=action_no_answer]",
            run: "click",
        },
        {
            content: "A report is due from yesterday",
            trigger: ".o_data_row:contains(Write the report) button[name=action_log]",
            run: "click",
        },
        inDialog("said", "He wants an offer."),
        inDialog("no_next_reason", "We send it."),
        {
            content: "What is next in My Day?",
            trigger: ".modal button[name=action_save_next]",
            run: "click",
        },
        {
            content: "The next row opens by itself, and its call is timed",
            trigger: ".modal .o_call_timer a:contains(+49 30 123456)",
            // a tour cannot call
            run: ({ anchor }) => {
                anchor.addEventListener("click", (event) => event.preventDefault());
                anchor.click();
            },
        },
        { trigger: ".modal .o_call_timer span:contains(00:01)" },
        inDialog("said", "He has no bank yet."),
        inDialog("no_next_reason", "He writes."),
        save,
        closed,
        { trigger: ".o_list_view:not(:contains(Write the report))" },
    ],
});

tours.add("sale_pipeline_handover_propose", {
    steps: () => [
        press("action_hand_over", "Give it away"),
        { trigger: ".modal .o_field_widget[name=to_user_id] input", run: "edit pipeline_colleague" },
        {
            trigger: ".modal .o-autocomplete--dropdown-item:contains(pipeline_colleague)",
            run: "click",
        },
        inDialog("brief", "He needs pumps in May."),
        { trigger: ".modal button[name=action_propose]", run: "click" },
        closed,
        { trigger: "div[name=handover]:contains(A hand-over is proposed)" },
    ],
});

tours.add("sale_pipeline_handover_refuse", {
    steps: () => [
        press("action_open_refuse", "No time"),
        inDialog("text", "I am away in May."),
        save,
        closed,
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Refused), .o_field_widget[name=refusal]:contains(I am away)",
        },
    ],
});

tours.add("sale_pipeline_handover_accept", {
    steps: () => [press("action_accept", "Take it over"), status("Accepted")],
});

tours.add("sale_pipeline_gate", {
    steps: () => [
        {
            trigger: ".o_statusbar_status button:contains('Offered (line)')",
            run: "click",
        },
        { trigger: ".o_gate_dialog li:contains(Expected Revenue)" },
        { trigger: ".o_gate_dialog button:contains(Request an Exception)", run: "click" },
        inDialog("text", "The buyer leaves tomorrow."),
        save,
        closed,
        { trigger: ".o_form_button_cancel", run: "click" },
        { trigger: ".o_form_saved, .o_form_readonly, .o_form_view" },
    ],
});

tours.add("sale_pipeline_grant", {
    steps: () => [
        press("action_open_grant", "This time"),
        inDialog("text", "Once."),
        save,
        closed,
        status("Exception Granted"),
    ],
});

tours.add("sale_pipeline_gate_passed", {
    steps: () => [
        {
            trigger: ".o_statusbar_status button:contains('Offered (line)')",
            run: "click",
        },
        status("Offered (line)"),
        { trigger: ".o_form_saved" },
    ],
});

tours.add("sale_pipeline_explain", {
    steps: () => [
        press("action_open_explain", "Say why"),
        inDialog("text", "The customer was away."),
        save,
        closed,
        status("Explained"),
    ],
});

tours.add("sale_pipeline_waive", {
    steps: () => [
        press("action_open_waive", "It counts for nobody"),
        inDialog("text", "He was."),
        save,
        closed,
        { trigger: ".o_field_widget[name=decision_note]:contains(He was.)" },
    ],
});

tours.add("sale_pipeline_version", {
    steps: () => [
        {
            content: "How do the teams work?",
            trigger: ".modal .o_field_widget[name=structure] input[data-value=island]",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=team_id] input", run: "edit Line" },
        { trigger: ".modal .o-autocomplete--dropdown-item:contains(Line)", run: "click" },
        { trigger: ".modal .o_data_row:contains('Qualified (line)')" },
        { trigger: ".modal button[name=action_create]", run: "click" },
        status("Draft"),
        press("action_approve", "It holds from now on"),
        { trigger: ".modal .btn-primary", run: "click" },
        status("In Force"),
        press("action_open_signing", "Read it"),
        {
            content: "Not before all is read",
            trigger: ".modal button[name=action_sign]",
            run: "click",
        },
        { trigger: ".modal:contains(Tick what you have read) .btn-primary", run: "click" },
    ],
});

tours.add("sale_pipeline_sign", {
    steps: () => [
        press("action_open_signing", "Read it"),
        {
            content: "The only rule",
            trigger: ".modal .o_data_row .o_field_widget[name=is_read] input",
            run: "click",
        },
        { trigger: ".modal .o_data_row .o_field_widget[name=is_read] input:checked" },
        { trigger: ".modal button[name=action_sign]", run: "click" },
        closed,
        { trigger: "body:not(:has(button[name=action_open_signing]))" },
    ],
});

tours.add("sale_pipeline_control", {
    steps: () => [
        {
            content: "Who is overdue?",
            trigger: ".o_data_row:contains(pipeline_manager) td[name=overdue_count] a",
            run: "click",
        },
        { trigger: ".o_last_breadcrumb_item:contains(Overdue: pipeline_manager)" },
        {
            content: "Why?",
            trigger: ".o_list_view .o_data_row td[name=rule_id]",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=why]:contains(Nine to five)" },
    ],
});
