"""Follows intervals of axis 1 through a graph, by what its ops say of themselves."""

EVERYTHING = None
NOTHING = (0, 0)


def _union(a, b):
    if a is EVERYTHING or b is EVERYTHING:
        return EVERYTHING
    if a[0] == a[1] or b[0] == b[1]:
        return b if a[0] == a[1] else a
    return min(a[0], b[0]), max(a[1], b[1])


def positions_that_may_change(value, source, begin, end):
    """Interval of ``value`` that can change when ``[begin, end)`` of ``source`` does; None: all of it."""
    known = {(source.id, source.index): (begin, end)}

    def visit(v):
        key = v.id, v.index
        if key not in known:
            known[key] = NOTHING
            for i, x in enumerate(v.inputs):
                known[key] = _union(known[key], _pushed(v, i, visit(x)))
        return known[key]

    return visit(value)


def _pushed(v, i, changed):
    if changed is EVERYTHING or changed == NOTHING:
        return changed
    return v.changed_range(i, *changed) if v.index == 0 else EVERYTHING


def positions_that_matter(value, source, begin, end):
    """Interval of ``source`` that ``[begin, end)`` of ``value`` can depend on; None: all of it."""
    order, seen = [], set()

    def visit(v):
        if v.id in seen:
            return
        seen.add(v.id)
        for x in v.inputs:
            visit(x)
        order.append(v)

    visit(value)
    wanted = {value.id: EVERYTHING if value.index else (begin, end)}
    for v in reversed(order):
        out = wanted.get(v.id, NOTHING)
        for i, x in enumerate(v.inputs):
            need = v.needed_range(i, *out) if out not in (EVERYTHING, NOTHING) else out
            if x.index:
                need = EVERYTHING if need != NOTHING else NOTHING
            wanted[x.id] = _union(wanted.get(x.id, NOTHING), need)
    return wanted.get(source.id, NOTHING)
