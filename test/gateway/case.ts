import { createHash } from 'node:crypto';
import { TOTP } from 'otpauth';
import type { Given } from './given.ts';

/** One file of cases. */
export interface CaseFile {
  readonly section: string;
  /** What cases that say nothing else begin with. */
  readonly given?: Given;
  /** What steps that say nothing else do. */
  readonly always?: Partial<Step>;
  readonly cases: readonly Case[];
}

export interface Case {
  readonly name: string;
  /** Where AWS says so. */
  readonly source: string;
  /** Takes the place of the file's, kind by kind. */
  readonly given?: Given;
  readonly always?: Partial<Step>;
  readonly steps: readonly Step[];
}

/** Something that happens, one after the other. */
export interface Step {
  /** Seconds that pass before. */
  readonly after?: number;
  /**
   * Who does it: the name of a user (with its access key; `a new key of alice`: with another one), a name under which
   * credentials or a cookie were kept, a service, `operator` or `nobody`.
   */
  readonly by?: string;
  /** An operation, see operations.ts. */
  readonly do?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  /** Short for: may the caller do this action on this resource? */
  readonly may?: readonly [action: string, resource: string];
  /** The name under which what it got is kept. */
  readonly keep?: string;
  readonly expect?: Readonly<Record<string, unknown>>;
  /** In the place of all that: the directory is changed so. */
  readonly change?: Given;
}

/** A numbered case has its own accounts in the one directory: those of the text, with other digits. */
export function withOwnAccounts<T>(value: T, number: number): T {
  return JSON.parse(JSON.stringify(value).replace(/(?<![\d])([1239])\1{11}(?![\d])/g, (id) => ownAccount(id, number)));
}

function ownAccount(id: string, number: number): string {
  return id.slice(0, 1) + String(number).padStart(7, '0') + id.slice(8);
}

/** The other way round, so that what failed reads as the case is written. */
export function withTextAccounts<T>(value: T, number: number): T {
  const own = String(number).padStart(7, '0');
  const text = JSON.stringify(value) ?? 'null';
  return JSON.parse(
    text.replace(new RegExp(`([1239])${own}(\\1{4})(?!\\d)`, 'g'), (_, digit: string) => digit.repeat(12)),
  );
}

export interface Resolving {
  readonly now: number;
  keyOf(user: string): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }>;
  seedOf(user: string): string;
  tokenOf(claims: Readonly<Record<string, unknown>>): Promise<string>;
  kept(name: string): Readonly<Record<string, unknown>>;
}

const CODE_SECONDS = 30;

/**
 * `value` with what stands for something put in its place:
 * `{"repeat": "x", "times": 64}` that text; `{"list": 50, "of": …}` that many, with their number in the place of `%`;
 * `{"noise": "a", "length": 64}` that many letters without a rule, others for another name;
 * `{"code": "alice", "steps": -1}` what alice's MFA device shows (a time step ago); `{"keyOf": "alice"}`,
 * `{"secretOf": "alice"}` her access key; `{"kept": "s1", "is": "sessionToken"}` something of what was kept;
 * `{"padded": …, "to": 2048}` its text, made that long with blanks; `{"token": {…}}` a token with these claims, signed by its issuer; `{"json": …}` its text.
 */
export async function resolved(value: unknown, from: Resolving): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((each) => resolved(each, from)));
  if (typeof value !== 'object' || value === null) return value;
  const given = value as Readonly<Record<string, unknown>>; // as: an object of JSON
  if ('repeat' in given) return String(given['repeat']).repeat(Number(given['times']));
  if ('list' in given) return resolved(listed(Number(given['list']), given['of']), from);
  if ('noise' in given) return noise(String(given['noise']), Number(given['length']));
  if ('code' in given && 'steps' in given) return codeOf(from, String(given['code']), Number(given['steps']));
  if ('keyOf' in given) return (await from.keyOf(String(given['keyOf']))).accessKeyId;
  if ('secretOf' in given) return (await from.keyOf(String(given['secretOf']))).secretAccessKey;
  if ('kept' in given) return from.kept(String(given['kept']))[String(given['is'])];
  if ('padded' in given) return JSON.stringify(given['padded']).padEnd(Number(given['to']));
  if ('json' in given) return JSON.stringify(given['json']);
  if ('token' in given) return from.tokenOf(given['token'] as Readonly<Record<string, unknown>>);
  const pairs = Object.entries(given).map(async ([key, each]) => [key, await resolved(each, from)] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

function listed(count: number, of: unknown): unknown[] {
  return Array.from({ length: count }, (_, index) => JSON.parse(JSON.stringify(of).replaceAll('%', String(index))));
}

function noise(name: string, length: number): string {
  let text = '';
  for (let i = 0; text.length < length; i += 1) text += createHash('sha512').update(`${name} ${i}`).digest('base64url');
  return text.slice(0, length);
}

function codeOf(from: Resolving, user: string, steps: number): string {
  const totp = new TOTP({ secret: from.seedOf(user), algorithm: 'SHA1', digits: 6, period: CODE_SECONDS });
  return totp.generate({ timestamp: from.now + steps * CODE_SECONDS * 1000 });
}
