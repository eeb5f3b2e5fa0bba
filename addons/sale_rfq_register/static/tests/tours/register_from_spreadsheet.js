import { registry } from "@web/core/registry";

const column = (heading) => `.modal [name=column_ids] .o_data_row:contains(${heading})`;

/** Put a file that the test serves into the input, as a person does with the file dialog. */
async function upload(input, url, name) {
    const response = await fetch(url);
    const files = new DataTransfer();
    files.items.add(new File([await response.blob()], name));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

registry.category("web_tour.tours").add("sale_rfq_register_from_spreadsheet", {
    steps: () => [
        {
            content: "Register from files",
            trigger: ".o_control_panel button:contains(From Files)",
            run: "click",
        },
        {
            content: "Choose the file",
            trigger: ".modal .o_field_widget[name=attachment_ids] .o_attach",
            async run() {
                const input = document.querySelector(
                    ".modal [name=attachment_ids] input[type=file]"
                );
                await upload(input, "/sale_rfq_register_tour/wanted.xlsx", "wanted.xlsx");
            },
        },
        {
            content: "The columns are guessed, but for one",
            trigger: `${column("Item")} [name=target]:contains(Description)`,
        },
        {
            content: "Every row has a problem, which is said above the tabs",
            trigger: ".modal [name=problems]:contains(3 of 3 rows have a problem)",
        },
        {
            content: "Say what the column holds",
            trigger: `${column("Wieviel")} [name=target]`,
            run: "click",
        },
        {
            trigger: `${column("Wieviel")} [name=target] input`,
            run: "click",
        },
        {
            trigger: ".o_select_menu_menu .o_select_menu_item:contains(Quantity)",
            run: "click",
        },
        {
            content: "One problem is left",
            trigger: ".modal [name=problems]:contains(1 of 3 rows has a problem)",
        },
        {
            content: "Look at the rows",
            trigger: ".modal .o_notebook .nav-link[name=rows]",
            run: "click",
        },
        {
            content: "Nobody can tell how many motors",
            trigger: ".modal [name=preview] tr.table-warning:contains(Gear motor):contains(some)",
        },
        {
            trigger: ".modal [name=preview] tr:not(.table-warning):contains(Shaft seal)",
        },
        {
            content: "Register",
            trigger: ".modal button[name=action_import]",
            run: "click",
        },
        {
            content: "The request shows the line with its problem",
            trigger:
                ".o_form_view [name=line_ids] .o_data_row:contains(Gear motor) [name=problem]:contains(some)",
        },
        {
            content: "The file is kept",
            trigger: ".o-mail-AttachmentContainer:contains(wanted.xlsx)",
        },
    ],
});
