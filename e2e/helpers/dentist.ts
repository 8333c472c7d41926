import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolderOutside } from './outside.ts';
import { launchArgs } from './window.ts';

/** The dentist with a planted defect, in a folder of its own, where it can be edited. */
export interface DentistPackage {
  readonly machine: string;
  /** Saves the machine with another answer to whether a confirmation checks the slot again. */
  readonly save: (checksSlotAgain: string) => void;
}

const PLANTED = 'checksSlotAgain: false';

/** Copies the sample of the dentist with its planted defect. */
export function writeDentist(): DentistPackage {
  const folder = makeFolderOutside();
  writeFileSync(join(folder, 'package.json'), '{ "name": "dentist", "type": "module" }');
  for (const name of ['dentist-booking', 'dentist-booking-unchecked']) {
    mkdirSync(join(folder, name));
    for (const file of readdirSync(join('samples', name))) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      copyFileSync(join('samples', name, file), join(folder, name, file));
    }
  }
  const machine = join(folder, 'dentist-booking-unchecked', 'index.ts');
  const planted = readFileSync(machine, 'utf8');
  return {
    machine,
    save: (checksSlotAgain) => {
      const saved = planted.replace(PLANTED, `checksSlotAgain: ${checksSlotAgain}`);
      if (!planted.includes(PLANTED)) throw new Error('the sample has another defect by now');
      writeFileSync(machine, saved);
    },
  };
}

/** A run of one of the dentists in which every kind of fault strikes. */
export function launchDentist(sample: string): string[] {
  return launchArgs({
    kind: 'machine',
    machine: { kind: 'sample', name: sample },
    scenario: 'mixed-operations',
    seed: '7',
    operationsMax: 1_000,
    faults: 'chaos',
  });
}
