"""The whole path, from a customer's file to a sent invoice, on the demo database.

Run by ``make story`` as a script of the Odoo shell. ``STORY_FILE`` names the UBL file; without
it the one of the demo is read. Each step is done by the person whose work it is and committed
before the next, so that mails leave as they do in real life.
"""

import os
from pathlib import Path

import odoo.modules

PAGE = 78


class Story:
    """Plays the path and prints each step with its record."""

    def __init__(self, env, path):
        self.env = env
        self.path = Path(path)
        self.step_count = 0

    def as_user(self, xmlid):
        user = self.env.ref(xmlid)
        context = {**user.context_get(), "lang": "en_US"}
        return self.env(user=user, context=context)

    def tell(self, what, record=None, *details):
        self.env.cr.commit()
        self.step_count += 1
        name = f" · {record.display_name}" if record else ""
        print(f"{self.step_count:2}. {what}{name}")
        for detail in details:
            print(f"      {detail}")

    def play(self):
        print(f"From {self.path.name}".ljust(PAGE))
        print("-" * PAGE)
        request = self.register()
        self.check(request)
        self.match_by_hand(request)
        order = self.offer(request)
        self.send_offer(order)
        self.confirm_configuration(order)
        self.confirm_order(order)
        self.deliver(order)
        self.send_invoice(self.invoice(order))
        print("-" * PAGE)
        print(f"Request {request.name} is {request.state}; order {order.name} is invoiced.")

    def register(self):
        env = self.as_user("sale_rfq_register.user_manager_demo")
        request = env["sale.material.request"]._create_from_files(
            [(self.path.name, self.path.read_bytes())]
        )
        self.tell(
            "Request registered",
            request,
            f"customer's number {request.partner_ref}, contract {request.contract_ref or 'none'}",
            f"answer due {request.date_due}, delivery {request.delivery_date_from} to"
            f" {request.delivery_date_to}",
            f"{len(request.line_ids)} lines, sender {request.sender_name}",
        )
        if not request.partner_id:
            request.action_create_customer()
            if not request.partner_id.email:
                request.partner_id.email = "purchasing@example.com"
            self.tell("Customer created from the sender", request.partner_id)
        return request

    def check(self, request):
        request.action_check()
        self.tell("Checked against the assortment", request, *self.verdicts(request))

    @staticmethod
    def verdicts(request):
        for line in request.line_ids:
            product = line.product_id or line.suggested_product_id
            mark = "" if line.product_id else "? "
            name = f" → {mark}{product.display_name}" if product else ""
            yield f"{line.verdict:9} {line.quantity:g} × {line.name}{name}"

    def match_by_hand(self, request):
        """A person accepts what is suggested, and takes the first two articles into sale."""
        suggested = request.line_ids.filtered(lambda line: not line.product_id)
        suggested.action_accept_suggestion()
        for line in request.line_ids[:2]:
            if not line.product_id and line.customer_code:
                line.product_id = self.new_product(line)
        request.action_check()
        self.tell("Matched by a person", request, *self.verdicts(request))

    def new_product(self, line):
        return (
            self.as_user("base.user_admin")["product.product"]
            .create(
                {
                    "name": line.name,
                    "default_code": line.customer_code,
                    "type": "consu",
                    "list_price": 450.0,
                    "standard_price": 380.0,
                }
            )
            .with_env(line.env)
        )

    def offer(self, request):
        request.action_create_offer()
        order = request.order_ids[:1]
        order.confirmation_required = True
        lines = order.order_line.filtered(lambda line: not line.display_type)
        self.tell(
            "Offer made in one step",
            order,
            *[
                f"{line.product_uom_qty:g} × {line.product_id.display_name}:"
                f" {line.price_subtotal:,.2f}"
                for line in lines
            ],
            f"total {order.amount_total:,.2f} {order.currency_id.name}",
        )
        return order

    def send_offer(self, order):
        action = order.action_quotation_send()
        composer = order.env["mail.compose.message"].with_context(action["context"]).create({})
        composer._action_send_mail()
        self.tell("Offer sent", order)
        self.tell_dispatch(order)

    def tell_dispatch(self, document):
        document.invalidate_recordset()
        dispatch = document.dispatch_ids[:1]
        if not dispatch:
            raise AssertionError(f"{document.display_name}: no sending was registered")
        sent = [
            f"{file.name}, {file.size:,} bytes, SHA-256 {file.sha256[:16]}…"
            for file in dispatch.file_ids
        ]
        self.tell("Entered in the dispatch register", dispatch, f"to {dispatch.recipients}", *sent)

    def confirm_configuration(self, order):
        refusal = order._confirmation_error_message()
        self.tell("Order refused before the confirmation", order, refusal)
        confirmation = order.env["sale.configuration.confirmation"].create(
            {
                "order_id": order.id,
                "channel": "email",
                "signed_by": order.partner_id.name,
                "reference": "answer to the offer",
            }
        )
        self.tell(
            "Configuration confirmed by the customer",
            confirmation,
            *confirmation.composition.splitlines(),
            f"fingerprint {confirmation.fingerprint[:16]}…",
        )

    def confirm_order(self, order):
        order.with_context(send_email=True).action_confirm()
        self.tell("Order confirmed", order, f"request is {order.request_ids.state}")

    def deliver(self, order):
        picking = self.as_user("base.user_admin")["stock.picking"].browse(order.picking_ids.ids)
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        if set(picking.mapped("state")) != {"done"}:
            raise AssertionError(f"{picking.display_name}: {picking.mapped('state')}")
        self.tell("Delivered", picking, f"state {picking.state}")

    def invoice(self, order):
        accountant = self.as_user("base.user_admin")
        invoice = order.with_env(accountant)._create_invoices()
        invoice.action_post()
        self.tell(
            "Invoice posted",
            invoice,
            f"total {invoice.amount_total:,.2f} {invoice.currency_id.name}",
        )
        return invoice

    def send_invoice(self, invoice):
        wizard = (
            invoice.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({})
        )
        wizard.action_send_and_print()
        self.tell("Invoice sent", invoice)
        self.tell_dispatch(invoice)


def default_file():
    folder = odoo.modules.get_module_path("sale_rfq_ubl")
    return Path(folder, "demo", "request_for_quotation.xml")


Story(env, os.environ.get("STORY_FILE") or default_file()).play()  # noqa: F821 - the shell's env
