/** An answer within a stream of server-sent events. */
export interface StreamedEvent {
  readonly event: string;
  // The answers of many different subscriptions: tests say what they expect with matchers.
  readonly data: ReturnType<typeof JSON.parse>;
}

/** A client of graphql-sse's distinct connections: one subscription in one request. */
export interface EventClient {
  readonly status: number;
  readonly headers: Headers;
  /** What has arrived so far. */
  readonly events: readonly StreamedEvent[];
  /** How many comments have arrived. */
  readonly comments: number;
  /** Whether the stream has ended, however. */
  readonly isOver: boolean;
  /** Rejects when it takes longer than `milliseconds`. */
  next(milliseconds?: number): Promise<StreamedEvent>;
  /** Resolves when the stream has ended. */
  over(milliseconds?: number): Promise<void>;
  leave(): void;
}

/** Subscribes; resolves when the head of the answer is there. */
export async function subscribe(
  url: string,
  query: string,
  { variables = {}, authorization, get = false }: { variables?: object; authorization?: string; get?: boolean } = {},
): Promise<EventClient> {
  const controller = new AbortController();
  const headers = { accept: 'text/event-stream', ...(authorization === undefined ? {} : { authorization }) };
  const { signal } = controller;
  const address = `${url}/graphql`;
  const response = get
    ? await fetch(`${address}?${new URLSearchParams({ query, variables: JSON.stringify(variables) })}`, {
        headers,
        signal,
      })
    : await fetch(address, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
        signal,
      });
  const events: StreamedEvent[] = [];
  let taken = 0;
  let comments = 0;
  let isOver = false;
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        if (block.startsWith(':')) comments += 1;
        else events.push(parsed(block));
      }
    }
  };
  const reading = read()
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
    });
  const until = async (what: () => boolean, milliseconds: number): Promise<void> => {
    for (const end = Date.now() + milliseconds; !what(); ) {
      if (Date.now() > end) throw new Error(`nothing came within ${milliseconds} ms: ${JSON.stringify(events)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return {
    status: response.status,
    headers: response.headers,
    events,
    get comments() {
      return comments;
    },
    get isOver() {
      return isOver;
    },
    next: async (milliseconds = 10_000) => {
      await until(() => events.length > taken || isOver, milliseconds);
      const event = events[taken];
      if (event === undefined) throw new Error('the stream has ended');
      taken += 1;
      return event;
    },
    over: async (milliseconds = 10_000) => {
      await until(() => isOver, milliseconds);
      await reading;
    },
    leave: () => controller.abort(),
  };
}

function parsed(block: string): StreamedEvent {
  const lines = block.split('\n');
  const of = (name: string): string =>
    lines
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? '';
  const data = of('data');
  return { event: of('event'), data: data === '' ? null : JSON.parse(data) };
}
