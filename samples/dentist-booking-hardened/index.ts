export { scenarios } from '../dentist-booking/scenarios.ts';
export { machine } from './machine.ts';
