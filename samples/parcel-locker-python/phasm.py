"""Lets Phasmoscope step a machine that is written in Python. Standard library only.

Write a class after `Machine`, and end the file with `serve(YourMachine())`. The messages that this
module reads and writes are defined in core/node/process/PROTOCOL.md.

State, inputs, actions and results are plain data: dict, list, str, int, float, bool, None, and set.
An int beyond 2**53 is sent as a bigint, a dict with keys other than texts as a Map, a tuple as a list.
Do not iterate over a set of texts if the order matters: Python orders it differently in each process.
"""

import json
import math
import os
import sys
import traceback

PROTOCOL_VERSION = 1
SAFE_INT_MAX = 2**53 - 1
CHUNK_BYTES = 1 << 16


class Reject(Exception):
    """Raised by `stf` and `restore` to reject an input: an expected outcome, not a defect."""

    def __init__(self, error):
        super().__init__(error)
        self.error = error


class ActionRefused(Reject):
    """Raised when the actions container refuses an action. Let it through, or handle it."""

    def __init__(self):
        super().__init__(
            {"kind": "ActionRefused", "reason": "the container takes no action now"}
        )


class Actions:
    """Collects what a step emits, in order. Add before you change the state: adding can fail."""

    def __init__(self, refused):
        self.added = []
        self._refused = refused
        self._count = 0

    def tracked(self, id, action):
        """An action whose result comes back to `completed`, and which survives a crash."""
        self._add({"kind": "tracked", "id": encode(id), "action": encode(action)})

    def untracked(self, action):
        """An action that is fired and forgotten."""
        self._add({"kind": "untracked", "action": encode(action)})

    def _add(self, action):
        count = self._count
        self._count += 1
        if count == self._refused:
            raise ActionRefused()
        self.added.append(action)


class Machine:
    """The interface of a machine. It depends on its arguments only, and keeps nothing in `self`."""

    name = "nameless"
    # By name: a function of the state that returns True, or a message that says what is wrong.
    invariants = {}

    def initial_state(self):
        raise NotImplementedError

    def stf(self, state, input, actions):
        """Handles an input: changes `state` in place, or raises `Reject` before it changes it."""
        raise NotImplementedError

    def completed(self, state, id, result, actions):
        """Handles the result of a tracked action, which may come twice."""
        raise NotImplementedError

    def restore(self, state, actions):
        """Emits again, from the state alone, the tracked actions whose results are awaited."""


def encode(value):
    """Encodes a value for a message; JSON data stands for itself."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int:
        if -SAFE_INT_MAX <= value <= SAFE_INT_MAX:
            return value
        return {"$bigint": str(value)}
    if kind is dict:
        if not all(type(key) is str for key in value):
            return {"$map": [[encode(key), encode(item)] for key, item in value.items()]}
        if any(key.startswith("$") for key in value):
            return {"$object": [[key, encode(item)] for key, item in value.items()]}
        return {key: encode(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [encode(item) for item in value]
    if kind is float:
        if math.isfinite(value) and not (value == 0 and math.copysign(1, value) < 0):
            return value
        names = {math.inf: "Infinity", -math.inf: "-Infinity", 0.0: "-0"}
        return {"$number": names.get(value, "NaN")}
    if isinstance(value, (set, frozenset)):
        return {"$set": [encode(item) for item in value]}
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


def _write_json(value):
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


class _Server:
    """Keeps the state of the process, and answers requests."""

    def __init__(self, machine):
        self._machine = machine
        self._set(machine.initial_state())
        self._methods = {
            "initialize": self._initialize,
            "stf": self._stf,
            "restore": self._restore,
            "checkInvariants": self._check_invariants,
            "saveState": self._save_state,
            "loadState": self._load_state,
        }

    def answer(self, line):
        """Returns the response to a request, both as lines."""
        request = json.loads(line)
        id = request["id"]
        try:
            method = self._methods.get(request["method"])
            if method is None:
                raise ValueError(f"there is no method {request['method']!r}")
            return '{"id":%d,"result":%s}\n' % (id, method(request["params"]))
        except Exception as error:  # A panic is reported, and does not end the process.
            traceback.print_exc(file=sys.stderr)
            told = {"name": type(error).__name__, "message": str(error) or repr(error)}
            source = _source_of(error)
            if source is not None:
                told["source"] = source
            changed = self._changed_state()
            state = "" if changed is None else ',"state":' + changed
            return '{"id":%d,"error":%s%s}}\n' % (id, _write_json(told)[:-1], state)

    def _set(self, state):
        self._state = state
        self._text = _write_json(encode(state))

    def _changed_state(self):
        """Returns the state as text, if it has changed since the last call."""
        text = _write_json(encode(self._state))
        if text == self._text:
            return None
        self._text = text
        return text

    def _initialize(self, params):
        self._set(self._machine.initial_state())
        return '{"protocolVersion":%d,"name":%s,"invariants":%s,"state":%s}' % (
            PROTOCOL_VERSION,
            _write_json(self._machine.name),
            _write_json(list(self._machine.invariants)),
            self._text,
        )

    def _stf(self, params):
        if "completed" in params:
            id, result = decode(params["completed"]["id"]), decode(params["completed"]["result"])
            return self._step(
                params, lambda actions: self._machine.completed(self._state, id, result, actions)
            )
        input = decode(params["input"])
        return self._step(params, lambda actions: self._machine.stf(self._state, input, actions))

    def _restore(self, params):
        return self._step(params, lambda actions: self._machine.restore(self._state, actions))

    def _step(self, params, run):
        actions = Actions(params.get("refuseAction"))
        outcome = '{"kind":"ok"}'
        try:
            run(actions)
        except Reject as rejection:
            outcome = _write_json({"kind": "err", "error": encode(rejection.error)})
        changed = self._changed_state()
        return '{"outcome":%s,"actions":%s%s}' % (
            outcome,
            _write_json(actions.added),
            "" if changed is None else ',"state":' + changed,
        )

    def _check_invariants(self, params):
        invariants = self._machine.invariants.items()
        return _write_json({name: check(self._state) for name, check in invariants})

    def _save_state(self, params):
        return '{"state":%s}' % _write_json(encode(self._state))

    def _load_state(self, params):
        self._set(decode(params["state"]))
        return "{}"


def _source_of(error):
    """Returns the place in the author's source at which an error was raised, as `file:line`."""
    frames = traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        if frame.filename != __file__ and os.path.exists(frame.filename):
            return f"{os.path.relpath(frame.filename)}:{frame.lineno}"
    return None


def serve(machine):
    """Answers requests until standard input ends."""
    # The machine's own output goes to standard error: standard output is for messages only.
    out = os.dup(1)
    sys.stdout = sys.stderr
    server = _Server(machine)
    rest = b""
    while chunk := os.read(0, CHUNK_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        answers = "".join(server.answer(line) for line in lines).encode()
        while answers:
            answers = answers[os.write(out, answers) :]
