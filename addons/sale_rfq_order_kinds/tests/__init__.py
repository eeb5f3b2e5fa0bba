from . import (
    test_document_flow,
    test_kind_of_offer,
    test_request_contract,
    test_tour,
)
