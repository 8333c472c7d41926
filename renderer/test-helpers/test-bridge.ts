import { vi } from 'vitest';
import type { ApiEvent, MachineInfo } from '../../core/contract/window.ts';
import type { Problem } from '../../core/problem.ts';
import { formatHeader } from '../../core/trace/format/format.ts';
import { answer, questionSchema } from '../../core/trace/questions/questions.ts';
import { packDelta } from '../../core/trace/trace-index.ts';
import type { Trace } from '../../core/trace/trace.ts';

/** Every machine that the stub opens. */
const GATE: MachineInfo = {
  name: 'gate',
  description: '',
  sourceHash: '0',
  invariants: [],
  views: [],
  faultProfiles: [{ name: 'none', description: '' }],
  scenarios: [{ name: 'rush-hour', description: '', seed: '7', operations: 60 }],
};

/**
 * Stands for the main process: opens every machine, starts every task, and answers questions about
 * the traces that {@link growTrace} has sent. Returns the function that the window asks.
 *
 * @param broken why a machine cannot be opened, by the name of the sample or the path of the file.
 */
export function stubBridge(broken: Readonly<Record<string, Problem>> = {}) {
  const request = vi.fn((name: string, takes: unknown): Promise<unknown> => {
    if (name === 'ask') return ask(takes as Asked);
    if (name === 'saveTrace') return Promise.resolve({ kind: 'ok', value: '/saved/desk.jsonl.gz' });
    if (name === 'savePicture') return Promise.resolve({ kind: 'ok', value: '/saved/desk.png' });
    if (name !== 'openMachine') return Promise.resolve(null);
    const { machine } = takes as { machine: { name?: string; path?: string } };
    const problem = broken[machine.name ?? machine.path ?? ''];
    return Promise.resolve(problem ? { kind: 'problem', problem } : { kind: 'ok', value: GATE });
  });
  listeners.clear();
  const onEvent = (listener: (event: unknown) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  vi.stubGlobal('window', { phasmoscope: { request, onEvent } });
  return request;
}

const listeners = new Set<(event: unknown) => void>();

/** Sends an event to the window. */
export function emit(event: ApiEvent): void {
  for (const listener of listeners) listener(event);
}

interface Asked {
  readonly askId: string;
  readonly traceId: string;
  readonly question: unknown;
}

/** The traces that are read, by their ids. */
const traces = new Map<string, Trace>();

function traceOf(id: string): Trace {
  const trace = traces.get(id);
  if (!trace) throw new Error(`there is no trace ${id}`);
  return trace;
}

async function ask({ askId, traceId, question }: Asked): Promise<unknown> {
  const work = answer(traceOf(traceId), questionSchema.parse(question), traceOf);
  for (let next = work.next(); ; next = work.next()) {
    if (next.done) {
      // The reply may overtake the events.
      void Promise.resolve().then(() => emit({ kind: 'askFoundAll', askId }));
      return { kind: 'ok', value: next.value };
    }
    if (next.value !== undefined) emit({ kind: 'askFound', askId, part: next.value });
  }
}

/**
 * Sends the steps of a trace to the window, as the process that reads its file does.
 *
 * @param isCut whether its file ends without the closing line.
 */
export function growTrace(traceId: string, trace: Trace, from = 0, isCut = false): void {
  traces.set(traceId, trace);
  const header = from === 0 ? { header: formatHeader(trace.header) } : {};
  const { end, ...delta } = trace.index.since(from);
  const sent = isCut || !end ? delta : { ...delta, end };
  const { glances, rest } = packDelta(sent);
  emit({ kind: 'traceGrew', traceId, ...header, delta: { glances: glances.slice(), rest } });
}
