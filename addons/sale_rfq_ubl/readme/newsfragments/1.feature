UBL 2.0 and 2.1 RequestForQuotation files become material requests.
