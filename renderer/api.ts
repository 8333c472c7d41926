import {
  eventSchema,
  REQUESTS,
  type ApiEvent,
  type Bridge,
  type RequestAnswers,
  type RequestName,
  type RequestTakes,
} from '../core/api/contract.ts';

declare global {
  interface Window {
    readonly phasmoscope: Bridge;
  }
}

/** Asks the main process for something; the answer has been checked against the contract. */
export async function request<Name extends RequestName>(
  name: Name,
  takes: RequestTakes<Name>,
): Promise<RequestAnswers<Name>> {
  const answer = await window.phasmoscope.request(name, takes);
  return REQUESTS[name].answers.parse(answer) as RequestAnswers<Name>;
}

/** A new id for a machine, a run or whatever else goes on: the window chooses them. */
export function newId(prefix: string): string {
  return `${prefix}-${crypto.randomUUID()}`;
}

/** Listens to what comes unasked, until the answered function is called. */
export function onEvent(listener: (event: ApiEvent) => void): () => void {
  return window.phasmoscope.onEvent((event) => listener(eventSchema.parse(event)));
}

/** Hands a file that was dropped on the window to the main process. */
export function openDroppedFile(file: File): void {
  window.phasmoscope.openDroppedFile(file);
}
