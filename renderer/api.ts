import { z } from 'zod';
import {
  eventSchema,
  REQUESTS,
  type ApiEvent,
  type Bridge,
  type RequestReturns,
  type RequestName,
  type RequestTakes,
} from '../core/contract/window.ts';

declare global {
  interface Window {
    readonly phasmoscope: Bridge;
  }
}

let connected: Bridge | undefined;

/** Lets something else answer than the main process: a saved page answers by itself. */
export function connectTo(other: Bridge): void {
  connected = other;
}

function bridge(): Bridge {
  return connected ?? window.phasmoscope;
}

/** Questions about traces that have no reply yet. */
let asked = 0;

/** Sends a request to the main process; the reply is checked against the contract. */
export async function request<Name extends RequestName>(
  name: Name,
  takes: RequestTakes<Name>,
): Promise<RequestReturns<Name>> {
  const sent = z.encode<z.ZodType>(REQUESTS[name].takes, takes);
  const isAsking = name === 'ask' || name === 'askFile';
  if (isAsking) asked += 1;
  try {
    const reply = await bridge().request(name, sent);
    return REQUESTS[name].returns.parse(reply) as RequestReturns<Name>;
  } finally {
    if (isAsking) asked -= 1;
  }
}

/** Whether something that is shown, or will be soon, is still being read from a trace. */
export function isAwaitingAnswers(): boolean {
  return asked > 0;
}

/** Returns a new id for a machine, a run, a sweep or a task: the window chooses ids. */
export function newId(prefix: string): string {
  return `${prefix}-${crypto.randomUUID()}`;
}

/** Listens to what the main process sends by itself, until the returned function is called. */
export function onEvent(listener: (event: ApiEvent) => void): () => void {
  return bridge().onEvent((event) => listener(eventSchema.parse(event)));
}

/** Hands a file that was dropped on the window to the main process. */
export function openDroppedFile(file: File): void {
  bridge().openDroppedFile(file);
}
