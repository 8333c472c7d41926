"""A parcel locker: couriers put parcels in, recipients take them out, and doors jam now and then."""

from phasm import Machine, Reject, serve

BOXES = {"1": "small", "2": "small", "3": "small", "4": "large", "5": "large"}


class ParcelLocker(Machine):
    name = "parcel-locker-python"

    def initial_state(self):
        return {
            "boxes": {
                number: {"size": size, "phase": "free", "parcel": None}
                for number, size in BOXES.items()
            },
            # Orders for the doors whose results are awaited, by id.
            "orders": {},
            "nextId": 1,
            "returned": 0,
        }

    def stf(self, state, input, actions):
        if input["kind"] == "Store":
            self._store(state, input["parcel"], input["size"], actions)
        else:
            self._collect(state, input["parcel"], actions)

    def _store(self, state, parcel, size, actions):
        if box_of(state, parcel) is not None:
            raise Reject("AlreadyHere")
        number = free_box(state, size)
        if number is None:
            raise Reject("NoBoxFree")
        order = {"kind": "OpenDoor", "box": number, "purpose": "store"}
        # Everything that can fail comes before the first change of the state.
        actions.tracked(state["nextId"], order)
        place_order(state, order)
        state["boxes"][number].update(phase="storing", parcel=parcel)

    def _collect(self, state, parcel, actions):
        number = box_of(state, parcel)
        if number is None:
            raise Reject("NotHere")
        if state["boxes"][number]["phase"] != "stored":
            raise Reject("NotReady")
        order = {"kind": "OpenDoor", "box": number, "purpose": "collect"}
        actions.tracked(state["nextId"], order)
        place_order(state, order)
        state["boxes"][number]["phase"] = "collecting"

    def completed(self, state, id, result, actions):
        order = state["orders"].get(str(id))
        # A result may come twice: only the first one counts.
        if order is None:
            return
        box = state["boxes"][order["box"]]
        if result == "Opened":
            self._opened(state, order, box, actions)
        elif result == "Jammed":
            self._jammed(state, order, box, actions)
        else:
            box["phase"] = "free" if box["parcel"] is None else "stored"
        del state["orders"][str(id)]

    def _opened(self, state, order, box, actions):
        parcel, stored = box["parcel"], order["purpose"] == "store"
        actions.untracked({"kind": "Tell", "parcel": parcel, "news": "here" if stored else "gone"})
        if stored:
            box["phase"] = "stored"
        else:
            box.update(phase="free", parcel=None)

    def _jammed(self, state, order, box, actions):
        repair = {"kind": "Repair", "box": order["box"]}
        actions.tracked(state["nextId"], repair)
        stored = order["purpose"] == "store"
        if stored:
            actions.untracked({"kind": "Tell", "parcel": box["parcel"], "news": "returned"})
        place_order(state, repair)
        box["phase"] = "jammed"
        if stored:
            # The courier still has it, and takes it back.
            box["parcel"] = None
            state["returned"] += 1

    def restore(self, state, actions):
        for id, order in state["orders"].items():
            actions.tracked(int(id), order)


def place_order(state, order):
    state["orders"][str(state["nextId"])] = order
    state["nextId"] += 1


def box_of(state, parcel):
    for number, box in state["boxes"].items():
        if box["parcel"] == parcel:
            return number
    return None


def free_box(state, size):
    for number, box in state["boxes"].items():
        if box["size"] == size and box["phase"] == "free":
            return number
    return None


def lies_in_one_box(state):
    parcels = [box["parcel"] for box in state["boxes"].values() if box["parcel"] is not None]
    twice = sorted({parcel for parcel in parcels if parcels.count(parcel) > 1})
    return f"{twice[0]} lies in more than one box" if twice else True


def waits_for_its_door(state):
    ordered = [order["box"] for order in state["orders"].values()]
    for number, box in state["boxes"].items():
        expected = 0 if box["phase"] in ("free", "stored") else 1
        if ordered.count(number) != expected:
            return f"box {number} is {box['phase']}, with {ordered.count(number)} orders under way"
    return True


ParcelLocker.invariants = {
    "a parcel lies in one box": lies_in_one_box,
    "a box waits for at most one order": waits_for_its_door,
}

if __name__ == "__main__":
    serve(ParcelLocker())
