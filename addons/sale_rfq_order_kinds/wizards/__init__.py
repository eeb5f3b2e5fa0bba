from . import document_flow, document_flow_relation, document_flow_word
