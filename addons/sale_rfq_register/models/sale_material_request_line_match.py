from odoo import api, models
from odoo.tools import SQL

from ..rows import insert_rows
from ..wording import code_key, words_key

# What people chose for the customer, and the methods that say the same kind of thing: where they
# name different products, a person has to look.
LEARNED_METHODS = {"customer_code", "chosen"}
METHOD_GROUPS = ({"barcode", "reference", "customer_code"}, {"name", "chosen"})


class SaleMaterialRequestLine(models.Model):
    """Products found for what is asked, in one query for any number of lines (R3)."""

    _inherit = "sale.material.request.line"

    def _match_products(self):
        """Find products for the lines that have none, in one query for all of them.

        A single product that carries the barcode, the reference or the very name, or that was
        chosen for the customer's code or words before, is taken. A similar name is only
        suggested, since a person has to look; so are products that contradict each other.
        """
        # what each line looks at is read at once: by itself the ORM reads by the thousand
        self.fetch()
        wanted = self.filtered(lambda line: not line.product_id)
        if not wanted:
            return
        candidates = wanted._find_candidates()
        wanted._keep_candidates(candidates)
        found_ids = {candidate[0] for found in candidates.values() for candidate in found}
        products = self.env["product.product"].browse(found_ids)
        products.fetch()
        products.product_tmpl_id.fetch()
        for line in wanted:
            found = candidates.get(line.id)
            if found:
                line.write(line._prepare_match_values(found))

    def _keep_candidates(self, candidates):
        """Store at once what was found for the lines, in place of what was found before."""
        kept = self.env["sale.material.request.candidate"]
        kept.flush_model()
        self.env.execute_query(
            SQL("DELETE FROM sale_material_request_candidate WHERE line_id = ANY(%s)", self.ids)
        )
        now = self.env.cr.now()
        stamp = {
            "create_uid": self.env.uid,
            "create_date": now,
            "write_uid": self.env.uid,
            "write_date": now,
        }
        rows = [
            {**stamp, **line._prepare_candidate_values(place, *candidate)}
            for line in self
            for place, candidate in enumerate(candidates.get(line.id, ()), start=1)
        ]
        names = tuple(rows[0]) if rows else ()
        insert_rows(kept, names, [[row[name] for name in names] for row in rows])
        kept.invalidate_model()
        self.invalidate_recordset(["candidate_ids", "candidate_count"])

    def _prepare_candidate_values(self, place, product_id, method, score):
        self.ensure_one()
        return {
            "line_id": self.id,
            "sequence": place,
            "product_id": product_id,
            "method": method,
            "score": score,
        }

    def _prepare_match_values(self, candidates):
        """Values from candidates ``(product id, method, score)``, best first."""
        product_id, method, score = candidates[0]
        if self._is_doubtful(candidates):
            return {"suggested_product_id": product_id, "match_score": score}
        return {"product_id": product_id, "match_method": method, "match_score": score}

    def _is_doubtful(self, candidates):
        """Whether a person has to look at the best of the candidates."""
        method = candidates[0][1]
        if method == "similar" or any(
            self._is_contradiction(method, other[1]) for other in candidates[1:]
        ):
            return True
        # the same words under another article code may well mean another article
        return method == "chosen" and bool(code_key(self.customer_code))

    @api.model
    def _is_contradiction(self, method, other):
        """Whether two methods that found different products leave it open who is right."""
        if method == other:
            return True
        return bool({method, other} & LEARNED_METHODS) and any(
            {method, other} <= group for group in METHOD_GROUPS
        )

    def _find_candidates(self):
        """Return up to five candidates for each line id, best first.

        :return: ``{line id: [(product id, method, score from 0 to 1), …]}``
        """
        self.flush_recordset()
        self.fetch(["request_id", "name", "customer_code"])
        self.env["product.product"].flush_model(["barcode", "default_code", "active"])
        self.env["product.template"].flush_model(["name", "company_id", "sale_ok", "active"])
        self.env["sale.customer.article"].flush_model()
        self.request_id.flush_recordset(["commercial_partner_id"])
        found = {}
        for line_id, product_id, method, score in self.env.execute_query(
            self._get_candidates_query()
        ):
            found.setdefault(line_id, []).append((product_id, method, score))
        return found

    def _get_candidates_query(self):
        sources = SQL(" UNION ALL ").join(self._get_candidate_sources())
        return SQL(
            """
            WITH keys AS (
                SELECT *
                  FROM unnest(%(ids)s::int[], %(codes)s::text[], %(words)s::text[])
                       AS keys (line_id, code_key, words_key)
            ), wanted AS (
                SELECT line.id, line.company_id, lower(line.name) AS name,
                       request.commercial_partner_id AS partner_id,
                       keys.code_key, keys.words_key,
                       array_remove(ARRAY[lower(line.supplier_code), lower(line.barcode)],
                                    NULL) AS our_codes,
                       array_remove(ARRAY[lower(line.supplier_code), lower(line.customer_code),
                                          lower(line.barcode)], NULL) AS codes
                  FROM keys %(line)s %(request)s
            ), exact (line_id, product_id, rank, method, score, is_sold) AS MATERIALIZED (
                %(sources)s
            ), found AS (
                SELECT DISTINCT ON (line_id, product_id) line_id, product_id, rank, method,
                       score, is_sold
                  FROM (SELECT * FROM exact %(similar)s) candidate
                 ORDER BY line_id, product_id, rank, score DESC
            )
            SELECT line_id, product_id, method, score
              FROM (SELECT found.*,
                           row_number() OVER (PARTITION BY line_id
                                              ORDER BY method = 'similar', is_sold DESC, rank,
                                                       score DESC, product_id)
                      FROM found) ranked
             WHERE row_number <= 5
             ORDER BY line_id, row_number
            """,
            ids=list(self.ids),
            codes=[code_key(line.customer_code) for line in self],
            words=[words_key(line.name) for line in self],
            line=self._join_by_key(
                "line",
                SQL("SELECT * FROM sale_material_request_line WHERE id = keys.line_id"),
            ),
            request=self._join_by_key(
                "request",
                SQL("SELECT * FROM sale_material_request WHERE id = line.request_id"),
            ),
            sources=sources,
            similar=self._get_similar_source() if self.pool.has_trigram else SQL(),
        )

    def _get_candidate_sources(self):
        """Queries of ``(line, product, rank, method, score, is sold)``, for each exact method.

        Codes and names are read once for all lines; what was found, by its key
        (``_join_by_key``).
        """
        template = self._join_template()
        return [
            SQL(
                """SELECT wanted.id, product.id, 1, 'barcode', 1.0, template.is_sold
                     FROM (SELECT id, company_id, unnest(codes) AS code FROM wanted) wanted
                     JOIN product_product product ON lower(product.barcode) = wanted.code %s""",
                template,
            ),
            SQL(
                """SELECT wanted.id, product.id,
                          CASE WHEN wanted.code = ANY(wanted.our_codes) THEN 2 ELSE 4 END,
                          'reference', 1.0, template.is_sold
                     FROM (SELECT id, company_id, our_codes, unnest(codes) AS code
                             FROM wanted) wanted
                     JOIN product_product product
                       ON lower(product.default_code) = wanted.code %s""",
                template,
            ),
            SQL(
                """SELECT wanted.id, product.id, 5, 'name', 1.0, template.is_sold
                     FROM wanted
                     JOIN (SELECT template.id, lower(value) AS name
                             FROM product_template template, jsonb_each_text(template.name)
                           OFFSET 0) called
                       ON called.name = wanted.name %s %s""",
                self._join_by_key(
                    "product",
                    SQL(
                        """SELECT id, product_tmpl_id, active FROM product_product
                            WHERE product_tmpl_id = called.id"""
                    ),
                ),
                template,
            ),
            self._get_learned_source("code", SQL("wanted.code_key"), 3, "customer_code"),
            self._get_learned_source("words", SQL("wanted.words_key"), 6, "chosen"),
        ]

    def _get_learned_source(self, kind, key, rank, method):
        """What people chose for this customer under the same code or words."""
        return SQL(
            """SELECT wanted.id, product.id, %(rank)s, %(method)s, 1.0, template.is_sold
                 FROM wanted %(article)s %(product)s %(template)s""",
            rank=rank,
            method=method,
            article=self._join_by_key(
                "article",
                SQL(
                    """SELECT product_id FROM sale_customer_article
                        WHERE company_id = wanted.company_id AND partner_id = wanted.partner_id
                          AND kind = %s AND key = %s AND active""",
                    kind,
                    key,
                ),
            ),
            product=self._join_by_key(
                "product",
                SQL(
                    """SELECT id, product_tmpl_id, active FROM product_product
                        WHERE id = article.product_id"""
                ),
            ),
            template=self._join_template(),
        )

    def _join_template(self):
        """Join the template of ``product`` that the company of ``wanted`` sees."""
        return self._join_by_key(
            "template",
            SQL(
                """SELECT product.active AND sale_ok AS is_sold FROM product_template
                    WHERE id = product.product_tmpl_id
                      AND (company_id IS NULL OR company_id = wanted.company_id)"""
            ),
        )

    @api.model
    def _join_by_key(self, name, query):
        """Join the few rows that belong to one, by an index, whatever the statistics say.

        Where products were just made, the statistics may know of one only, and a plan that rests
        on them reads all products for each line. ``OFFSET 0`` keeps the tables apart: then each
        is read by its key or from end to end, and how many pages it has is always known.
        """
        return SQL("CROSS JOIN LATERAL (%s OFFSET 0) %s", query, SQL.identifier(name))

    def _get_similar_source(self):
        # The expression on the name is the one that core has indexed. Only the templates that
        # are most alike are joined with their products, or each line would read all of them. A
        # line that a code or the very name has told already is not compared: it costs the most.
        # The company stands in an expression, so that its index is none for the planner.
        return SQL(
            """UNION ALL
               SELECT wanted.id, alike.id, 7, 'similar', alike.score, TRUE
                 FROM (SELECT id, company_id, name FROM wanted
                        WHERE NOT EXISTS (SELECT 1 FROM exact
                                           WHERE exact.line_id = wanted.id AND exact.is_sold
                                             AND exact.method <> 'chosen')) wanted
                CROSS JOIN LATERAL (
                      SELECT product.id, best.score
                        FROM (SELECT template.id,
                                     word_similarity(
                                         wanted.name,
                                         jsonb_path_query_array(template.name, '$.*')::text
                                     ) AS score
                                FROM product_template template
                               WHERE jsonb_path_query_array(template.name, '$.*')::text
                                     %%> wanted.name
                                 AND template.active AND template.sale_ok
                                 AND COALESCE(template.company_id, wanted.company_id)
                                     = wanted.company_id
                               ORDER BY score DESC, template.id LIMIT 5) best
                             %s
                       ORDER BY best.score DESC, product.id LIMIT 5) alike""",
            self._join_by_key(
                "product",
                SQL(
                    """SELECT id FROM product_product
                        WHERE product_tmpl_id = best.id AND active"""
                ),
            ),
        )
