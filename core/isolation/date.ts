import { classStandIn, hidden } from './class.ts';
import { LOCALE, namedLocales, type Gate } from './realm.ts';

/** Methods in the time zone of the computer that have a counterpart in UTC. */
const LOCAL_GETTERS = 'FullYear Month Date Day Hours Minutes Seconds Milliseconds'.split(' ');
const LOCAL_SETTERS = LOCAL_GETTERS.filter((part) => part !== 'Day');

/** Methods that also depend on the language of the computer. */
const IN_WORDS = 'toLocaleString toLocaleDateString toLocaleTimeString'.split(' ');

/** A text that names its time zone: `…Z`, `… GMT+0100 (CET)`, `…+01:00`. */
const NAMES_ZONE =
  /(?:Z|UTC?|GMT|[ECMP][SD]T|\d:\d\d.*[+-]\d{1,2}(?::?\d\d)?)\s*(?:\([^)]*\))?\s*$/i;
/** A day without a time is in UTC by the language's own rules. */
const IS_DAY = /^(?:\d{4}|[+-]\d{6})(?:-\d\d){0,2}$/;
/** `2025-01-31T10:00`, to which `Z` can be appended, but not the name of a zone. */
const IS_ISO = /^[+-]?\d{4,6}-\d\d-\d\dT/i;

const IN_UTC = 'in UTC: name the time zone';

/** A `Date` for a machine, and how to convert real ones to it. */
export interface GuardedDate {
  readonly date: DateConstructor;
  /** Converts the dates in a value that was made elsewhere to those of the machine. */
  readonly adopt: <T>(value: T) => T;
}

/** Makes a `Date` that refuses the present moment, and whose local time is UTC. */
export function guardDate(real: DateConstructor, guard: Gate): GuardedDate {
  const parse = (text: string, name: string) => {
    const given = real.parse(text);
    // A text that is not a date is invalid everywhere, so the machine may parse it.
    if (Number.isNaN(given) || NAMES_ZONE.test(text) || IS_DAY.test(text)) return given;
    guard.answer(name, IN_UTC);
    return real.parse(`${text}${IS_ISO.test(text) ? 'Z' : ' UTC'}`);
  };
  const date: DateConstructor = classStandIn(real, guard, {
    label: 'Date',
    prepare(args) {
      if (args.length === 0) guard.refuse('new Date');
      const [first] = args;
      if (args.length === 1) return typeof first === 'string' ? [parse(first, 'new Date')] : args;
      if (args.length < 2) return args;
      guard.answer('new Date', 'in UTC: use Date.UTC');
      return [Reflect.apply(real.UTC, real, args)];
    },
    call() {
      guard.refuse('Date');
      return new date().toString();
    },
    statics: {
      now() {
        guard.refuse('Date.now');
        return real.now();
      },
      parse: (text: unknown) => parse(String(text), 'Date.parse'),
    },
    methods: { ...countedInUtc(real, guard), ...writtenInUtc(real, guard) },
  });
  return { date, adopt: (value) => adoptDates(value, real, date, new Set()) };
}

type Method = (this: Date, ...args: number[]) => unknown;

function countedInUtc({ prototype }: DateConstructor, guard: Gate): PropertyDescriptorMap {
  const methods: PropertyDescriptorMap = {};
  const define = (name: string, inUtc: string, body: Method) => {
    const method = {
      [name](this: Date, ...args: number[]) {
        guard.answer(`Date.${name}`, inUtc);
        return Reflect.apply(body, this, args);
      },
    };
    methods[name] = hidden(method[name]);
  };
  const same = (name: string, utcName: string) =>
    define(name, `in UTC: use ${utcName}`, Reflect.get(prototype, utcName) as Method);
  for (const part of LOCAL_GETTERS) same(`get${part}`, `getUTC${part}`);
  for (const part of LOCAL_SETTERS) same(`set${part}`, `setUTC${part}`);
  define('getTimezoneOffset', 'in UTC', function () {
    return Number.isNaN(prototype.getTime.call(this)) ? Number.NaN : 0;
  });
  define('getYear', 'in UTC: use getUTCFullYear', function () {
    return prototype.getUTCFullYear.call(this) - 1900;
  });
  define('setYear', 'in UTC: use setUTCFullYear', function (year = Number.NaN) {
    const whole = Math.trunc(year);
    return prototype.setUTCFullYear.call(this, whole >= 0 && whole <= 99 ? 1900 + whole : year);
  });
  return methods;
}

function writtenInUtc({ prototype }: DateConstructor, guard: Gate): PropertyDescriptorMap {
  const methods: PropertyDescriptorMap = {};
  const define = (name: string, write: (day: string, time: string) => string) => {
    const method = {
      [name](this: Date) {
        guard.answer(`Date.${name}`, 'in UTC: use toISOString');
        const text = prototype.toUTCString.call(this);
        // "Thu, 01 Jan 1970 00:00:00 GMT", or "Invalid Date".
        const [weekday = '', day, month, year, time] = text.split(' ');
        if (time === undefined) return text;
        const zone = 'GMT+0000 (Coordinated Universal Time)';
        return write(`${weekday.slice(0, 3)} ${month} ${day} ${year}`, `${time} ${zone}`);
      },
    };
    methods[name] = hidden(method[name]);
  };
  define('toString', (day, time) => `${day} ${time}`);
  define('toDateString', (day) => day);
  define('toTimeString', (_, time) => time);
  for (const name of IN_WORDS) {
    const original = Reflect.get(prototype, name) as (...args: unknown[]) => string;
    const method = function (
      this: Date,
      locales?: unknown,
      options?: Intl.DateTimeFormatOptions,
    ): string {
      const named = namedLocales(locales);
      if (named.length === 0 || options?.timeZone === undefined) {
        guard.answer(`Date.${name}`, 'in UTC and English: name the time zone and a locale');
      }
      const zoned = { ...options, timeZone: options?.timeZone ?? 'UTC' };
      return Reflect.apply(original, this, [[...named, LOCALE], zoned]);
    };
    methods[name] = hidden(method);
  }
  return methods;
}

function adoptDates<T>(
  value: T,
  real: DateConstructor,
  date: DateConstructor,
  seen: Set<object>,
): T {
  if (typeof value !== 'object' || value === null || seen.has(value)) return value;
  seen.add(value);
  const each = (item: unknown) => adoptDates(item, real, date, seen);
  if (Object.getPrototypeOf(value) === real.prototype) Object.setPrototypeOf(value, date.prototype);
  else if (value instanceof Map) for (const entry of value) entry.forEach(each);
  else if (value instanceof Set) for (const member of value) each(member);
  else if (!ArrayBuffer.isView(value)) Object.values(value).forEach(each);
  return value;
}
