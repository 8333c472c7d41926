//! The smallest machine, served to Phasmoscope: counts up to the limit of 64 bits, and asks a printer
//! for a ticket now and then, so that there is an action to restore.

mod phasm_adapter;

use phasm_adapter::{
    actions::{Action, ActionsContainer, TrackedAction, TrackedActionTypes},
    Input, Invariant, Served, StateMachine,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::future::{ready, Ready};

#[derive(Serialize, Deserialize)]
struct Counter {
    count: u64,
    next_id: u64,
    /// Tickets that are being printed, by id: the count printed on them.
    printing: BTreeMap<u64, u64>,
    printed: u64,
}

#[derive(Deserialize)]
enum Command {
    Add { amount: u64 },
    Ticket,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PrintTicket {
    count: u64,
}

#[derive(Debug, Deserialize)]
enum Printer {
    Printed,
    OutOfPaper,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Added {
    from: u64,
    to: u64,
}

#[derive(Serialize)]
enum Refusal {
    Overflow,
    NotTaken,
}

struct Tickets;

impl TrackedActionTypes for Tickets {
    type Id = u64;
    type Action = PrintTicket;
    type Result = Printer;
}

type CounterActions = Vec<Action<Added, Tickets>>;

impl Counter {
    fn handle(
        &mut self,
        input: Input<Tickets, Command>,
        actions: &mut CounterActions,
    ) -> Result<(), Refusal> {
        match input {
            Input::Normal(Command::Add { amount }) => {
                let (from, to) = (self.count, self.count.checked_add(amount));
                let to = to.ok_or(Refusal::Overflow)?;
                // Everything that can fail comes before the first change of the state.
                actions
                    .add(Action::Untracked(Added { from, to }))
                    .map_err(|()| Refusal::NotTaken)?;
                self.count = to;
            }
            Input::Normal(Command::Ticket) => {
                let (id, count) = (self.next_id, self.count);
                let print = TrackedAction::new(id, PrintTicket { count });
                actions
                    .add(Action::Tracked(print))
                    .map_err(|()| Refusal::NotTaken)?;
                self.next_id += 1;
                self.printing.insert(id, count);
            }
            Input::TrackedActionCompleted { id, res } => {
                // A result may come twice: only the first one counts.
                if self.printing.remove(&id).is_some() && matches!(res, Printer::Printed) {
                    self.printed += 1;
                }
            }
        }
        Ok(())
    }
}

impl StateMachine for Counter {
    type TrackedAction = Tickets;
    type UntrackedAction = Added;
    type Actions = CounterActions;
    type State = Self;
    type Input = Command;
    type TransitionError = Refusal;
    type RestoreError = Refusal;
    type StfFuture<'state, 'actions> = Ready<Result<(), Refusal>>;
    type RestoreFuture<'state, 'actions> = Ready<Result<(), Refusal>>;

    fn stf<'state, 'actions>(
        state: &'state mut Self,
        input: Input<Tickets, Command>,
        actions: &'actions mut CounterActions,
    ) -> Ready<Result<(), Refusal>> {
        ready(state.handle(input, actions))
    }

    fn restore<'state, 'actions>(
        state: &'state Self,
        actions: &'actions mut CounterActions,
    ) -> Ready<Result<(), Refusal>> {
        ready(state.printing.iter().try_for_each(|(&id, &count)| {
            let print = TrackedAction::new(id, PrintTicket { count });
            actions
                .add(Action::Tracked(print))
                .map_err(|()| Refusal::NotTaken)
        }))
    }
}

impl Served for Counter {
    const NAME: &'static str = "counter-rust";

    fn initial_state() -> Self {
        Counter {
            count: 0,
            next_id: 1,
            printing: BTreeMap::new(),
            printed: 0,
        }
    }

    fn invariants() -> Vec<Invariant<Self>> {
        vec![("every ticket has an id", |state| {
            let known = state.printed + state.printing.len() as u64;
            if known < state.next_id {
                return Ok(());
            }
            Err(format!(
                "{known} tickets, and the next id is {}",
                state.next_id
            ))
        })]
    }
}

fn main() {
    phasm_adapter::serve::<Counter>();
}
