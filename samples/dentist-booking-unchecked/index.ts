import { assertNever, defineMachine } from 'phasmoscope';
import { complete, machine as dentist, request, type Dentist } from '../dentist-booking/machine.ts';

export { scenarios } from '../dentist-booking/scenarios.ts';

/**
 * The dentist with one planted defect: a confirmation does not check again whether its slot is still
 * free. Two patients may hold overlapping slots at the same time, since a slot is taken only once it
 * is paid for; if both payments succeed, both slots are booked.
 */
export const machine = defineMachine<Dentist>({
  ...dentist,
  name: 'dentist-booking-unchecked',
  description: 'The dentist, but a confirmation does not check again whether the slot is free.',

  stf(state, input, actions) {
    switch (input.kind) {
      case 'normal':
        return request(state, input.input, actions);
      case 'trackedActionCompleted':
        return complete(state, input.id, input.result, actions, { checksSlotAgain: false });
      default:
        return assertNever(input, 'input');
    }
  },
});
