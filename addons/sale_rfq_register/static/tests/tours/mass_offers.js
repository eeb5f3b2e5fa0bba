import { registry } from "@web/core/registry";

function choose(name) {
    return {
        content: `Choose ${name}`,
        trigger: `.o_data_row:contains(${name}) .o_list_record_selector input`,
        run: "click",
    };
}

registry.category("web_tour.tours").add("sale_rfq_register_mass_offers", {
    steps: () => [
        choose("Tour buyer 1"),
        choose("Tour buyer 2"),
        {
            content: "Create their offers",
            trigger: ".o_control_panel button:contains(Create Offers)",
            run: "click",
        },
        {
            content: "The dialog says what will be made",
            trigger: ".modal table[name=done] tr:contains(Tour buyer 2)",
        },
        {
            content: "Make them",
            trigger: ".modal button[name=action_create]",
            run: "click",
        },
        {
            content: "They are made; go on to sending",
            trigger: ".modal button[name=action_send]:contains(Send Offers)",
            run: "click",
        },
        {
            content: "The dialog says to whom they go",
            trigger: ".modal table[name=done] tr:contains(tour2@example.com)",
        },
        {
            content: "Send them",
            trigger: ".modal button[name=action_send]:contains(Send):not(:contains(Offers))",
            run: "click",
        },
        {
            content: "They were sent",
            trigger: ".modal p[name=sent]:visible",
        },
        {
            trigger: ".modal .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            content: "The list is back",
            trigger: "body:not(:has(.modal)) .o_list_view",
        },
    ],
});
