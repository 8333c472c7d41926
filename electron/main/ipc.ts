import { ipcMain, type BrowserWindow } from 'electron';
import {
  REQUESTS,
  type ApiEvent,
  type RequestReturns,
  type RequestName,
  type RequestTakes,
} from '../../core/contract/window.ts';
import { isOwnPage } from './window.ts';

/** The main process's side of every request of the contract. */
export type Handlers = {
  readonly [Name in RequestName]: (
    takes: RequestTakes<Name>,
  ) => RequestReturns<Name> | Promise<RequestReturns<Name>>;
};

/** Throws unless a request comes from a frame that shows our own page. */
function requireOwnPage(url: string | undefined): void {
  if (url === undefined || !isOwnPage(url))
    throw new Error(`requests from ${url ?? 'nowhere'} are refused`);
}

/**
 * Connects the window: the only place that listens to it. Every payload is checked against the
 * contract before a handler sees it.
 */
export function connect(handlers: Handlers, onDroppedFile: (path: string) => void): void {
  ipcMain.handle('request', async (event, name: unknown, payload: unknown) => {
    requireOwnPage(event.senderFrame?.url);
    if (typeof name !== 'string' || !Object.hasOwn(REQUESTS, name)) {
      throw new Error(`no request is named ${String(name)}`);
    }
    const known = name as RequestName;
    const takes = REQUESTS[known].takes.parse(payload);
    // The table of handlers has the type of the table of requests, entry by entry.
    const handler = handlers[known] as (takes: unknown) => unknown;
    return await handler(takes);
  });
  ipcMain.on('dropped', (event, path: unknown) => {
    requireOwnPage(event.senderFrame?.url);
    if (typeof path === 'string' && path !== '') onDroppedFile(path);
  });
}

/** Sends an event to the window, if it is still there. */
export function sendTo(window: BrowserWindow | undefined, event: ApiEvent): void {
  if (window && !window.isDestroyed()) window.webContents.send('event', event);
}
