import type { Caller } from '../session/caller.ts';

const MIB = 1_048_576;

/** Most bytes of a request body, by caller. The operator's limit has room for the largest import (32 MiB, escaped as a JSON string). */
const BODY_LIMITS: Readonly<Record<Caller['kind'], number>> = {
  anonymous: 65_536,
  principal: 4 * MIB,
  checker: 4 * MIB,
  operator: 64 * MIB,
};

export function bodyLimitOf(caller: Caller): number {
  return BODY_LIMITS[caller.kind];
}

/** Most bytes of a request body of a client of AWS: unsigned, and with a signature that is still to be verified. */
export const AWS_BODY_LIMITS = { unsigned: 65_536, signed: MIB };

/** Limits of a multipart request. */
export interface UploadLimits {
  /** Bytes of the whole body. */
  readonly bytes: number;
  /** Bytes of `operations`, and of `map`, which are held in memory. */
  readonly fieldBytes: number;
  readonly files: number;
}

/** Of a multipart request of the operator; its files are stored and not held in memory. */
export const UPLOAD_LIMITS: UploadLimits = { bytes: 512 * MIB, fieldBytes: BODY_LIMITS.operator, files: 10_000 };

/** Most bytes of a request to AuthZEN's API, of any caller: as many as a principal may send. */
export const AUTHZEN_BODY_LIMIT = BODY_LIMITS.principal;

/** What a request to AuthZEN's API may hold: ten thousand evaluations with all their objects. */
export const AUTHZEN_JSON_LIMITS = { characters: AUTHZEN_BODY_LIMIT, depth: 32, values: 200_000 } as const;

/** Characters of all documents of a request without credentials: anybody may send as many requests. */
export const ANONYMOUS_DOCUMENT = 8192;

/** `64 KiB`, `16 MiB` … for messages. */
export function shownBytes(bytes: number): string {
  return bytes >= MIB ? `${bytes / MIB} MiB` : `${bytes / 1024} KiB`;
}

/** Most GraphQL operations in one JSON array. */
export const MAX_BATCHED_OPERATIONS = 10;
/** How long a request may take to arrive, head and body. Milliseconds. */
export const REQUEST_TIMEOUT = 120_000;
/** How long running requests may continue after the gateway was told to stop. Milliseconds. */
export const STOP_TIMEOUT = 20_000;
/** How long a readiness check waits for the database. Milliseconds. */
export const READINESS_TIMEOUT = 2_000;
