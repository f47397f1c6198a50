import { type Connection, type PoolClient, Query } from 'pg';

/** What pg has for COPY, without saying so in its types. */
interface CopyingConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** A statement of COPY FROM STDIN with its rows. pg sends such a statement, but asks others for the rows. */
class Copy extends Query {
  readonly #lines: string;

  constructor(statement: string, lines: string) {
    super(statement);
    this.#lines = lines;
  }

  /** Called by pg once the server waits for rows. */
  handleCopyInResponse(connection: CopyingConnection): void {
    connection.sendCopyFromChunk(Buffer.from(this.#lines));
    connection.endCopyFrom();
  }
}

/** What pg takes beside a statement of its own kind. */
type Send = (copy: Copy, done: (error: Error | null | undefined) => void) => void;

export function copyTo(client: PoolClient, statement: string, lines: string): Promise<void> {
  // as: its types leave the callback out. Given here, and not to the statement, whoever listens to the connection sees the end.
  const send = client.query.bind(client) as unknown as Send;
  return new Promise((copied, failed) => {
    send(new Copy(statement, lines), (error) => (error == null ? copied() : failed(error)));
  });
}
