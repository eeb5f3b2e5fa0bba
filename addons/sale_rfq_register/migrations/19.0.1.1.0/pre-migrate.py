"""The answer to each line of the requests that there are, in three statements.

The columns exist when the ORM looks for them, so it computes nothing.
"""

ADD_COLUMNS = """
    ALTER TABLE sale_material_request_line
      ADD COLUMN IF NOT EXISTS state varchar,
      ADD COLUMN IF NOT EXISTS closed_as varchar,
      ADD COLUMN IF NOT EXISTS close_reason_id integer,
      ADD COLUMN IF NOT EXISTS close_note text;
    ALTER TABLE sale_material_request
      ADD COLUMN IF NOT EXISTS unanswered_line_count integer
"""

# what a person chose after the check, and nobody has checked since
ASSESS_CHOSEN = """
    UPDATE sale_material_request_line line
       SET verdict = CASE WHEN sold.reason = 'sold' THEN 'sellable' ELSE 'not_sold' END,
           verdict_reason = sold.reason,
           verdict_date = line.write_date,
           verdict_user_id = line.write_uid
      FROM sale_material_request request,
           (SELECT product.id, template.company_id,
                   CASE WHEN NOT product.active THEN 'archived'
                        WHEN NOT template.sale_ok THEN 'not_for_sale'
                        ELSE 'sold' END AS reason
              FROM product_product product
              JOIN product_template template ON template.id = product.product_tmpl_id) sold
     WHERE request.id = line.request_id
       AND request.state IN ('checked', 'offered', 'won')
       AND sold.id = line.product_id
       AND COALESCE(sold.company_id, line.company_id) = line.company_id
       AND line.match_method = 'manual'
       AND line.verdict IS NULL
"""

ANSWER_LINES = """
    UPDATE sale_material_request_line line
       SET state = answer.state,
           closed_as = CASE WHEN answer.state IN ('lost', 'no_bid') THEN answer.state END,
           close_reason_id = CASE WHEN answer.state IN ('lost', 'no_bid')
                                  THEN answer.close_reason_id END,
           close_note = CASE WHEN answer.state IN ('lost', 'no_bid') THEN answer.close_note END
      FROM (SELECT asked.id, request.close_reason_id, request.close_note,
                   CASE WHEN bool_or(sale.state = 'sale' AND position.product_uom_qty > 0)
                        THEN 'ordered'
                        WHEN request.state IN ('lost', 'no_bid') THEN request.state
                        WHEN bool_or(position.product_uom_qty > 0 AND sale.offer_state IN
                                     ('draft', 'to_approve', 'approved', 'sent', 'received'))
                        THEN 'offered'
                        WHEN bool_or(sale.state = 'sale') THEN 'declined'
                        ELSE 'open' END AS state
              FROM sale_material_request_line asked
              JOIN sale_material_request request ON request.id = asked.request_id
              LEFT JOIN sale_order_line position ON position.request_line_id = asked.id
              LEFT JOIN sale_order sale ON sale.id = position.order_id
             GROUP BY asked.id, request.id) answer
     WHERE answer.id = line.id
"""

ANSWER_REQUESTS = """
    UPDATE sale_material_request request
       SET unanswered_line_count = counted.open,
           open_line_count = counted.unmatched,
           problem_line_count = counted.unclear,
           state = CASE WHEN counted.ordered OR counted.has_order
                        THEN CASE WHEN counted.waits THEN 'partly_won' ELSE 'won' END
                        WHEN request.state = 'won' THEN 'offered'
                        ELSE request.state END
      FROM (SELECT asked.id,
                   COUNT(*) FILTER (WHERE line.state = 'open') AS open,
                   COUNT(*) FILTER (WHERE line.state IN ('open', 'offered')
                                      AND line.product_id IS NULL) AS unmatched,
                   COUNT(*) FILTER (WHERE line.state IN ('open', 'offered')
                                      AND line.problem IS NOT NULL) AS unclear,
                   COALESCE(bool_or(line.state = 'ordered'), FALSE) AS ordered,
                   COALESCE(bool_or(line.state IN ('open', 'offered')), FALSE) AS waits,
                   EXISTS (SELECT FROM sale_material_request_order_rel rel
                             JOIN sale_order sale ON sale.id = rel.order_id
                            WHERE rel.request_id = asked.id AND sale.state = 'sale') AS has_order
              FROM sale_material_request asked
              LEFT JOIN sale_material_request_line line ON line.request_id = asked.id
             GROUP BY asked.id) counted
     WHERE counted.id = request.id
"""


def migrate(cr, version):
    for statement in (ADD_COLUMNS, ASSESS_CHOSEN, ANSWER_LINES, ANSWER_REQUESTS):
        cr.execute(statement)
