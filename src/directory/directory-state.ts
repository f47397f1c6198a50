/** How an open directory is, to be measured: read without waiting. */
export interface DirectoryState {
  /** What answers from memory are of. */
  readonly revision: bigint;
  /** How many revisions are known to be newer. */
  readonly lag: number;
  /** By kind of entity, how many there are, about. */
  readonly size: Readonly<Record<string, number>>;
  readonly memory: MemoryState;
  /** Null: the database is in this process. */
  readonly connections: ConnectionState | null;
}

export interface MemoryState {
  /** Bytes, as they are weighed. */
  readonly kept: number;
  readonly room: number;
  /** Since the start: what was looked up and found, and what was not. */
  readonly hits: number;
  readonly misses: number;
}

/** Connections to a server. */
export interface ConnectionState {
  readonly busy: number;
  readonly idle: number;
  /** Statements and transactions that wait for one. */
  readonly waiting: number;
}
