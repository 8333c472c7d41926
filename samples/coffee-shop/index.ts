export { machine } from './machine.ts';
export { scenarios } from './scenarios.ts';
