import { classStandIn, hidden } from './class.ts';
import { IN_ENGLISH, LOCALE, namedLocales, type Gate } from './realm.ts';

/** Classes that depend on a language: on that of the computer when none is named. */
const OF_LOCALE = [
  'Collator',
  'DateTimeFormat',
  'DisplayNames',
  'DurationFormat',
  'ListFormat',
  'NumberFormat',
  'PluralRules',
  'RelativeTimeFormat',
  'Segmenter',
];
/** Those of them that can be called without `new`. */
const CALLABLE = new Set(['Collator', 'DateTimeFormat', 'NumberFormat']);

type Formatter = new (locales?: unknown, options?: unknown) => object;

/** Makes an `Intl` whose defaults are English and UTC, so that it gives the same results everywhere. */
export function guardIntl(real: typeof Intl, guard: Gate): unknown {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(real));
  for (const name of OF_LOCALE) {
    const original = Reflect.get(real, name) as Formatter | undefined;
    // Not every runtime has all of them.
    if (original) Object.defineProperty(copy, name, hidden(guardFormatter(name, original, guard)));
  }
  return copy;
}

function guardFormatter(name: string, real: Formatter, guard: Gate): Formatter {
  const label = `Intl.${name}`;
  const isOfDates = name === 'DateTimeFormat';
  return classStandIn(real, guard, {
    label,
    prepare([locales, options]) {
      const named = namedLocales(locales);
      if (named.length === 0) guard.answer(label, IN_ENGLISH);
      // Last in the list: if no named locale is known, the computer's would be used.
      const all = [...named, LOCALE];
      if (!isOfDates) return [all, options];
      const given = options as Intl.DateTimeFormatOptions | undefined;
      if (given?.timeZone !== undefined) return [all, given];
      guard.answer(`the time zone of ${label}`, 'in UTC: name one');
      return [all, { ...given, timeZone: 'UTC' }];
    },
    call: (standIn, args) =>
      CALLABLE.has(name)
        ? Reflect.construct(standIn as never, args)
        : Reflect.apply(real as never, undefined, args),
    methods: isOfDates ? formatsGivenMoments(real, guard) : {},
  });
}

/** Refuses to format without a moment, which would mean the present one. */
function formatsGivenMoments({ prototype }: Formatter, guard: Gate): PropertyDescriptorMap {
  const original = prototype as Intl.DateTimeFormat;
  const refuse = (moment: unknown, name: string) => {
    if (moment === undefined) guard.refuse(`Intl.DateTimeFormat.${name}`);
  };
  return {
    format: {
      get(this: Intl.DateTimeFormat) {
        const bound: Intl.DateTimeFormat['format'] = Reflect.get(original, 'format', this);
        return (moment?: Date | number) => {
          refuse(moment, 'format');
          return bound(moment);
        };
      },
      enumerable: false,
      configurable: true,
    },
    formatToParts: hidden(function formatToParts(
      this: Intl.DateTimeFormat,
      moment?: Date | number,
    ) {
      refuse(moment, 'formatToParts');
      return original.formatToParts.call(this, moment);
    }),
  };
}
