from . import warranty_portal
