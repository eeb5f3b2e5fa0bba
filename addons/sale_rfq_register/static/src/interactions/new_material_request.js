import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** The portal's form for a new request: adds empty rows. */
export class NewMaterialRequest extends Interaction {
    static selector = ".o_new_material_request";
    dynamicContent = {
        "button[name=add_row]": { "t-on-click": this.addRow },
    };

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
