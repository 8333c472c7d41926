"""Changes states at random, and applies what they tell to a copy: `python3 phasm_state_test.py`."""

import copy
import json
import random

from phasm_state import Dict, Journal, List, Set, decode, encode

SEEDS = 400
STEPS = 20
SCALARS = [1, 2, "x", None, True, 1.5, 0.0, -0.0, float("nan"), 2**60]


def test(seed):
    draw = random.Random(seed)
    journal = Journal({"a": {}, "b": [], "m": {1: {}}, "l": [{"x": 1}] * 3, "s": {1, 2}})
    known = over_the_wire(journal.root)
    for step in range(STEPS):
        before = text_of(journal.root)
        journal.begin()
        for _ in range(draw.randrange(6)):
            change(draw, journal.root)
        changed = apply(copy.deepcopy(known), json.loads(json.dumps(journal.take_changes())))
        here = f"seed {seed}, step {step}"
        assert is_same(changed, journal.root), f"{here}: {text_of(changed)}, not {text_of(journal.root)}"
        kinds = {type(part) for part in parts_of(journal.root)}
        assert kinds <= {Dict, List, Set}, f"{here}: {kinds}"
        if draw.random() < 0.5:
            known = changed
            continue
        journal.undo()
        assert text_of(journal.root) == before, f"{here}: undo led to {text_of(journal.root)}"
        assert journal.take_changes() == [], here


def over_the_wire(value):
    return decode(json.loads(text_of(value)))


def text_of(value):
    return json.dumps(encode(value))


def is_same(one, other):
    """Whether two values are the same; the order of keys counts only in maps."""
    return in_order(text_of(one)) == in_order(text_of(other))


def in_order(text):
    sort = lambda found: {tag: sorted(found[tag], key=repr) if tag == "$object" else found[tag] for tag in found}
    return json.dumps(json.loads(text, object_hook=sort), sort_keys=True)


def apply(root, changes):
    for kind, path, *rest in changes:
        if kind == "spliced":
            start, removed, inserted = rest
            place = at(root, path)
            assert start + removed <= len(place)
            place[start : start + removed] = decode(inserted)
        elif not path:
            root = decode(rest[0])
        else:
            place, key = at(root, path[:-1]), key_of(path[-1])
            is_there = key < len(place) if isinstance(place, list) else key in place
            assert is_there == (kind != "added"), f"{kind} {path}"
            if kind == "removed":
                del place[key]
            else:
                place[key] = decode(rest[0])
    return root


def at(root, path):
    for segment in path:
        root = root[key_of(segment)]
    return root


def key_of(segment):
    if not isinstance(segment, dict):
        return segment
    [key] = decode({"$map": [[segment["mapKey"], None]]})
    return key


def parts_of(value):
    if not isinstance(value, (dict, list, set)):
        return []
    items = value.values() if isinstance(value, dict) else value
    return [value] + [part for item in items for part in parts_of(item)]


def draw_value(draw, depth=2):
    kind = draw.randrange(10)
    if depth == 0 or kind < 4:
        return draw.choice(SCALARS)
    if kind < 6:
        return {draw.choice("ab$"): draw_value(draw, depth - 1) for _ in range(draw.randrange(3))}
    if kind < 7:
        return {draw.randrange(5): draw_value(draw, depth - 1) for _ in range(draw.randrange(3))}
    if kind < 9:
        return [draw_value(draw, depth - 1) for _ in range(draw.randrange(4))]
    return draw.choice([(1, [2]), {1, 5}, frozenset([3])])


def change(draw, root):
    part = draw.choice(parts_of(root))

    def value():
        other = draw.choice(parts_of(root))
        # What lies elsewhere in the state, unless it would hold itself.
        if draw.random() < 0.25 and all(inner is not part for inner in parts_of(other)):
            return other
        return draw_value(draw)

    if isinstance(part, Dict):
        change_dict(draw, part, value)
    elif isinstance(part, List):
        change_list(draw, part, value)
    elif isinstance(part, Set):
        draw.choice([lambda: part.add(7), lambda: part.discard(1), part.clear])()
    else:
        # Put in by this step, and no part of the state yet.
        part.add(9) if isinstance(part, set) else part.clear()


def change_dict(draw, part, value):
    keys = list(part) or ["a"]
    key = draw.choice(keys)
    again = lambda: part.__setitem__(key, part.pop(key, 0))
    draw.choice(
        [
            lambda: part.__setitem__(draw.choice(["a", "b", 0, 1, (1, 2)]), value()),
            lambda: part.pop(key, None),
            lambda: part.update({key: value(), "n": value()}),
            lambda: part.setdefault(draw.choice(["q", 3]), value()),
            again,
            lambda: part.popitem() if part else None,
            lambda: part.clear() if draw.random() < 0.2 else None,
        ]
    )()


def change_list(draw, part, value):
    size = len(part)
    index = draw.randrange(size + 1)
    draw.choice(
        [
            lambda: part.append(value()),
            lambda: part.insert(draw.randrange(-2, size + 2), value()),
            lambda: part.__setitem__(-1, value()) if part else None,
            lambda: part.pop(draw.choice([0, -1])) if part else None,
            lambda: part.__setitem__(slice(index, index + 2), [value(), value(), value()]),
            lambda: part.__delitem__(slice(index, None)),
            lambda: part.__delitem__(slice(None, None, 2)),
            lambda: part.sort(key=repr),
            lambda: part.extend(part[:2]),
            lambda: [part.__setitem__(at, value()) for at in range(size)] if size > 16 else part.reverse(),
        ]
    )()


if __name__ == "__main__":
    for seed in range(SEEDS):
        test(seed)
    # A copy is plain data, and no part of the state.
    journal = Journal({"list": [{"x": 1}]})
    assert type(copy.deepcopy(journal.root)["list"]) is list
    print(f"{SEEDS} seeds")
