import { join } from 'node:path';
import Conf from 'conf';
import type { Rectangle } from 'electron';
import { z } from 'zod';
import {
  recentSchema,
  sessionBytesSchema,
  themeSchema,
  timeLimitSchema,
  type Preferences,
  type Recent,
  type Theme,
} from '../../core/contract/window.ts';
import { putAside } from '../../core/node/files/put-aside.ts';
import { refuseOtherThanFile } from '../../core/node/files/regular-file.ts';
import { toProblem, type Problem } from '../../core/problem.ts';
import { SESSION_BYTES_MAX, TIME_LIMIT_MS } from '../../core/text/quantities.ts';
import { messageOf } from '../../core/thrown.ts';

/** More than the runs of a session, so that each of them can be opened again. */
const RECENTS_MAX = 40;

const boundsSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});

interface Stored {
  theme: Theme;
  recents: Recent[];
  /** Files that the user has agreed to run as machines. */
  agreed: string[];
  /** How many bytes the traces of a session may take. */
  sessionBytesMax: number;
  /** The time that a step may take. */
  timeLimitMs: number;
  /** The command line of an editor. */
  editor: string;
  bounds?: Rectangle;
}

const DEFAULTS: Stored = {
  theme: 'system',
  recents: [],
  agreed: [],
  sessionBytesMax: SESSION_BYTES_MAX,
  timeLimitMs: TIME_LIMIT_MS,
  editor: '',
};

/**
 * The settings that the application keeps from one start to the next, in a file of the user's profile.
 * If the file cannot be read or written, they are kept in memory, and the cause is reported once.
 */
export class Settings {
  readonly #report: (problem: Problem) => void;
  readonly #conf: Conf<Stored> | undefined;
  /** The settings that were read or written last. */
  readonly #known: Stored;
  /** Settings that could not be written yet. */
  readonly #unsaved = new Set<keyof Stored>();

  /** @param folder of the user's profile. */
  constructor(folder: string, report: (problem: Problem) => void) {
    this.#report = report;
    this.#conf = this.#open(folder);
    this.#known = { ...DEFAULTS, ...this.#conf?.store };
  }

  get theme(): Theme {
    return themeSchema.catch('system').parse(this.#read('theme'));
  }

  set theme(theme: Theme) {
    this.#write('theme', theme);
  }

  get bounds(): Rectangle | undefined {
    return boundsSchema.optional().catch(undefined).parse(this.#read('bounds'));
  }

  set bounds(bounds: Rectangle | undefined) {
    if (bounds) this.#write('bounds', bounds);
  }

  /** How many bytes the traces of a session may take. */
  get sessionBytesMax(): number {
    return sessionBytesSchema.catch(SESSION_BYTES_MAX).parse(this.#read('sessionBytesMax'));
  }

  /** The time that a step may take. */
  get timeLimitMs(): number {
    return timeLimitSchema.catch(TIME_LIMIT_MS).parse(this.#read('timeLimitMs'));
  }

  /** What a person can set in the window. */
  get preferences(): Preferences {
    const editor = z.string().catch('').parse(this.#read('editor'));
    return { timeLimitMs: this.timeLimitMs, sessionBytesMax: this.sessionBytesMax, editor };
  }

  set preferences({ timeLimitMs, sessionBytesMax, editor }: Preferences) {
    this.#write('editor', editor);
    this.#write('timeLimitMs', timeLimitMs);
    this.#write('sessionBytesMax', sessionBytesMax);
  }

  /** Files that were opened before, the latest first. */
  get recents(): readonly Recent[] {
    const stored: unknown = this.#read('recents');
    // One bad entry does not spoil the others.
    return (Array.isArray(stored) ? stored : []).flatMap((entry) => {
      const parsed = recentSchema.safeParse(entry);
      return parsed.success ? [parsed.data] : [];
    });
  }

  /** The paths of the files that may run as machines. */
  get agreed(): readonly string[] {
    const stored: unknown = this.#read('agreed');
    return (Array.isArray(stored) ? stored : []).filter((path) => typeof path === 'string');
  }

  addAgreed(path: string): void {
    const { agreed } = this;
    if (!agreed.includes(path)) this.#write('agreed', [...agreed, path]);
  }

  addRecent(added: Recent): void {
    const others = this.recents.filter(({ path }) => path !== added.path);
    this.#write('recents', [added, ...others].slice(0, RECENTS_MAX));
  }

  #open(folder: string): Conf<Stored> | undefined {
    const options = { cwd: folder, configName: 'settings', defaults: DEFAULTS };
    const file = join(folder, 'settings.json');
    const report = (error: unknown, more: string) =>
      this.#report({
        title: `The settings in ${folder} cannot be used: ${toProblem(error, file).title}`,
        remedy: `The window has default settings.${more}`,
      });
    try {
      // What is not a file could be waited for without end.
      refuseOtherThanFile(file);
      return new Conf<Stored>(options);
    } catch (error) {
      if (!(error instanceof SyntaxError)) {
        report(error, REPAIR);
        return undefined;
      }
      // A damaged file is replaced, once it has another name.
      try {
        const aside = putAside(file);
        report(error, ` What the file had is in ${aside}.`);
        return new Conf<Stored>({ ...options, clearInvalidConfig: true });
      } catch {
        report(error, REPAIR);
        return undefined;
      }
    }
  }

  #read<Key extends keyof Stored>(key: Key): Stored[Key] {
    if (!this.#conf || this.#unsaved.has(key)) return this.#known[key];
    try {
      this.#known[key] = this.#conf.get(key);
    } catch {
      // The settings in memory stay, even if the file vanishes meanwhile.
    }
    return this.#known[key];
  }

  #write<Key extends keyof Stored>(key: Key, value: Stored[Key]): void {
    const isFirst = this.#unsaved.size === 0;
    this.#known[key] = value;
    this.#unsaved.add(key);
    if (!this.#conf) return;
    try {
      for (const unsaved of this.#unsaved) this.#conf.set(unsaved, this.#known[unsaved]);
      this.#unsaved.clear();
    } catch (error) {
      if (!isFirst) return;
      this.#report({
        title: `The settings cannot be saved: ${messageOf(error)}`,
        remedy: `They are kept until the window closes.${REPAIR}`,
      });
    }
  }
}

const REPAIR = ' Free or repair the disk or folder, so that they can be saved.';
