import type { DeepReadonly } from 'phasmoscope';

/** The days that the dentist works, in the order of the week. */
export const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'] as const;
export type Day = (typeof DAYS)[number];

/** The appointments, with their length in minutes and their price in dollars. */
export const APPOINTMENTS = {
  Cleaning: { minutes: 15, dollars: 50 },
  Checkup: { minutes: 30, dollars: 75 },
  Filling: { minutes: 45, dollars: 150 },
  RootCanal: { minutes: 60, dollars: 200 },
} as const;
export type AppointmentType = keyof typeof APPOINTMENTS;
export const APPOINTMENT_TYPES = Object.keys(APPOINTMENTS) as readonly AppointmentType[];

/** A time of day as `HH:MM`. */
export type Time = `${string}:${string}`;

/** From a time of day, inclusive, to another, exclusive. */
export type TimeRange = readonly [start: Time, end: Time];

/** A paid appointment in the calendar. */
export interface Booking {
  userId: number;
  day: Day;
  time: Time;
  aptType: AppointmentType;
  amountPaid: number;
}

/** All appointments by their start, such as `Monday 09:15`. */
export type Bookings = Map<string, Booking>;

/** Minutes since midnight: all arithmetic on times happens in minutes. */
export interface Interval {
  readonly startMinutes: number;
  readonly endMinutes: number;
}

const OPENING_HOURS: Readonly<Record<Day, readonly Interval[]>> = {
  Monday: [interval('09:00', '12:00'), interval('14:00', '17:00')],
  Tuesday: [interval('09:00', '12:00'), interval('13:00', '16:00')],
  Wednesday: [interval('09:00', '12:00'), interval('14:00', '18:00')],
  Thursday: [interval('10:00', '13:00'), interval('14:00', '17:00')],
  Friday: [interval('09:00', '15:00')],
};

/** Automatic booking tries a start every quarter of an hour. */
const STEP_MINUTES = 15;

function interval(start: Time, end: Time): Interval {
  return { startMinutes: toMinutes(start), endMinutes: toMinutes(end) };
}

function toMinutes(time: Time): number {
  const digit = (index: number) => time.charCodeAt(index) - 48;
  return (digit(0) * 10 + digit(1)) * 60 + digit(3) * 10 + digit(4);
}

/** Minutes since midnight as a time of day, `HH:MM`. */
export function toTime(minutes: number): Time {
  formattedTimes[minutes] ??= formatTime(minutes);
  return formattedTimes[minutes];
}

/** Every time that was formatted, by its minutes: there are only 1440. */
const formattedTimes: Time[] = [];

function formatTime(minutes: number): Time {
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0');
  return `${hours}:${String(minutes % 60).padStart(2, '0')}`;
}

export function slotKey(day: Day, time: Time): string {
  let key = slotKeys[day].get(time);
  if (key === undefined) {
    key = `${day} ${time}`;
    slotKeys[day].set(time, key);
  }
  return key;
}

/** Every key that was made: a week has few, and they are looked up again and again. */
const slotKeys: Readonly<Record<Day, Map<Time, string>>> = {
  Monday: new Map(),
  Tuesday: new Map(),
  Wednesday: new Map(),
  Thursday: new Map(),
  Friday: new Map(),
};

/** The opening hours of a day. */
export function hoursOf(day: Day): readonly Interval[] {
  return OPENING_HOURS[day];
}

/** Whether the whole appointment lies inside one range of the day's opening hours. */
export function isWithinHours(day: Day, time: Time, aptType: AppointmentType): boolean {
  return isInsideOne(OPENING_HOURS[day], slotOf(time, aptType));
}

/** Whether the appointment lies within the hours and overlaps no booking. */
export function isSlotAvailable(
  bookings: DeepReadonly<Bookings>,
  day: Day,
  time: Time,
  aptType: AppointmentType,
): boolean {
  return isInsideOne(calendarOf(bookings)[day].free, slotOf(time, aptType));
}

/**
 * The first free slot: days in the order given, then the day's opening hours, then the preferred
 * ranges, and within them a start every 15 minutes.
 */
export function findFirstSlot(
  bookings: DeepReadonly<Bookings>,
  days: readonly Day[],
  times: readonly TimeRange[],
  aptType: AppointmentType,
): { readonly day: Day; readonly time: Time } | undefined {
  const calendar = calendarOf(bookings);
  const { minutes } = APPOINTMENTS[aptType];
  for (const day of days) {
    const { free } = calendar[day];
    // Sooner or later, nearly every day is full.
    if (free.length === 0) continue;
    for (const open of OPENING_HOURS[day]) {
      for (const [from, to] of times) {
        const at = findStart(free, overlapOf(open, interval(from, to)), minutes);
        if (at !== undefined) return { day, time: toTime(at) };
      }
    }
  }
  return undefined;
}

/** The first start, every 15 minutes from the start of the range, from which the time is free. */
function findStart(
  free: readonly Interval[],
  { startMinutes, endMinutes }: Interval,
  minutes: number,
): number | undefined {
  for (const gap of free) {
    const late = Math.max(0, gap.startMinutes - startMinutes);
    const at = startMinutes + Math.ceil(late / STEP_MINUTES) * STEP_MINUTES;
    if (at + minutes <= Math.min(gap.endMinutes, endMinutes)) return at;
  }
  return undefined;
}

/** The keys of two bookings that overlap, if there are any. */
export function findOverlap(
  bookings: DeepReadonly<Bookings>,
): readonly [earlier: string, later: string] | undefined {
  for (const day of DAYS) {
    const { taken } = calendarOf(bookings)[day];
    for (const [index, later] of taken.entries()) {
      const earlier = taken[index - 1];
      if (earlier && later.startMinutes < earlier.endMinutes) {
        return [
          slotKey(day, toTime(earlier.startMinutes)),
          slotKey(day, toTime(later.startMinutes)),
        ];
      }
    }
  }
  return undefined;
}

/** When an appointment takes place. */
export function slotOf(time: Time, aptType: AppointmentType): Interval {
  const startMinutes = toMinutes(time);
  return { startMinutes, endMinutes: startMinutes + APPOINTMENTS[aptType].minutes };
}

/** Whether one of the intervals holds the wanted one whole. */
function isInsideOne(
  intervals: readonly Interval[],
  { startMinutes, endMinutes }: Interval,
): boolean {
  for (const one of intervals) {
    if (one.startMinutes <= startMinutes && endMinutes <= one.endMinutes) return true;
  }
  return false;
}

/** The time that two intervals share; its end lies before its start if there is none. */
function overlapOf(one: Interval, other: Interval): Interval {
  return {
    startMinutes: Math.max(one.startMinutes, other.startMinutes),
    endMinutes: Math.min(one.endMinutes, other.endMinutes),
  };
}

/** The intervals of a day in their order: those that are booked, and what they leave of the hours. */
interface DayPlan {
  readonly taken: Interval[];
  readonly free: Interval[];
}

type Calendar = Readonly<Record<Day, DeepReadonly<DayPlan>>>;

/** The bookings that were asked about last, and their calendar. */
let last: { readonly bookings: DeepReadonly<Bookings>; readonly calendar: Calendar } | undefined;

/**
 * The bookings and the free time by day. A committed state never changes, so what is derived from it can
 * be kept; most operations of a simulation find no free slot and leave the state unchanged.
 */
function calendarOf(bookings: DeepReadonly<Bookings>): Calendar {
  if (last?.bookings !== bookings) last = { bookings, calendar: buildCalendar(bookings) };
  return last.calendar;
}

function buildCalendar(bookings: DeepReadonly<Bookings>): Calendar {
  const calendar: Record<Day, DayPlan> = {
    Monday: { taken: [], free: [] },
    Tuesday: { taken: [], free: [] },
    Wednesday: { taken: [], free: [] },
    Thursday: { taken: [], free: [] },
    Friday: { taken: [], free: [] },
  };
  for (const { day, time, aptType } of bookings.values()) {
    calendar[day].taken.push(slotOf(time, aptType));
  }
  for (const day of DAYS) {
    const plan = calendar[day];
    plan.taken.sort((a, b) => a.startMinutes - b.startMinutes);
    for (const open of OPENING_HOURS[day]) addFree(plan, open);
  }
  return calendar;
}

/** Adds what the bookings of a day leave of one range of its opening hours. */
function addFree({ taken, free }: DayPlan, open: Interval): void {
  let { startMinutes } = open;
  for (const booked of taken) {
    const endMinutes = Math.min(booked.startMinutes, open.endMinutes);
    if (startMinutes < endMinutes) free.push({ startMinutes, endMinutes });
    startMinutes = Math.max(startMinutes, booked.endMinutes);
  }
  const { endMinutes } = open;
  if (startMinutes < endMinutes) free.push({ startMinutes, endMinutes });
}
