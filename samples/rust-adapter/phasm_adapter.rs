//! Lets Phasmoscope step a machine in Rust that is written as for the crate `phasm` 0.2.0.
//!
//! Copy this file and phasm_changes.rs beside your machine; they need `serde` (with `derive`) and `serde_json`, and
//! Rust 1.70 or newer. counter.rs beside it is a complete example.
//!
//! 1. `mod phasm_adapter;`, and where your machine says `use phasm::{…}`, say
//!    `use phasm_adapter::{…}`, or `use crate::phasm_adapter as phasm;` above the uses of `phasm`,
//!    under a feature if you like. This file has traits and types of the same names and shape. Those
//!    of the crate itself cannot be used: version 0.2.0 keeps the fields of `TrackedAction` to itself,
//!    so that no code outside of the crate can read which action was emitted.
//! 2. Derive `serde::Serialize` and `serde::Deserialize` for your state, input, and tracked actions
//!    with their ids and results; `Serialize` for untracked actions and both errors.
//! 3. Implement [`Served`]: a name, the initial state, the invariants.
//! 4. `fn main() { phasm_adapter::serve::<YourMachine>() }`, and print with `eprintln!` only: standard
//!    output is for messages.
//!
//! Messages contain your types as serde writes them: an enum variant with fields is
//! `{"Variant":{…}}`. Integers beyond 2^53 travel as bigints. Maps need keys that are text or numbers
//! in JSON. A `HashSet` has a different order each time that it is loaded, and so has `restore` over a
//! `HashMap`: use `BTreeSet` and `BTreeMap`, or sort.
//!
//! Futures are polled here until they are ready, without a runtime: a machine that awaits timers or
//! sockets does not work, and breaks the rules anyway.
//!
//! After a step, serde walks the state once, beside the values that were last told, and only what is
//! new is encoded and sent; to take a step back, the state is read from these values again. So a step
//! of a state with 5 000 records still costs a walk over them, without allocations.
//!
//! Tested: rustc 1.95 with serde 1.0.152 and serde_json 1.0.87 from Debian 12's packages, without a
//! registry, editions 2021 and 2024; counter.rs through `phasmoscope check-machine` in both versions of
//! the protocol, and a sweep under `chaos`; in version 1, the counter and the coffee shop of the crate's
//! own examples through `check-machine`, with the steps above and nothing else changed.
//! Not tested: the dentist, whose maps have keys that JSON does not allow; other versions of all these; Windows
//! and macOS; futures that are not ready at once. Not possible: containers of actions other than
//! `Vec<Action<…>>`, state in a database, numbers that are not finite, integers of 128 bits.

// A machine need not use everything that the crate has.
#![allow(dead_code)]

use serde::de::DeserializeOwned;
use serde::Serialize;
use serde_json::{json, Map, Value};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use actions::{Action, TrackedActionTypes};

#[path = "phasm_changes.rs"]
mod phasm_changes;
use phasm_changes::Known;

/// The versions of the protocol, the oldest first. In version 2, a step is told by what it changes.
const VERSIONS: [u64; 2] = [1, 2];
/// Beyond it, a number in JSON is not exact everywhere.
const SAFE_INTEGER_MAX: u64 = (1 << 53) - 1;

/// The actions that a machine emits.
pub mod actions {
    use super::refuses_next;
    use std::fmt::Debug;

    /// The types of a machine's tracked actions.
    pub trait TrackedActionTypes {
        type Id: Debug + PartialEq + Eq + PartialOrd;
        type Action: Debug + PartialEq + Eq;
        type Result: Debug;
    }

    /// An action whose result comes back, and which survives a crash.
    #[derive(Debug, PartialEq, Eq)]
    pub struct TrackedAction<Types: TrackedActionTypes> {
        pub(super) action_id: Types::Id,
        pub(super) action: Types::Action,
    }

    impl<Types: TrackedActionTypes> TrackedAction<Types> {
        pub fn new(action_id: Types::Id, action: Types::Action) -> Self {
            Self { action_id, action }
        }
    }

    #[derive(Debug, PartialEq, Eq)]
    pub enum Action<UA, TATypes: TrackedActionTypes> {
        Tracked(TrackedAction<TATypes>),
        Untracked(UA),
    }

    /// A container of actions, which may fail to take one.
    pub trait ActionsContainer<UA, TA: TrackedActionTypes> {
        type Error;

        fn new() -> Result<Self, Self::Error>
        where
            Self: Sized;

        fn with_capacity(capacity: usize) -> Result<Self, Self::Error>
        where
            Self: Sized;

        fn clear(&mut self) -> Result<(), Self::Error>;

        fn add(&mut self, action: Action<UA, TA>) -> Result<(), Self::Error>;
    }

    impl<UA, TA: TrackedActionTypes> ActionsContainer<UA, TA> for Vec<Action<UA, TA>> {
        type Error = ();

        fn new() -> Result<Self, ()> {
            Ok(Vec::new())
        }

        fn with_capacity(capacity: usize) -> Result<Self, ()> {
            Ok(Vec::with_capacity(capacity))
        }

        fn clear(&mut self) -> Result<(), ()> {
            Vec::clear(self);
            Ok(())
        }

        /// Fails when Phasmoscope tests how the machine handles that.
        fn add(&mut self, action: Action<UA, TA>) -> Result<(), ()> {
            if refuses_next() {
                return Err(());
            }
            self.push(action);
            Ok(())
        }
    }
}

/// The input of a machine.
pub enum Input<TA: TrackedActionTypes, T> {
    Normal(T),
    TrackedActionCompleted { id: TA::Id, res: TA::Result },
}

/// A phallible async state machine, as the crate defines it.
pub trait StateMachine {
    type TrackedAction: TrackedActionTypes;
    type UntrackedAction;
    type Actions: actions::ActionsContainer<Self::UntrackedAction, Self::TrackedAction>;
    type State;
    type Input;
    type TransitionError;
    type RestoreError;
    type StfFuture<'state, 'actions>: Future<Output = Result<(), Self::TransitionError>>;
    type RestoreFuture<'state, 'actions>: Future<Output = Result<(), Self::RestoreError>>;

    fn stf<'state, 'actions>(
        state: &'state mut Self::State,
        input: Input<Self::TrackedAction, Self::Input>,
        actions: &'actions mut Self::Actions,
    ) -> Self::StfFuture<'state, 'actions>;

    fn restore<'state, 'actions>(
        state: &'state Self::State,
        actions: &'actions mut Self::Actions,
    ) -> Self::RestoreFuture<'state, 'actions>;
}

/// An invariant's name and check: `Err` says what is wrong.
pub type Invariant<State> = (&'static str, fn(&State) -> Result<(), String>);

/// What Phasmoscope needs besides the machine.
pub trait Served: StateMachine {
    /// The same name as in the machine file.
    const NAME: &'static str;

    fn initial_state() -> Self::State;

    fn invariants() -> Vec<Invariant<Self::State>> {
        Vec::new()
    }
}

thread_local! {
    /// Counted down with each action; the action that finds 0 is refused.
    static UNTIL_REFUSAL: Cell<Option<u64>> = Cell::new(None);
    /// Where the last panic was.
    static PANICKED_AT: RefCell<Option<String>> = RefCell::new(None);
}

fn refuses_next() -> bool {
    UNTIL_REFUSAL.with(|until| match until.get() {
        Some(0) => {
            until.set(None);
            true
        }
        Some(left) => {
            until.set(Some(left - 1));
            false
        }
        None => false,
    })
}

/// The actions container of a machine that is served.
type ActionsOf<M> =
    Vec<Action<<M as StateMachine>::UntrackedAction, <M as StateMachine>::TrackedAction>>;
type Tracked<M> = <M as StateMachine>::TrackedAction;

/// Answers requests until standard input ends.
pub fn serve<M>()
where
    M: Served + StateMachine<Actions = ActionsOf<M>>,
    M::State: Serialize + DeserializeOwned,
    M::Input: DeserializeOwned,
    M::UntrackedAction: Serialize,
    M::TransitionError: Serialize,
    M::RestoreError: Serialize,
    <Tracked<M> as TrackedActionTypes>::Id: Serialize + DeserializeOwned,
    <Tracked<M> as TrackedActionTypes>::Action: Serialize,
    <Tracked<M> as TrackedActionTypes>::Result: DeserializeOwned,
{
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string);
        PANICKED_AT.with(|at| *at.borrow_mut() = place);
        print(info);
    }));
    let mut server = Server::<M>::new();
    let mut input = BufReader::new(io::stdin());
    let mut output = BufWriter::new(io::stdout());
    let mut line = String::new();
    while input
        .read_line(&mut line)
        .expect("standard input can be read")
        > 0
    {
        let answer = server.answer(&line);
        line.clear();
        // A closed pipe means that there are no more requests.
        if writeln!(output, "{answer}").is_err() {
            return;
        }
        // Requests that arrive together are answered together.
        if !input.buffer().contains(&b'\n') && output.flush().is_err() {
            return;
        }
    }
}

/// The machine cannot handle the request, or its code panicked.
struct Failure {
    name: &'static str,
    message: String,
    source: Option<String>,
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Failure {
            name: "BadRequest",
            message,
            source: None,
        }
    }
}

/// Keeps the state of the process.
struct Server<M: StateMachine> {
    state: M::State,
    /// The state that was last told or received.
    known: Known,
    version: u64,
    can_undo: bool,
}

impl<M> Server<M>
where
    M: Served + StateMachine<Actions = ActionsOf<M>>,
    M::State: Serialize + DeserializeOwned,
    M::Input: DeserializeOwned,
    M::UntrackedAction: Serialize,
    M::TransitionError: Serialize,
    M::RestoreError: Serialize,
    <Tracked<M> as TrackedActionTypes>::Id: Serialize + DeserializeOwned,
    <Tracked<M> as TrackedActionTypes>::Action: Serialize,
    <Tracked<M> as TrackedActionTypes>::Result: DeserializeOwned,
{
    fn new() -> Self {
        let state = M::initial_state();
        let known = Known::new(&state).unwrap_or_else(|why| panic!("the initial state: {why}"));
        Server {
            state,
            known,
            version: VERSIONS[0],
            can_undo: false,
        }
    }

    fn answer(&mut self, line: &str) -> Value {
        let request: Value = match serde_json::from_str(line) {
            Ok(request) => request,
            Err(why) => panic!("standard input is not a message ({why}): {line}"),
        };
        let id = &request["id"];
        match self.ask(request["method"].as_str().unwrap_or(""), &request["params"]) {
            Ok(result) => json!({ "id": id, "result": result }),
            Err(Failure {
                name,
                message,
                source,
            }) => {
                let mut error = json!({ "name": name, "message": message });
                if let Some(source) = source {
                    error["source"] = source.into();
                }
                if let Ok(Some((field, told))) = self.tell() {
                    error[field] = told;
                }
                json!({ "id": id, "error": error })
            }
        }
    }

    fn ask(&mut self, method: &str, params: &Value) -> Result<Value, Failure> {
        match method {
            "initialize" => {
                *self = Self::new();
                self.version = choose_version(params);
                let names: Vec<&str> = M::invariants().iter().map(|(name, _)| *name).collect();
                Ok(json!({
                    "protocolVersion": self.version,
                    "name": M::NAME,
                    "invariants": names,
                    "state": encode(self.known.to_value()),
                }))
            }
            "stf" => {
                let input = read_input::<M>(params)?;
                self.step(params, |state, actions| {
                    block_on(M::stf(state, input, actions)).map_err(|error| write(&error))
                })
            }
            "restore" => self.step(params, |state, actions| {
                block_on(M::restore(state, actions)).map_err(|error| write(&error))
            }),
            "checkInvariants" => self.check_invariants(),
            "undo" => self.undo(),
            "saveState" => Ok(json!({ "state": write(&self.state)? })),
            "loadState" => {
                let state = params
                    .get("state")
                    .ok_or_else(|| "there is no state".to_string())?;
                self.state = read(&decode(state)?)?;
                self.known = Known::new(&self.state)?;
                self.can_undo = false;
                Ok(json!({}))
            }
            _ => Err(format!("there is no method {method:?}").into()),
        }
    }

    fn step(
        &mut self,
        params: &Value,
        run: impl FnOnce(&mut M::State, &mut ActionsOf<M>) -> Result<(), Result<Value, String>>,
    ) -> Result<Value, Failure> {
        self.known.begin();
        self.can_undo = true;
        let mut actions: ActionsOf<M> = Vec::new();
        UNTIL_REFUSAL.with(|until| until.set(params["refuseAction"].as_u64()));
        let ended = catch(|| run(&mut self.state, &mut actions));
        UNTIL_REFUSAL.with(|until| until.set(None));
        let outcome = match ended? {
            Ok(()) => json!({ "kind": "ok" }),
            Err(error) => json!({ "kind": "err", "error": error? }),
        };
        let told: Result<Vec<Value>, String> = actions.iter().map(write_action::<M>).collect();
        let mut answer = json!({ "outcome": outcome, "actions": told? });
        if let Some((field, told)) = self.tell()? {
            answer[field] = told;
        }
        Ok(answer)
    }

    /// Takes back the last step.
    fn undo(&mut self) -> Result<Value, Failure> {
        if !self.can_undo || self.version < 2 {
            return Err("there is no step to undo".to_string().into());
        }
        self.can_undo = false;
        self.known.undo();
        self.state = read(&self.known.to_value())?;
        Ok(json!({}))
    }

    fn check_invariants(&self) -> Result<Value, Failure> {
        let mut verdicts = Map::new();
        for (name, check) in M::invariants() {
            let verdict = match catch(|| check(&self.state))? {
                Ok(()) => true.into(),
                Err(wrong) => wrong.into(),
            };
            verdicts.insert(name.to_string(), verdict);
        }
        Ok(verdicts.into())
    }

    /// Returns the field that tells what has changed since the state was last told, if anything has.
    fn tell(&mut self) -> Result<Option<(&'static str, Value)>, String> {
        let changes = self.known.update(&self.state)?;
        if changes.is_empty() {
            return Ok(None);
        }
        Ok(Some(if self.version == 1 {
            ("state", encode(self.known.to_value()))
        } else {
            ("changes", changes.into())
        }))
    }
}

/// Returns the newest version that both sides speak; when there is none, Phasmoscope says so.
fn choose_version(params: &Value) -> u64 {
    let offered = params["versions"].as_array();
    let is_offered = |version: &&u64| match offered {
        Some(offered) => offered.iter().any(|one| one.as_u64() == Some(**version)),
        None => **version == VERSIONS[0],
    };
    let newest = VERSIONS.iter().rev().find(is_offered);
    *newest.unwrap_or(&VERSIONS[0])
}

fn read_input<M>(params: &Value) -> Result<Input<Tracked<M>, M::Input>, String>
where
    M: StateMachine,
    M::Input: DeserializeOwned,
    <Tracked<M> as TrackedActionTypes>::Id: DeserializeOwned,
    <Tracked<M> as TrackedActionTypes>::Result: DeserializeOwned,
{
    if let Some(completed) = params.get("completed") {
        let (id, res) = (
            read(&decode(&completed["id"])?)?,
            read(&decode(&completed["result"])?)?,
        );
        return Ok(Input::TrackedActionCompleted { id, res });
    }
    let input = params
        .get("input")
        .ok_or_else(|| "there is no input".to_string())?;
    Ok(Input::Normal(read(&decode(input)?)?))
}

fn write_action<M>(action: &Action<M::UntrackedAction, Tracked<M>>) -> Result<Value, String>
where
    M: StateMachine,
    M::UntrackedAction: Serialize,
    <Tracked<M> as TrackedActionTypes>::Id: Serialize,
    <Tracked<M> as TrackedActionTypes>::Action: Serialize,
{
    Ok(match action {
        Action::Tracked(tracked) => json!({
            "kind": "tracked",
            "id": write(&tracked.action_id)?,
            "action": write(&tracked.action)?,
        }),
        Action::Untracked(action) => json!({ "kind": "untracked", "action": write(action)? }),
    })
}

/// Runs code of the machine; a panic is returned as an error.
fn catch<T>(run: impl FnOnce() -> T) -> Result<T, Failure> {
    panic::catch_unwind(AssertUnwindSafe(run)).map_err(|thrown| {
        let text = thrown.downcast_ref::<&str>().map(ToString::to_string);
        Failure {
            name: "panic",
            message: text
                .or_else(|| thrown.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "a value that is not a text".to_string()),
            source: PANICKED_AT.with(|at| at.borrow_mut().take()),
        }
    })
}

struct Idle;

impl Wake for Idle {
    fn wake(self: Arc<Self>) {}
}

/// Polls a future until it is ready. It must not wait for anything outside.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Idle));
    let mut context = Context::from_waker(&waker);
    let mut future: Pin<Box<_>> = Box::pin(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        std::thread::yield_now();
    }
}

/// Encodes a value for a message.
fn write<T: Serialize>(value: &T) -> Result<Value, String> {
    serde_json::to_value(value)
        .map(encode)
        .map_err(|why| why.to_string())
}

/// Reads what a decoded value stands for.
fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    // Through text, since number keys of maps are only read from text.
    serde_json::from_str(&value.to_string()).map_err(|why| why.to_string())
}

fn encode(value: Value) -> Value {
    match value {
        Value::Number(number) => {
            let size = number
                .as_u64()
                .or_else(|| number.as_i64().map(i64::unsigned_abs));
            match size {
                Some(size) if size > SAFE_INTEGER_MAX => json!({ "$bigint": number.to_string() }),
                _ => Value::Number(number),
            }
        }
        Value::Array(items) => items.into_iter().map(encode).collect(),
        Value::Object(object) => {
            let is_tagged = object.keys().any(|key| key.starts_with('$'));
            let encoded = object.into_iter().map(|(key, item)| (key, encode(item)));
            if is_tagged {
                json!({ "$object": encoded.map(|(key, item)| json!([key, item])).collect::<Vec<_>>() })
            } else {
                encoded.collect()
            }
        }
        plain => plain,
    }
}

fn decode(encoded: &Value) -> Result<Value, String> {
    match encoded {
        Value::Array(items) => items.iter().map(decode).collect(),
        Value::Object(object) => match object.iter().next() {
            Some((tag, content)) if tag.starts_with('$') => decode_tagged(tag, content),
            _ => object
                .iter()
                .map(|(key, item)| Ok((key.clone(), decode(item)?)))
                .collect(),
        },
        plain => Ok(plain.clone()),
    }
}

fn decode_tagged(tag: &str, content: &Value) -> Result<Value, String> {
    let text = content.as_str().unwrap_or("");
    let items = content.as_array().map(Vec::as_slice).unwrap_or(&[]);
    match (tag, text) {
        ("$bigint", _) => {
            let natural = text.parse::<u64>().map(Value::from);
            natural
                .or_else(|_| text.parse::<i64>().map(Value::from))
                .map_err(|why| format!("{text}: {why}"))
        }
        ("$undefined", _) => Ok(Value::Null),
        ("$number", "-0") => Ok((-0.0).into()),
        ("$set", _) => items.iter().map(decode).collect(),
        ("$object", _) => items
            .iter()
            .map(|pair| {
                let key = pair[0]
                    .as_str()
                    .ok_or("an object has a key that is not a text")?;
                Ok((key.to_string(), decode(&pair[1])?))
            })
            .collect(),
        // A map with keys that JSON lacks: serde reads a list of pairs, if it is configured to.
        ("$map", _) => items.iter().map(decode).collect(),
        _ => Err(format!("this adapter cannot read {tag} {text}")),
    }
}
