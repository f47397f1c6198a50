import { resolve } from 'node:path';
import { httpsOrigin } from '../authzen/https-origin.ts';
import { LEAST_MEMORY } from '../directory/gather/memory-budget.ts';
import { MIN_OPERATOR_TOKEN_LENGTH } from '../session/secrets.ts';
import { isNetwork } from './networks.ts';

// The values of settings, read from texts.

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const MAX_TOKEN_LENGTH = 512;

/** Why a text is refused. */
export class Problem {
  /** Continues the sentence after the variable's name. */
  readonly sentence: string;
  constructor(sentence: string) {
    this.sentence = sentence;
  }
}

export function parseHost(text: string): string | Problem {
  if (/^[A-Za-z0-9.\-_]+$/.test(text) || /^[0-9A-Fa-f:.]+(%[A-Za-z0-9]+)?$/.test(text)) return text;
  return new Problem(
    `must be a host name or an address to listen on, such as 127.0.0.1 or 0.0.0.0, without scheme and port; it is \`${shown(text)}\``,
  );
}

export function parsePort(text: string): number | Problem {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  return new Problem(`must be a whole number from 0 to 65535 (0: any free port); it is \`${shown(text)}\``);
}

export function parseDataDir(text: string): string | Problem {
  return text.includes('\0') ? new Problem('must be the path of a folder; it holds a NUL character') : text;
}

export function parseDatabaseUrl(text: string): string | Problem {
  const form = 'must be a PostgreSQL URL, postgresql://user:password@host:5432/database';
  // The value is not repeated: it may contain a password.
  if (!/^postgres(ql)?:\/\//.test(text)) return new Problem(`${form}; it begins otherwise`);
  if (!URL.canParse(text)) return new Problem(`${form}; it is not a valid URL`);
  const { hostname, pathname, searchParams } = new URL(text);
  if (hostname === '' && !searchParams.has('host')) return new Problem(`${form}; it names no host`);
  if (pathname.length < 2) return new Problem(`${form}; it names no database`);
  return text;
}

export function parseToken(text: string): string | Problem {
  // The characters of a Bearer token (RFC 6750, section 2.1). The token is a secret, so messages only mention its form.
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(text)) {
    return new Problem(
      'must consist of letters, digits and - . _ ~ + / (with = at its end); it holds other characters',
    );
  }
  if (text.length < MIN_OPERATOR_TOKEN_LENGTH || text.length > MAX_TOKEN_LENGTH) {
    return new Problem(
      `must have ${MIN_OPERATOR_TOKEN_LENGTH} to ${MAX_TOKEN_LENGTH} characters; it has ${text.length}`,
    );
  }
  return text;
}

export function parseMemory(text: string): number | Problem {
  const bytes = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (bytes >= LEAST_MEMORY) return bytes;
  return new Problem(`must be a whole number of bytes, ${LEAST_MEMORY} or more; it is \`${shown(text)}\``);
}

export function parseNetworks(text: string): readonly string[] | Problem {
  const networks = text.split(',').map((each) => each.trim());
  const wrong = networks.find((each) => !isNetwork(each));
  if (wrong === undefined) return networks;
  return new Problem(
    `must be a list of addresses and networks with commas between them, such as 127.0.0.1,10.0.0.0/8 (not /0, which is everybody); in it is \`${shown(wrong)}\``,
  );
}

export function parseOrigins(text: string): readonly string[] | Problem {
  const origins = text.split(',').map((each) => each.trim());
  const wrong = origins.find((each) => !isOrigin(each));
  if (wrong === undefined) return origins;
  const form =
    'must be a list of origins as browsers write them, with commas between them, such as https://app.example.com,http://localhost:3000 (no `*`, and no slash at the end)';
  return new Problem(wrong.includes('@') ? form : `${form}; in it is \`${shown(wrong)}\``);
}

/** The opaque origin `null` is that of many pages, and is none here. A `*` in a name would match nothing: it is meant as any. */
function isOrigin(text: string): boolean {
  return !text.includes('*') && /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

export function parsePublicUrl(text: string): string | Problem {
  const form = 'must be https://host or https://host:port, without a path';
  // What stands before an @ is not repeated: it may be a password.
  return httpsOrigin(text) ?? new Problem(text.includes('@') ? form : `${form}; it is \`${shown(text)}\``);
}

export function parseFile(text: string, workingDir: string): string | Problem {
  if (text.includes('\0')) return new Problem('must be the path of a file; it holds a NUL character');
  return resolve(workingDir, text);
}

export function parseSeconds(text: string, least: number, most: number): number | Problem {
  const seconds = /^[0-9]{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= least && seconds <= most) return seconds;
  return new Problem(`must be a whole number of seconds from ${least} to ${most}; it is \`${shown(text)}\``);
}

export function parseMilliseconds(text: string, most: number): number | Problem {
  const milliseconds = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (milliseconds <= most) return milliseconds;
  return new Problem(`must be a whole number of milliseconds up to ${most}; it is \`${shown(text)}\``);
}

export function parseCount(text: string): number | Problem {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  return new Problem(`must be a whole number up to 999999999 (0: no limit); it is \`${shown(text)}\``);
}

export function parseWorkers(text: string): number | Problem {
  const workers = /^[0-9]{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (workers >= 1 && workers <= 128) return workers;
  return new Problem(`must be a whole number of processes from 1 to 128; it is \`${shown(text)}\``);
}

export function parseSwitch(text: string): boolean | Problem {
  if (text === 'on') return true;
  if (text === 'off') return false;
  return new Problem(`must be on or off; it is \`${shown(text)}\``);
}

export function parseLogLevel(text: string): LogLevel | Problem {
  const level = LOG_LEVELS.find((known) => known === text);
  return level ?? new Problem(`must be one of ${LOG_LEVELS.join(', ')}; it is \`${shown(text)}\``);
}

/** Control characters would let a value write lines of its own on a terminal. */
export function shown(text: string, most = 60): string {
  const printable = text.replace(/[^\x20-\x7e]/g, '?');
  return printable.length > most ? `${printable.slice(0, most)}…` : printable;
}
