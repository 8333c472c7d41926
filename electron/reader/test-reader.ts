import {
  readerMessageSchema,
  type ReaderMessage,
  type ReaderRequest,
} from '../../core/contract/reader.ts';

/** What the reader says of a kind. */
type MessageOf<Kind extends ReaderMessage['kind']> = Extract<ReaderMessage, { kind: Kind }>;

let post: (request: unknown) => void;
let heard: () => void = () => {};
const messages: ReaderMessage[] = [];

/** Starts the real reader in this process: of Electron it needs only the channel to the main process. */
export async function startReader(): Promise<void> {
  Object.assign(process, {
    parentPort: {
      postMessage(message: unknown) {
        messages.push(readerMessageSchema.parse(structuredClone(message)));
        heard();
      },
      on: (_: 'message', listen: (event: { data: unknown }) => void) => {
        post = (data) => listen({ data });
      },
    },
  });
  await import('./reader.ts');
}

/** Asks something of the reader. */
export function ask(request: ReaderRequest): void {
  post(request);
}

/** The messages of a kind so far, which are then forgotten. */
export function taken<Kind extends ReaderMessage['kind']>(kind: Kind): MessageOf<Kind>[] {
  const found = messages.filter((message): message is MessageOf<Kind> => message.kind === kind);
  const others = messages.filter((message) => message.kind !== kind);
  messages.splice(0, messages.length, ...others);
  return found;
}

/** Waits for a message of a kind. */
export async function next<Kind extends ReaderMessage['kind']>(
  kind: Kind,
): Promise<MessageOf<Kind>> {
  for (;;) {
    const at = messages.findIndex((message) => message.kind === kind);
    if (at !== -1) return messages.splice(at, 1)[0] as MessageOf<Kind>;
    await new Promise<void>((resolve) => {
      heard = resolve;
    });
  }
}
