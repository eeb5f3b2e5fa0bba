import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sale_rfq_register_confirm_configuration", {
    steps: () => [
        {
            content: "The page asks for the confirmation",
            trigger: "[name=configuration_waiting] a:contains(Confirm Configuration)",
            run: "click",
        },
        {
            content: "The composition is shown",
            trigger: "#modalconfiguration.show table[name=composition] td:contains(BRG-6204)",
        },
        {
            content: "The customer gives his name",
            trigger: "#modalconfiguration .o_web_sign_name_and_signature input",
            run: "edit Pavel Novak",
        },
        {
            content: "His signature is drawn",
            trigger: "#modalconfiguration canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            content: "He confirms",
            trigger: "#modalconfiguration .o_portal_sign_submit:enabled:contains(Confirm Configuration)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The page says so",
            trigger: "[name=configuration_confirmed]:contains(Pavel Novak)",
        },
        {
            content: "He is thanked",
            trigger: ".alert-success:contains(You have confirmed the configuration)",
        },
    ],
});
