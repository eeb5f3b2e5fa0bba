"""Which positions of two documents are the same position."""


def pair_positions(old, new, *identities):
    """Pair the positions of two revisions.

    :param old: positions of the older one, in their order
    :param new: positions of the newer one
    :param identities: functions that tell by what a position is recognised, the surest first;
        a falsy answer recognises nothing
    :return: list of ``(old, new)`` with ``None`` where one side has no such position: in the
        order of the newer one, what was removed after what stood before it

    >>> pair_positions(["a1", "b2", "d4"], ["b3", "c1"], lambda position: position[0])
    [('a1', None), ('b2', 'b3'), ('d4', None), (None, 'c1')]

    The surer identity decides first:

    >>> pair_positions(["a1", "b1"], ["b1", "a2"], lambda p: p == "b1" and p, lambda p: p[0])
    [('b1', 'b1'), ('a1', 'a2')]

    Two alike are paired once each:

    >>> pair_positions(["a", "a"], ["a"], lambda position: position)
    [('a', 'a'), ('a', None)]
    """
    partner_of = _find_partners(old, new, identities)
    matched = set(partner_of.values())
    pairs = []
    leading = _removed_after(-1, old, matched)
    for place, position in enumerate(new):
        before = partner_of.get(place)
        pairs.append((None if before is None else old[before], position))
        if before is not None:
            pairs += _removed_after(before, old, matched)
    return leading + pairs


def _find_partners(old, new, identities):
    """For each place in ``new`` the place in ``old`` of the same position."""
    partner_of = {}
    for identify in identities:
        free = {}
        for place, position in enumerate(old):
            if place not in partner_of.values():
                free.setdefault(identify(position), []).append(place)
        free = {identity: places for identity, places in free.items() if identity}
        for place, position in enumerate(new):
            if place not in partner_of and free.get(identify(position)):
                partner_of[place] = free[identify(position)].pop(0)
    return partner_of


def _removed_after(place, old, matched):
    """Positions without a partner that follow a place in the older document."""
    removed = []
    for following in range(place + 1, len(old)):
        if following in matched:
            break
        removed.append((old[following], None))
    return removed
