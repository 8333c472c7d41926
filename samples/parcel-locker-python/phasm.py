"""Lets Phasmoscope step a machine that is written in Python. Standard library only.

Write a class after `Machine`, and end the file with `serve(YourMachine())`. The messages that this
module reads and writes are defined in core/node/process/PROTOCOL.md.

State, inputs, actions and results are plain data: dict, list, str, int, float, bool, None, and set.
An int beyond 2**53 is sent as a bigint, a dict with keys other than texts as a Map, a tuple as a list.
Do not iterate over a set of texts if the order matters: Python orders it differently in each process.
`phasm_state.py` beside this file notes what a step changes in the state, and says what to look out for.
"""

import json
import os
import sys
import traceback

import phasm_state
from phasm_state import Journal, decode, encode

# In version 2, a step is told by what it changes.
VERSIONS = (1, 2)
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


def _write_json(value):
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


class _WholeState:
    """The state of the process in version 1 of the protocol: it is told whole."""

    def __init__(self, value):
        self.value = value
        self._text = _write_json(encode(value))

    def begin(self):
        """Begins a step."""

    def told(self):
        """Returns the member of an answer that tells what has changed since the last call."""
        text = _write_json(encode(self.value))
        if text == self._text:
            return ""
        self._text = text
        return ',"state":' + text

    def undo(self):
        raise ValueError("there is no undo in version 1 of the protocol")


class _ChangingState:
    """The state of the process in version 2 of the protocol: its changes are told."""

    def __init__(self, value):
        # Encoded once, so that what is no data is refused here.
        encode(value)
        self._journal = Journal(value)
        self.value = self._journal.root
        self._can_undo = False

    def begin(self):
        self._journal.begin()
        self._can_undo = True

    def told(self):
        changes = self._journal.take_changes()
        return ',"changes":' + _write_json(changes) if changes else ""

    def undo(self):
        if not self._can_undo:
            raise ValueError("there is no step to undo")
        self._journal.undo()
        self._can_undo = False


class _Server:
    """Keeps the state of the process, and answers requests."""

    def __init__(self, machine, versions):
        self._machine = machine
        self._versions = versions
        self._version = versions[0]
        self._set(machine.initial_state())
        self._methods = {
            "initialize": self._initialize,
            "stf": self._stf,
            "restore": self._restore,
            "undo": self._undo,
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
            return '{"id":%d,"error":%s%s}}\n' % (id, _write_json(told)[:-1], self._state.told())

    def _set(self, value):
        self._state = (_WholeState if self._version == 1 else _ChangingState)(value)

    def _initialize(self, params):
        offered = params.get("versions", [params.get("protocolVersion", 1)])
        known = [version for version in offered if version in self._versions]
        # Of a version that was not offered, Phasmoscope says that it is not.
        self._version = max(known or self._versions)
        self._set(self._machine.initial_state())
        return '{"protocolVersion":%d,"name":%s,"invariants":%s,"state":%s}' % (
            self._version,
            _write_json(self._machine.name),
            _write_json(list(self._machine.invariants)),
            _write_json(encode(self._state.value)),
        )

    def _stf(self, params):
        state = self._state.value
        if "completed" in params:
            id, result = decode(params["completed"]["id"]), decode(params["completed"]["result"])
            return self._step(
                params, lambda actions: self._machine.completed(state, id, result, actions)
            )
        input = decode(params["input"])
        return self._step(params, lambda actions: self._machine.stf(state, input, actions))

    def _restore(self, params):
        state = self._state.value
        return self._step(params, lambda actions: self._machine.restore(state, actions))

    def _step(self, params, run):
        self._state.begin()
        actions = Actions(params.get("refuseAction"))
        outcome = '{"kind":"ok"}'
        try:
            run(actions)
        except Reject as rejection:
            outcome = _write_json({"kind": "err", "error": encode(rejection.error)})
        return '{"outcome":%s,"actions":%s%s}' % (
            outcome,
            _write_json(actions.added),
            self._state.told(),
        )

    def _undo(self, params):
        self._state.undo()
        return "{}"

    def _check_invariants(self, params):
        invariants = self._machine.invariants.items()
        return _write_json({name: check(self._state.value) for name, check in invariants})

    def _save_state(self, params):
        return '{"state":%s}' % _write_json(encode(self._state.value))

    def _load_state(self, params):
        self._set(decode(params["state"]))
        return "{}"


def _source_of(error):
    """Returns the place in the author's source at which an error was raised, as `file:line`."""
    frames = traceback.extract_tb(error.__traceback__)
    for frame in reversed(frames):
        is_ours = frame.filename in (__file__, phasm_state.__file__)
        if not is_ours and os.path.exists(frame.filename):
            return f"{os.path.relpath(frame.filename)}:{frame.lineno}"
    return None


def serve(machine, versions=VERSIONS):
    """Answers requests until standard input ends, in one of the versions of the protocol."""
    # The machine's own output goes to standard error: standard output is for messages only.
    out = os.dup(1)
    sys.stdout = sys.stderr
    server = _Server(machine, versions)
    rest = b""
    while chunk := os.read(0, CHUNK_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        answers = "".join(server.answer(line) for line in lines).encode()
        while answers:
            answers = answers[os.write(out, answers) :]
