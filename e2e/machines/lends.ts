import { defineMachine, defineScenario, err, ok, type MachineTypes } from 'phasmoscope';

interface Loan {
  id: number;
  reader: string;
  book: string;
  status: 'asked' | 'lent' | 'returned';
}

interface Library extends MachineTypes {
  State: {
    nextId: number;
    loans: Map<number, Loan>;
    /** Readers who wait, the first one longest. */
    queue: { id: number; reader: string; book: string }[];
  };
  Input:
    | { kind: 'Borrow'; reader: string; book: string }
    | { kind: 'Return'; loan: number }
    | { kind: 'Serve' };
  Id: number;
  Tracked: { kind: 'Fetch'; loan: number; book: string };
  Untracked: never;
  Result: { kind: 'Fetched'; shelf: string };
  Rejection: 'NothingToReturn' | 'NobodyWaits';
}

/** Lends books without looking whether somebody else has them. */
export const machine = defineMachine<Library>({
  name: 'library',
  description: 'Lends books.',
  initialState: () => ({ nextId: 1, loans: new Map(), queue: [] }),
  stf(state, input, actions) {
    if (input.kind === 'trackedActionCompleted') {
      state.update((draft) => {
        const loan = draft.loans.get(input.id);
        if (loan) loan.status = 'lent';
      });
      return ok();
    }
    const asked = input.input;
    switch (asked.kind) {
      case 'Borrow':
        state.update((draft) => {
          draft.queue.push({ id: draft.nextId, reader: asked.reader, book: asked.book });
          draft.nextId += 1;
        });
        return ok();
      case 'Serve': {
        const first = state.current.queue[0];
        if (!first) return err('NobodyWaits');
        const { id, reader, book } = first;
        actions.tracked(id, { kind: 'Fetch', loan: id, book });
        state.update((draft) => {
          draft.queue.shift();
          draft.loans.set(id, { id, reader, book, status: 'asked' });
        });
        return ok();
      }
      case 'Return':
        if (state.current.loans.get(asked.loan)?.status !== 'lent') return err('NothingToReturn');
        state.update((draft) => {
          const loan = draft.loans.get(asked.loan);
          if (loan) loan.status = 'returned';
        });
        return ok();
    }
  },
  restore(state, actions) {
    for (const { id, book, status } of state.loans.values()) {
      if (status === 'asked') actions.tracked(id, { kind: 'Fetch', loan: id, book });
    }
    return ok();
  },
  invariants: {
    'a book is lent once': ({ loans }) => {
      const lent = new Map<string, number>();
      for (const { id, book, status } of loans.values()) {
        if (status !== 'lent') continue;
        const other = lent.get(book);
        if (other !== undefined) return `${book} is lent as loan ${other} and as loan ${id}`;
        lent.set(book, id);
      }
      return true;
    },
  },
});

export const scenarios = [
  defineScenario<Library>({
    name: 'saturday',
    description: 'Readers come and go.',
    defaults: { seed: '1', operations: 200 },
    start(random) {
      let readers = 0;
      return {
        next({ loans }) {
          const drawn = random.genRange('u32', 0, 10);
          if (drawn < 4) {
            readers += 1;
            const book = random.choose(['Emma', 'Ulysses', 'Dracula', 'Nana']) ?? 'Emma';
            return { kind: 'normal', input: { kind: 'Borrow', reader: `R${readers}`, book } };
          }
          if (drawn < 8) return { kind: 'normal', input: { kind: 'Serve' } };
          const loan = random.choose([...loans.keys()]) ?? 0;
          return { kind: 'normal', input: { kind: 'Return', loan } };
        },
        observe() {},
        tallies: () => ({ readers }),
        external: { receive: (_, { book }) => ({ kind: 'Fetched', shelf: book.slice(0, 1) }) },
      };
    },
  }),
];
