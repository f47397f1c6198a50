import { type Connection, type PoolClient, Query } from 'pg';

/** What pg has for COPY, without saying so in its types. */
interface CopyingConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** A statement of COPY FROM STDIN with its rows. pg sends such a statement, but asks others for the rows. */
class Copy extends Query {
  readonly #lines: string;

  constructor(statement: string, lines: string, done: (error: Error | undefined) => void) {
    super(statement, done);
    this.#lines = lines;
  }

  /** Called by pg once the server waits for rows. */
  handleCopyInResponse(connection: CopyingConnection): void {
    connection.sendCopyFromChunk(Buffer.from(this.#lines));
    connection.endCopyFrom();
  }
}

export function copyTo(client: PoolClient, statement: string, lines: string): Promise<void> {
  return new Promise((copied, failed) => {
    client.query(new Copy(statement, lines, (error) => (error == null ? copied() : failed(error))));
  });
}
