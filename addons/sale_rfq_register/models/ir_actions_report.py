from odoo import models


class IrActionsReport(models.Model):
    """No document of an offer leaves the house before the offer is approved (O6)."""

    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        # a document that is kept is not rendered again
        self._check_documents_releasable(self._get_report(report_ref), res_ids)
        return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)

    def _get_rendering_context(self, report, docids, data):
        self._check_documents_releasable(report, docids)
        return super()._get_rendering_context(report, docids, data)

    def _check_documents_releasable(self, report, ids):
        """Refuse any report on offers, of whatever kind, that may not be shown to a customer.

        :param report: record of ``ir.actions.report``
        :param ids: of the documents; nothing for a report that has none
        :raise UserError: names the offer, the reason and the way out
        """
        if report.model == "sale.order" and ids:
            self.env["sale.order"].browse(ids)._check_document_releasable()
