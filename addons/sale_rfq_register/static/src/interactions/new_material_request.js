import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** The portal's form for a new request: adds empty rows, and sends no more than the server takes. */
export class NewMaterialRequest extends Interaction {
    static selector = ".o_new_material_request";
    dynamicContent = {
        "button[name=add_row]": { "t-on-click": this.addRow },
        "input[name=files]": { "t-on-change": this.checkSize },
    };

    /** The server answers a form that is too large with a bare page, and what was typed is lost. */
    checkSize(ev) {
        const { files, dataset } = ev.currentTarget;
        const bytes = [...files].reduce((sum, file) => sum + file.size, 0);
        ev.currentTarget.setCustomValidity(
            bytes > Number(dataset.maxBytes) ? dataset.tooLarge : ""
        );
        ev.currentTarget.reportValidity();
    }

    addRow() {
        const rows = this.el.querySelector("tbody");
        const row = rows.lastElementChild.cloneNode(true);
        for (const input of row.querySelectorAll("input")) {
            input.value = "";
        }
        rows.append(row);
        row.querySelector("input").focus();
    }
}

registry
    .category("public.interactions")
    .add("sale_rfq_register.new_material_request", NewMaterialRequest);
