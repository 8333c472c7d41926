import type { CalendarView, DeepReadonly } from 'phasmoscope';
import { DAYS, hoursOf, slotOf, type Booking, type Bookings } from './schedule.ts';

/** What the week shows of a request. */
interface Request extends Pick<Booking, 'userId' | 'aptType'> {
  id: number;
  slot: Pick<Booking, 'day' | 'time'>;
  status: string;
}

/** What the week shows of a state; those of the machines have more. */
type Shown = DeepReadonly<{ bookings: Bookings; pending: Map<number, Request> }>;

type Entry = CalendarView['entries'][number];

const EARLIEST = 9 * 60;
const LATEST = 18 * 60;

/**
 * The dentist's week: bookings, slots that are held while a payment is awaited, and what overlaps. A
 * request and the booking that it becomes are the same entry.
 */
export function week(state: Shown): CalendarView {
  const entries = [...holdsIn(state), ...bookingsIn(state)];
  return {
    kind: 'calendar',
    columns: DAYS,
    from: EARLIEST,
    to: LATEST,
    open: DAYS.flatMap((day, column) =>
      hoursOf(day).map(({ startMinutes: from, endMinutes: to }) => ({ column, from, to })),
    ),
    entries,
  };
}

function holdsIn({ pending }: Shown): readonly Entry[] {
  return [...pending.values()]
    .filter(({ status }) => status === 'AwaitingPreauth')
    .map(({ id, userId, slot: { day, time }, aptType }) => ({
      id: `request ${id}`,
      ...placeOf({ day, time, aptType }),
      title: titleOf(userId),
      detail: `${aptType}, held (#${id})`,
      tone: 'waiting',
    }));
}

function bookingsIn({ bookings, pending }: Shown): readonly Entry[] {
  const requests = new Map<string, number>();
  for (const { id, status, userId, slot } of pending.values()) {
    if (status === 'SlotConfirmed') requests.set(`${slot.day} ${slot.time} ${userId}`, id);
  }
  const booked = [...bookings].map(([key, booking]) => ({ key, booking, ...placeOf(booking) }));
  return booked.map(({ key, booking: { userId, aptType }, column, from, to }) => {
    const overlapping = booked.some(
      (other) => other.key !== key && other.column === column && other.from < to && from < other.to,
    );
    const id = requests.get(`${key} ${userId}`);
    return {
      id: id === undefined ? `booking ${key}` : `request ${id}`,
      column,
      from,
      to,
      title: titleOf(userId),
      detail: `${aptType}${id === undefined ? '' : ` (#${id})`}`,
      tone: overlapping ? 'bad' : 'good',
    };
  });
}

/** Who is in the slot comes first: short entries and narrow columns have room for little else. */
function titleOf(userId: number): string {
  return `Patient ${userId}`;
}

function placeOf({ day, time, aptType }: Pick<Booking, 'day' | 'time' | 'aptType'>) {
  const { startMinutes: from, endMinutes: to } = slotOf(time, aptType);
  return { column: DAYS.indexOf(day), from, to };
}
