import { registry } from "@web/core/registry";

const row = (words) => `.modal table[name=document_flow] tr:contains(${words})`;

registry.category("web_tour.tours").add("sale_rfq_order_kinds_document_flow", {
    steps: () => [
        {
            content: "The request found its contract",
            trigger: ".o_form_view div[name=supply_contract_id] input:value(LC)",
        },
        { content: "Make the offer", trigger: "button[name=action_create_offer].btn-primary", run: "click" },
        {
            content: "It is an additional delivery",
            trigger: ".o_form_view div[name=kind_id] input:value(Additional Delivery)",
        },
        { content: "Look where it comes from", trigger: "button .fa-sitemap", run: "click" },
        { content: "The contract stands above", trigger: row("Long-Term Contract") },
        { content: "The offer is marked", trigger: row("Offer") + ".table-info" },
        { content: "Back to the request", trigger: row("Material Request") + " a", run: "click" },
        {
            content: "It is open",
            trigger: ".o_form_view .o_field_widget[name=supply_contract_id]",
        },
        { content: "And from there the flow again", trigger: "button .fa-sitemap", run: "click" },
        { content: "Now the request is marked", trigger: row("Material Request") + ".table-info" },
    ],
});
