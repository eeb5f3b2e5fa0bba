import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sale_rfq_register_choose_option", {
    steps: () => [
        {
            content: "The first line is offered ex works",
            trigger: "[name=offer_choices] tr[name=choice_term].fw-bold:contains(EXW Prague)",
        },
        {
            content: "Pick the other term",
            trigger: "tr[name=choice_term]:contains(FCA Prague):first input:not(:checked)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is chosen and the total has changed",
            trigger: "#sales_order_table td[name=td_product_subtotal]:contains(550.00)",
        },
        {
            trigger: "tr[name=choice_term]:contains(FCA Prague):first input:checked",
        },
        {
            content: "Take the alternative",
            trigger: "tr[name=choice_alternative]:contains(Gear motor) button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It has taken the place of the seal",
            trigger: "#sales_order_table td[name=td_product_name]:contains(Gear motor)",
        },
        {
            trigger: "tr[name=choice_alternative]:contains(Offered first):contains(Shaft seal)",
        },
    ],
});
