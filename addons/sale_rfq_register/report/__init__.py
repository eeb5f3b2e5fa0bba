from . import sale_material_demand
