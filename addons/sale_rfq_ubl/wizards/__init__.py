from . import mail_compose_message
from . import dispatch_register
from . import material_request_import
