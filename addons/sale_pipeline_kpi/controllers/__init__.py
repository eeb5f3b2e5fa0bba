from . import sale_wall
