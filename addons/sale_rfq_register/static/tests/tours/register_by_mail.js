import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sale_rfq_register_by_mail", {
    steps: () => [
        {
            content: "Look for what came by e-mail",
            trigger: ".o_searchview_input",
            run: "edit Kowalski",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Request):first",
            run: "click",
        },
        {
            content: "The request of the unknown sender is there",
            trigger: ".o_list_view:has(.o_facet_value:contains(Kowalski)) .o_data_row [name=name]",
            run: "click",
        },
        {
            content: "The sender is not known",
            trigger: "[name=unknown_sender]:contains(Marek Kowalski)",
        },
        {
            content: "The rows of the file are its lines",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Deep groove bearing)",
        },
        {
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Shaft seal 35x52x7)",
        },
        {
            content: "The file is kept",
            trigger: ".o-mail-Message .o-mail-AttachmentContainer:contains(wanted.csv)",
        },
        {
            content: "How it came",
            trigger: ".o_notebook .nav-link[name=sender]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=channel]:contains(E-mail)",
        },
        {
            content: "Make a lead of the sender",
            trigger: "[name=unknown_sender] button[name=action_make_lead]",
            run: "click",
        },
        {
            content: "It can be opened now",
            trigger: "[name=unknown_sender] button[name=action_view_lead]",
            run: "click",
        },
        {
            content: "The lead knows who wrote",
            trigger: ".o_form_view [name=email_from] input:value(marek@kowalski.example.com)",
        },
        {
            content: "Back to the request",
            trigger: ".o_breadcrumb .o_back_button, .o_breadcrumb .breadcrumb-item:last a",
            run: "click",
        },
        {
            content: "Make him a customer",
            trigger: "[name=unknown_sender] button[name=action_create_customer]",
            run: "click",
        },
        {
            content: "The customer is chosen",
            trigger: ".o_field_widget[name=partner_id] input:value(Marek Kowalski)",
        },
        {
            content: "Check against the assortment",
            trigger: "button[name=action_check]:contains(Check)",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Checked)",
        },
        {
            trigger: ".o_notebook .nav-link[name=lines]",
            run: "click",
        },
        {
            content: "Both are sold",
            trigger: ".o_data_row:contains(Deep groove) [name=verdict]:contains(Sellable)",
        },
        {
            trigger: ".o_data_row:contains(Shaft seal) [name=verdict]:contains(Sellable)",
        },
    ],
});
