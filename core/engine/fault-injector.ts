import { hasFaults, type FaultName, type FaultProfile } from '../machine/faults.ts';
import type { StepFault } from '../machine/operation.ts';
import type { ChaCha8Rng } from '../random/chacha8-rng.ts';

/** Most steps are short: a fault mostly strikes at one of the first few accesses or actions … */
const FIRST_ACCESSES = 4;
const FIRST_ACTIONS = 4;
/** … and goes beyond them, one place at a time, with this probability, so that any can be struck. */
const GOES_FURTHER = 2 / 3;
/** Half of the refusals strike the first action: most steps have only one. */
const FIRST_ACTION = 0.5;
/** More than sums of a few shares differ by, in whatever order they are added. */
const ROUNDING = 1e-9;
/** A late completion comes after at most this many operations; an ordinary one after fewer. */
const DELAY_MAX = 40;
const LATENCY_MAX = 3;

/** When a message arrives, in operations from now, unless it is lost. */
export interface Fate {
  readonly isLost: boolean;
  readonly delay: number;
  /** When the message arrives a second time, if the network duplicates it. */
  readonly again?: number;
}

/** Draws the faults of a run from their own stream of the seed, with the probabilities of a profile. */
export class FaultInjector {
  /** Whether anything can strike. If not, nothing is drawn. */
  readonly isOn: boolean;
  readonly #random: ChaCha8Rng;
  readonly #depths: ChaCha8Rng;
  readonly #profile: FaultProfile;
  /** Above it, no fault strikes inside a step, which is by far the most frequent. */
  readonly #stepFaultsMax: number;

  /**
   * @param random decides what strikes.
   * @param depths decides how far into a long step a fault goes. A separate stream, so that it does
   * not shift the draws of what strikes next.
   */
  constructor(profile: FaultProfile, random: ChaCha8Rng, depths: ChaCha8Rng) {
    this.isOn = hasFaults(profile);
    this.#profile = profile;
    const shares = STEP_FAULTS.map((kind) => profile[kind] ?? 0);
    // The shares are subtracted one by one below, which may round otherwise.
    this.#stepFaultsMax = shares.reduce((sum, share) => sum + share, 0) + ROUNDING;
    this.#random = random;
    this.#depths = depths;
  }

  /** Returns the fault inside the next step, if one strikes. */
  drawStepFault(): StepFault | undefined {
    if (!this.isOn) return undefined;
    // One draw decides between them: they cannot strike together.
    let drawn = this.#random.genF64();
    if (drawn > this.#stepFaultsMax) return undefined;
    for (const kind of STEP_FAULTS) {
      drawn -= this.#profile[kind] ?? 0;
      if (drawn < 0) return this.#place(kind);
    }
    return undefined;
  }

  #place(kind: StepFault['kind']): StepFault {
    switch (kind) {
      case 'crashAtAccess':
      case 'accessFails':
        return { kind, access: this.#drawPlace(0, FIRST_ACCESSES) };
      case 'actionRefused': {
        const isFirst = this.#random.genBool(FIRST_ACTION);
        return { kind, action: isFirst ? 0 : this.#drawPlace(1, FIRST_ACTIONS) };
      }
      case 'crashBeforeCommit':
      case 'commitFails':
        return { kind };
    }
  }

  #drawPlace(from: number, to: number): number {
    let place = this.#random.genRange('u32', from, to);
    if (place === to - 1) while (this.#depths.genBool(GOES_FURTHER)) place += 1;
    return place;
  }

  /** Returns how many of an accepted step's actions are dispatched before a crash, if it crashes. */
  drawCrash(actions: number): number | undefined {
    if (!this.#strikes('crashAfterCommit')) return undefined;
    return this.#random.genRangeInclusive('u32', 0, actions);
  }

  /**
   * Draws the fate of a message that is sent now.
   *
   * @param isAnswer whether an external system answers an action, which takes some operations. A
   * message of the scenario itself comes when the scenario says, unless a fault strikes.
   */
  drawFate(isAnswer: boolean): Fate {
    const isLost = this.#strikes('undelivered');
    const latency = isAnswer ? this.#random.genRange('u32', 0, LATENCY_MAX) : 0;
    const isLate = this.#strikes('delayed');
    const delay = isLate ? latency + this.#random.genRange('u32', 1, DELAY_MAX) : latency;
    if (!this.#strikes('duplicated')) return { isLost, delay };
    return { isLost, delay, again: delay + this.#random.genRange('u32', 1, DELAY_MAX) };
  }

  #strikes(fault: FaultName): boolean {
    const probability = this.#profile[fault] ?? 0;
    return probability > 0 && this.#random.genBool(probability);
  }
}

const STEP_FAULTS = [
  'crashAtAccess',
  'crashBeforeCommit',
  'accessFails',
  'commitFails',
  'actionRefused',
] as const satisfies readonly StepFault['kind'][];
