import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sale_rfq_register_confirm_receipt", {
    steps: () => [
        {
            content: "The page shows what was sent",
            trigger: "[name=dispatch_receipt] [name=files] li",
        },
        {
            content: "The customer gives his name",
            trigger: "form[name=confirm_receipt] input[name=name]",
            run: "edit Pavel Novak",
        },
        {
            content: "He confirms",
            trigger: "form[name=confirm_receipt] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "He is thanked",
            trigger: ".alert-success[name=confirmed]:contains(Pavel Novak)",
        },
    ],
});

registry.category("web_tour.tours").add("sale_rfq_register_see_receipt", {
    steps: () => [
        {
            content: "The register says that it was received",
            trigger: ".o_field_widget[name=receipt_state]:contains(Confirmed)",
        },
        {
            content: "By whom",
            trigger: ".o_field_widget[name=receipt_by]:contains(Pavel Novak)",
        },
        {
            content: "Open the offer",
            trigger: "button[name=action_open_document]",
            run: "click",
        },
        {
            content: "Look where it stands",
            trigger: ".o_notebook a[name=other_information]",
            run: "click",
        },
        {
            content: "It is received too",
            trigger: ".o_field_widget[name=offer_state]:contains(Received)",
        },
    ],
});
