"""The state of a machine in Python: plain data that knows what a step has changed in it.

`phasm.py` keeps the state in the classes below, which are dict, list and set in all that a machine
can see. Their methods note every change, so that a step can be told, and taken back, at the cost of
what it touched. Two things follow:

- What a step puts into the state is copied into it when the step ends, tuples as lists.
- A function that writes past the methods of a list, as `heapq.heappush` does, goes unnoticed: work on
  a copy, and assign that. A machine that cannot do so calls `serve(machine, versions=[1])`.
"""

import math

SAFE_INT_MAX = 2**53 - 1
# A list that a step changes at more places is sent whole.
LIST_OPERATIONS_MAX = 16

_MISSING = object()


def encode(value):
    """Encodes a value for a message; JSON data stands for itself."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int:
        if -SAFE_INT_MAX <= value <= SAFE_INT_MAX:
            return value
        return {"$bigint": str(value)}
    if isinstance(value, dict):
        if not all(type(key) is str for key in value):
            return {"$map": [[encode(key), encode(item)] for key, item in value.items()]}
        if any(key.startswith("$") for key in value):
            return {"$object": [[key, encode(item)] for key, item in value.items()]}
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if kind is float:
        if math.isfinite(value) and not (value == 0 and math.copysign(1, value) < 0):
            return value
        names = {math.inf: "Infinity", -math.inf: "-Infinity", 0.0: "-0"}
        return {"$number": names.get(value, "NaN")}
    if isinstance(value, (set, frozenset)):
        # Python orders a set differently in each process.
        return {"$set": sorted((encode(item) for item in value), key=repr)}
    raise TypeError(f"{kind.__name__} is not plain data: {value!r}")


def decode(value):
    """Decodes a value that `encode`, here or elsewhere, has encoded."""
    if type(value) is list:
        return [decode(item) for item in value]
    if type(value) is not dict:
        return value
    if len(value) == 1:
        [(tag, content)] = value.items()
        if tag.startswith("$"):
            return _decode_tagged(tag, content)
    return {key: decode(item) for key, item in value.items()}


def _decode_tagged(tag, content):
    if tag == "$bigint":
        return int(content)
    if tag == "$undefined":
        return None
    if tag == "$number":
        return float(content)
    if tag == "$map":
        return {_as_key(decode(key)): decode(item) for key, item in content}
    if tag == "$set":
        return {_as_key(decode(item)) for item in content}
    if tag == "$object":
        return {key: decode(item) for key, item in content}
    raise ValueError(f"{tag} is not a known encoding")


def _as_key(value):
    return tuple(_as_key(item) for item in value) if type(value) is list else value


class Journal:
    """What was changed in a state since the last step began."""

    def __init__(self, root):
        # What takes the changes back, the last one first.
        self.log = []
        # The containers that were changed, in order.
        self.touched = []
        self.root = _adopt(root, self, None, None)

    def begin(self):
        """Begins a step, to which `undo` will lead back."""
        self.log.clear()

    def undo(self):
        """Takes back everything since the step began."""
        while self.log:
            container, *how = self.log.pop()
            container._take_back(*how)
        for container in self.touched:
            container._settle()
        self.touched.clear()

    def take_changes(self):
        """Returns the changes since the last call, encoded as the protocol says."""
        touched = self.touched[:]
        self.touched.clear()
        for container in touched:
            container._adopt_inserted()
        # A path leads through what the changes above it have left.
        placed = [(path, container) for container in touched if (path := self._path(container)) is not None]
        placed.sort(key=lambda one: len(one[0]))
        changes, whole = [], set()
        for path, container in placed:
            if not self._lies_in(container, whole):
                told = container._changes(path)
                if told is None:
                    whole.add(id(container))
                    told = [["changed", path, encode(container)]]
                changes.extend(told)
        for container in touched:
            container._settle()
        return changes

    def _path(self, container):
        """Returns the path of a container; nothing if it is no longer in the state."""
        path = []
        while container is not self.root:
            parent = container._parent
            segment = None if parent is None else parent._segment_of(container)
            if segment is None:
                return None
            path.append(segment)
            container = parent
        return path[::-1]

    def _lies_in(self, container, whole):
        while container is not self.root:
            container = container._parent
            if id(container) in whole:
                return True
        return False


def _adopt(value, journal, parent, key):
    """Returns a value as a part of a state: its containers are copies that note changes."""
    if isinstance(value, dict):
        adopted = Dict()
        place = adopted._join(journal, parent, key)
        for name, item in value.items():
            dict.__setitem__(adopted, name, _adopt(item, journal, place, name))
        adopted._is_map = _is_map(adopted)
        return adopted
    if isinstance(value, (list, tuple)):
        adopted = List()
        place = adopted._join(journal, parent, key)
        for index, item in enumerate(value):
            list.append(adopted, _adopt(item, journal, place, index))
        return adopted
    if isinstance(value, (set, frozenset)):
        adopted = Set(value)
        adopted._join(journal, parent, key)
        return adopted
    return value


def _is_map(keys):
    return any(type(key) is not str for key in keys)


def _is_container(value):
    return isinstance(value, (dict, list, tuple, set, frozenset))


def _is_same(one, other):
    if _is_container(one) or _is_container(other):
        return one is other
    return type(one) is type(other) and encode(one) == encode(other)


class _Part:
    """What the containers of a state have in common."""

    __slots__ = ()

    def _join(self, journal, parent, key):
        self._journal, self._parent, self._key = journal, parent, key
        self._settle()
        return self

    def __reduce_ex__(self, protocol):
        # Copies are plain data, which is no part of the state.
        plain = next(kind for kind in (dict, list, set) if isinstance(self, kind))
        return plain, (plain(self),)


class Dict(_Part, dict):
    """A dict in the state."""

    __slots__ = (
        "_journal", "_parent", "_key", "_is_map", "_was", "_moved", "_is_ordered", "_is_converted"
    )

    def _settle(self):
        # The keys that were touched, each with what was there; those that were removed and came again.
        self._was, self._moved = {}, set()
        # Whether the log has the order of all keys; whether keys that are not text came or went.
        self._is_ordered = self._is_converted = False

    def _note(self, key, old, order=None):
        if not self._was:
            self._journal.touched.append(self)
        if key not in self._was:
            self._was[key] = old
        elif old is _MISSING and self._was[key] is not _MISSING:
            self._moved.add(key)
        self._journal.log.append((self, key, old, order))

    def _take_back(self, key, old, order):
        if key is _MISSING:
            self._is_map = old
        elif old is _MISSING:
            dict.__delitem__(self, key)
        else:
            dict.__setitem__(self, key, old)
            if order is not None:
                items = [(name, self[name]) for name in order]
                dict.clear(self)
                dict.update(self, items)

    def _adopt_inserted(self):
        for key, old in self._was.items():
            if key in self:
                item = self[key]
                if _is_container(item) and (item is not old or key in self._moved):
                    dict.__setitem__(self, key, _adopt(item, self._journal, self, key))
        is_map = _is_map(self if self._is_map else (key for key in self._was if key in self))
        if is_map != self._is_map:
            self._journal.log.append((self, _MISSING, self._is_map, None))
            self._is_map = is_map
            self._is_converted = True

    def _changes(self, path):
        if self._is_converted:
            return None
        removed, changed, added = [], [], set()
        for key, old in self._was.items():
            is_again = self._is_map and key in self._moved
            if old is not _MISSING and (key not in self or is_again):
                removed.append(["removed", path + [self._segment(key)]])
            if key in self and (old is _MISSING or is_again):
                added.add(key)
            elif key in self and not _is_same(self[key], old):
                changed.append(["changed", path + [self._segment(key)], encode(self[key])])
        # Keys that were added are the last ones.
        last = []
        for key in reversed(self) if added else ():
            if key in added:
                last.append(["added", path + [self._segment(key)], encode(self[key])])
                if len(last) == len(added):
                    break
        return removed + changed + last[::-1]

    def _segment(self, key):
        return {"mapKey": encode(key)} if self._is_map else key

    def _segment_of(self, item):
        return self._segment(item._key) if self.get(item._key) is item else None

    def __setitem__(self, key, value):
        old = self.get(key, _MISSING)
        if old is not value:
            self._note(key, old)
            dict.__setitem__(self, key, value)

    def __delitem__(self, key):
        old = self[key]
        order = None
        if not self._is_ordered and next(reversed(self)) != key:
            order = list(self)
            self._is_ordered = True
        self._note(key, old, order)
        dict.__delitem__(self, key)

    def pop(self, key, *default):
        if default and key not in self:
            return default[0]
        value = self[key]
        del self[key]
        return value

    def popitem(self):
        if not self:
            raise KeyError("popitem(): dictionary is empty")
        key = next(reversed(self))
        return key, self.pop(key)

    def clear(self):
        for key in list(self):
            del self[key]

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, *others, **named):
        for key, value in dict(*others, **named).items():
            self[key] = value

    def __ior__(self, other):
        self.update(other)
        return self


class List(_Part, list):
    """A list in the state."""

    __slots__ = ("_journal", "_parent", "_key", "_operations", "_is_touched")

    def _settle(self):
        # Each as the first index, the number of items removed there, and the items inserted. Nothing
        # when they are too many to tell them one by one.
        self._operations, self._is_touched = [], False

    def _splice(self, start, stop, inserted):
        """Replaces the items from `start` to `stop`."""
        removed = self[start:stop]
        if not self._is_touched:
            self._journal.touched.append(self)
            self._is_touched = True
        self._journal.log.append((self, start, len(inserted), removed))
        list.__setitem__(self, slice(start, stop), inserted)
        operations = self._operations
        if operations is None:
            return
        last = operations[-1] if operations else None
        if last and not removed and start == last[0] + len(last[2]):
            last[2].extend(inserted)
        elif len(operations) < LIST_OPERATIONS_MAX:
            operations.append([start, len(removed), list(inserted)])
        else:
            self._operations = None

    def _take_back(self, start, inserted, removed):
        list.__setitem__(self, slice(start, start + inserted), removed)

    def _adopt_inserted(self):
        if self._operations is None:
            known = set()
            for index, item in enumerate(self):
                if not _is_container(item):
                    continue
                if getattr(item, "_parent", None) is not self or id(item) in known:
                    item = _adopt(item, self._journal, self, index)
                    list.__setitem__(self, index, item)
                known.add(id(item))
            return
        for number, (start, _, inserted) in enumerate(self._operations):
            for offset, item in enumerate(inserted):
                index = _is_container(item) and self._index_after(start + offset, number + 1)
                if index is not False and index is not None:
                    list.__setitem__(self, index, _adopt(item, self._journal, self, index))

    def _index_after(self, index, number):
        """Returns where the item at an index is after the operations from `number` on."""
        for start, removed, inserted in self._operations[number:]:
            if index >= start + removed:
                index += len(inserted) - removed
            elif index >= start:
                return None
        return index

    def _changes(self, path):
        if self._operations is None:
            return None
        return [
            ["changed", path + [start], encode(inserted[0])]
            if removed == 1 and len(inserted) == 1
            else ["spliced", path, start, removed, encode(inserted)]
            for start, removed, inserted in self._operations
        ]

    def _segment_of(self, item):
        if item._key < len(self) and self[item._key] is item:
            return item._key
        for index, other in enumerate(self):
            if other is item:
                item._key = index
                return index
        return None

    def __setitem__(self, index, value):
        if isinstance(index, slice):
            values = list(value)
            start, stop, step = index.indices(len(self))
            if step == 1:
                self._splice(start, max(start, stop), values)
            else:
                self._rebuild(lambda items: items.__setitem__(index, values))
        elif self[index] is not value:
            start = range(len(self))[index]
            self._splice(start, start + 1, [value])

    def __delitem__(self, index):
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1:
                self._splice(start, max(start, stop), [])
            else:
                self._rebuild(lambda items: items.__delitem__(index))
        else:
            start = range(len(self))[index]
            self._splice(start, start + 1, [])

    def _rebuild(self, change):
        items = list(self)
        change(items)
        self._splice(0, len(self), items)
        self._operations = None

    def append(self, value):
        self._splice(len(self), len(self), [value])

    def extend(self, values):
        self._splice(len(self), len(self), list(values))

    def insert(self, index, value):
        start = slice(index, None).indices(len(self))[0]
        self._splice(start, start, [value])

    def pop(self, index=-1):
        value = self[index]
        del self[index]
        return value

    def remove(self, value):
        del self[self.index(value)]

    def clear(self):
        self._splice(0, len(self), [])

    def sort(self, **how):
        self._rebuild(lambda items: items.sort(**how))

    def reverse(self):
        self._rebuild(lambda items: items.reverse())

    def __iadd__(self, values):
        self.extend(values)
        return self

    def __imul__(self, times):
        self._splice(0, len(self), list(self) * times)
        return self


class Set(_Part, set):
    """A set in the state. It is sent whole when a step changes it."""

    __slots__ = ("_journal", "_parent", "_key", "_is_touched")

    def _settle(self):
        self._is_touched = False

    def _note(self):
        if not self._is_touched:
            self._is_touched = True
            self._journal.touched.append(self)
            self._journal.log.append((self, set(self)))

    def _take_back(self, members):
        set.clear(self)
        set.update(self, members)

    def _adopt_inserted(self):
        pass

    def _changes(self, path):
        return None


def _noting(name):
    method = getattr(set, name)

    def change(self, *others):
        self._note()
        returned = method(self, *others)
        return self if returned is self else returned

    change.__name__ = name
    return change


for _name in (
    "add clear discard pop remove update difference_update intersection_update "
    "symmetric_difference_update __iand__ __ior__ __isub__ __ixor__"
).split():
    setattr(Set, _name, _noting(_name))
