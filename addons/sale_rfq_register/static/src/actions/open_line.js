import { registry } from "@web/core/registry";

/**
 * Show another requested material in the form that is open, so that the list stays one step
 * behind; from elsewhere open it as usual.
 */
async function openLine(env, action) {
    const { res_model, res_id, res_ids, next } = action.params;
    const current = env.services.action.currentController;
    if (current?.action.res_model !== res_model) {
        return next;
    }
    await env.services.action.switchView("form", { resId: res_id, resIds: res_ids });
}

registry.category("actions").add("sale_rfq_register_open_line", openLine);
