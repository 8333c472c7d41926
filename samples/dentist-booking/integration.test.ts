import { expect, it } from 'vitest';
import type { AppointmentType, Day, Time } from './schedule.ts';
import { patient, Practice } from './test-practice.ts';

// The integration tests of the Rust original, one by one.

function slot(userId: number, day: Day, time: Time, aptType: AppointmentType) {
  return { kind: 'RequestSlot', ...patient(userId), day, time, aptType } as const;
}

it('books a slot that is asked and paid for', async () => {
  const practice = new Practice();
  await practice.book(slot(1, 'Monday', '09:00', 'Checkup'));
  expect([...practice.state.bookings]).toEqual([
    [
      'Monday 09:00',
      { userId: 1, day: 'Monday', time: '09:00', aptType: 'Checkup', amountPaid: 75 },
    ],
  ]);
});

it('refuses a slot that is booked', async () => {
  const practice = new Practice();
  await practice.book(slot(1, 'Monday', '09:00', 'Checkup'));
  expect(await practice.request(slot(2, 'Monday', '09:00', 'Checkup'))).toBeUndefined();
  expect(practice.state.bookings.size).toBe(1);
});

it('books a free slot on a day and at a time that suit', async () => {
  const practice = new Practice();
  const booked = await practice.book({
    kind: 'RequestAuto',
    ...patient(1),
    days: ['Monday', 'Tuesday'],
    times: [['09:00', '12:00']],
    aptType: 'Checkup',
  });
  expect(booked).toEqual({ day: 'Monday', time: '09:00' });
  expect(practice.state.bookings.get('Monday 09:00')).toMatchObject({
    userId: 1,
    aptType: 'Checkup',
  });
});

it('keeps its invariants while a morning fills', async () => {
  const practice = new Practice();
  const times: readonly Time[] = ['09:00', '09:30', '10:00', '10:30', '11:00'];
  for (const [index, time] of times.entries()) {
    await practice.book(slot(index + 1, 'Monday', time, 'Checkup'));
  }
  expect([...practice.state.bookings.values()]).toMatchObject(
    times.map((time, index) => ({ userId: index + 1, day: 'Monday', time, aptType: 'Checkup' })),
  );
});

it('honours what patients prefer, for appointments of any length', async () => {
  const practice = new Practice();
  await practice.book(slot(1, 'Wednesday', '14:30', 'Filling'));
  // Tuesday opens at 09:00 and Thursday at 10:00: the first hour that suits is on Tuesday.
  const found = await practice.book({
    kind: 'RequestAuto',
    ...patient(2),
    days: ['Tuesday', 'Thursday'],
    times: [
      ['10:00', '13:00'],
      ['14:00', '16:00'],
    ],
    aptType: 'RootCanal',
  });
  expect(found).toEqual({ day: 'Tuesday', time: '10:00' });
  await practice.book(slot(3, 'Friday', '09:00', 'Cleaning'));
  await practice.book(slot(4, 'Friday', '10:00', 'Checkup'));
  expect([...practice.state.bookings.values()]).toEqual([
    { userId: 1, day: 'Wednesday', time: '14:30', aptType: 'Filling', amountPaid: 150 },
    { userId: 2, day: 'Tuesday', time: '10:00', aptType: 'RootCanal', amountPaid: 200 },
    { userId: 3, day: 'Friday', time: '09:00', aptType: 'Cleaning', amountPaid: 50 },
    { userId: 4, day: 'Friday', time: '10:00', aptType: 'Checkup', amountPaid: 75 },
  ]);
});
