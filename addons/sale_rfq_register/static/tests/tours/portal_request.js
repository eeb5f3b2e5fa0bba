import { registry } from "@web/core/registry";

function fill(position, text) {
    return {
        trigger: `.o_new_material_request tbody tr:nth-child(${position}) input[name=line_name]`,
        run: `edit ${text}`,
    };
}

function choose(input, ...contents) {
    const files = new DataTransfer();
    contents.forEach((content, place) => files.items.add(new File([content], `${place}.txt`)));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

registry.category("web_tour.tours").add("sale_rfq_register_portal_request", {
    steps: () => [
        {
            content: "Open the requests",
            trigger: ".o_portal_my_home a[href='/my/requests']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Make a new one",
            trigger: "a[name=new_request]",
            run: "click",
            expectUnloadPage: true,
        },
        fill(1, "Bearing"),
        fill(2, "Seal"),
        fill(3, "Motor"),
        {
            content: "One more row",
            trigger: "button[name=add_row]",
            run: "click",
        },
        fill(4, "Belt"),
        {
            trigger: "input[name=partner_ref]",
            run: "edit TOUR-7",
        },
        {
            content: "Files that are too large together are not sent",
            trigger: "input[name=files][data-max-bytes='125829120']",
            run() {
                this.anchor.dataset.maxBytes = "8";
                choose(this.anchor, "12345", "6789");
                if (!this.anchor.validationMessage.includes("120 MB")) {
                    throw new Error("The form would be sent");
                }
                choose(this.anchor, "12345678");
                if (!this.anchor.checkValidity()) {
                    throw new Error("The form would not be sent");
                }
                choose(this.anchor);
            },
        },
        {
            content: "Send it",
            trigger: ".o_new_material_request button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is registered",
            trigger: ".alert-success:contains(registered as MR)",
        },
        {
            trigger: "table[name=lines] td:contains(Belt)",
        },
    ],
});
