import Conf from 'conf';
import type { Rectangle } from 'electron';
import { z } from 'zod';
import { recentSchema, themeSchema, type Recent, type Theme } from '../../core/api/contract.ts';

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
  /** Files that the person has agreed to run as machines. */
  agreed: string[];
  bounds?: Rectangle;
}

/** What the application keeps from one start to the next, in a file of the user's profile. */
export class Settings {
  readonly #conf: Conf<Stored>;

  /** @param folder of the user's profile. */
  constructor(folder: string) {
    this.#conf = new Conf<Stored>({
      cwd: folder,
      configName: 'settings',
      // A damaged settings file must not keep the application from starting.
      clearInvalidConfig: true,
      defaults: { theme: 'system', recents: [], agreed: [] },
    });
  }

  get theme(): Theme {
    return themeSchema.catch('system').parse(this.#conf.get('theme'));
  }

  set theme(theme: Theme) {
    this.#conf.set('theme', theme);
  }

  get bounds(): Rectangle | undefined {
    return boundsSchema.optional().catch(undefined).parse(this.#conf.get('bounds'));
  }

  set bounds(bounds: Rectangle | undefined) {
    if (bounds) this.#conf.set('bounds', bounds);
  }

  /** What was opened before, the latest first. */
  get recents(): readonly Recent[] {
    const stored: unknown = this.#conf.get('recents');
    // One bad entry does not spoil the others.
    return (Array.isArray(stored) ? stored : []).flatMap((entry) => {
      const parsed = recentSchema.safeParse(entry);
      return parsed.success ? [parsed.data] : [];
    });
  }

  /** The paths of the files that may run as machines. */
  get agreed(): readonly string[] {
    return z.array(z.string()).catch([]).parse(this.#conf.get('agreed'));
  }

  addAgreed(path: string): void {
    const { agreed } = this;
    if (!agreed.includes(path)) this.#conf.set('agreed', [...agreed, path]);
  }

  addRecent(added: Recent): void {
    const others = this.recents.filter(({ path }) => path !== added.path);
    this.#conf.set('recents', [added, ...others].slice(0, RECENTS_MAX));
  }
}
