from . import (
    test_company_day,
    test_document_flow,
    test_kind_of_offer,
    test_offer_copies,
    test_request_contract,
    test_request_coverage,
    test_tour,
)
