from . import (
    test_board,
    test_day_study,
    test_marketing,
    test_plan,
    test_real_data,
    test_roles,
    test_tours,
    test_wall,
)
