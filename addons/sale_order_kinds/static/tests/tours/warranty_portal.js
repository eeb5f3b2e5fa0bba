import { registry } from "@web/core/registry";

const form = ".o_new_claim";

registry.category("web_tour.tours").add("sale_order_kinds_warranty_portal", {
    steps: () => [
        {
            content: "Open the claims",
            trigger: ".o_portal_my_home a[href='/my/claims']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Make a new one",
            trigger: "a[name=new_claim]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What is defective",
            trigger: `${form} select[name=delivered]`,
            run: "selectByIndex 1",
        },
        {
            trigger: `${form} input[name=quantity]`,
            run: "edit 1",
        },
        {
            trigger: `${form} select[name=reason]`,
            run: "selectByLabel Does not work",
        },
        {
            trigger: `${form} textarea[name=description]`,
            run: "edit It hums and does not start",
        },
        {
            content: "Send it",
            trigger: `${form} button[type=submit]`,
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is registered",
            trigger: ".alert-success:contains(registered as WC)",
        },
        {
            content: "And in examination",
            trigger: ".badge:contains(In Examination)",
        },
        {
            trigger: "table[name=lines] td:contains(Does not work)",
        },
    ],
});
