import type { ReactNode } from 'react';
import { compareFromFirstDifference, putBeside } from '../session/beside.ts';
import { isOfEarlierSource, type RunEntry } from '../session/model.ts';
import { compareWithOriginal, lacksOriginal } from '../session/originals.ts';
import {
  namesOfPair,
  relationOf,
  settingsInWords,
  type Relation,
} from '../session/run-relations.ts';
import { useSession } from '../session/store.ts';
import { Picker } from '../ui/picker.tsx';

const RELATION_WORDS: Readonly<Record<Exclude<Relation, 'other'>, string>> = {
  parent: 'the run that was forked',
  original: 'the original',
  before: 'before the change',
  after: 'after the change',
  fork: 'a fork of this run',
  shrunk: 'shrunk from this run',
};

/** Stands for the original of a shrunk run while that is not open. */
const ORIGINAL = 'original';

/** The choice of the run beside the one on the screen: its relatives come first. */
export function RunChoice({
  run,
  otherId,
}: {
  run: RunEntry;
  otherId: string | undefined;
}): ReactNode {
  const runs = useSession((state) => state.runs);
  const machines = useSession((state) => state.machines);
  const others = runs
    .filter(({ id }) => id !== run.id)
    .map((other) => ({ other, relation: relationOf(run, other, runs) }));
  const itemOf = ({ other, relation }: (typeof others)[number]) => {
    const parts = [
      ...(relation === 'other' ? [] : [RELATION_WORDS[relation]]),
      ...(isOfEarlierSource(other, machines) ? ['earlier source'] : []),
      settingsInWords(other),
    ];
    return {
      id: other.id,
      label: namesOfPair({ run, other }, runs).a,
      description: parts.join(' · '),
    };
  };
  const related = [
    ...(lacksOriginal(run, runs)
      ? [
          {
            id: ORIGINAL,
            label: 'The original',
            description: `${settingsInWords(run)} · run again`,
          },
        ]
      : []),
    ...others.filter(({ relation }) => relation !== 'other').map(itemOf),
  ];
  const unrelated = others.filter(({ relation }) => relation === 'other').map(itemOf);
  return (
    <Picker
      label="Compare with"
      className="beside-choice"
      placeholder="Choose a run"
      selected={otherId}
      sections={[
        ...(related.length > 0 ? [{ title: 'Related runs', items: related }] : []),
        ...(unrelated.length > 0 ? [{ title: 'Other runs', items: unrelated }] : []),
      ]}
      // Where nothing was compared before, what is seen first is where they part.
      onPick={(id) => {
        if (id === ORIGINAL) void compareWithOriginal(run);
        else (otherId === undefined ? compareFromFirstDifference : putBeside)(run.id, id);
      }}
    />
  );
}
