import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** The customer chooses delivery terms and alternatives; the server computes, the page follows. */
export class ChooseOfferOption extends Interaction {
    static selector = ".o_offer_choices[data-url]";
    dynamicContent = {
        "input[data-kind=term]": { "t-on-change": this.locked(this.choose) },
        "button[data-kind=alternative]": { "t-on-click": this.locked(this.choose, true) },
    };

    async choose(ev) {
        const { url, token } = this.el.dataset;
        const option = ev.currentTarget;
        const answer = await this.waitFor(
            rpc(url, {
                kind: option.dataset.kind,
                option_id: Number(option.value),
                access_token: token,
            })
        );
        if (answer.error) {
            this.showError(answer.error);
        } else {
            this.reload(answer.redirect_url);
        }
    }

    showError(text) {
        const error = this.el.querySelector("[name=choice_error]");
        error.textContent = text;
        error.classList.remove("d-none");
        for (const input of this.el.querySelectorAll("input[data-kind=term]")) {
            input.checked = input.defaultChecked;
        }
    }

    reload(url) {
        // The address may differ in its anchor only, which would not load the page anew.
        window.history.replaceState(null, "", url);
        window.location.reload();
    }
}

registry
    .category("public.interactions")
    .add("sale_rfq_register.choose_offer_option", ChooseOfferOption);
