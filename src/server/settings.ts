import { resolve } from 'node:path';
import { WORK_LIMITS, type WorkLimits } from '../access/work.ts';
import { DEFAULT_MEMORY } from '../directory/gather/memory-budget.ts';
import type { Retention } from '../directory/pruning/prune.ts';
import type { CertificateFiles } from './certificate.ts';
import { type DatabaseSettings, readDatabaseSettings } from './database-settings.ts';
import type { DecisionLogSettings } from './decision-log.ts';
import { parseTrustedMode, type TrustedSettings } from './documents/trusted.ts';
import { type LimitSettings, readLimits } from './limit-settings.ts';
import { DEFAULT_METRICS, type MetricsPlace, type MetricsSettings, parseMetricsPlace } from './metrics-settings.ts';
import { readRetention } from './retention-settings.ts';
import { unknownNames } from './setting-names.ts';
import { ENVIRONMENT, type SettingInForce, SettingReader, type SettingSource } from './setting-reader.ts';
import {
  type LogLevel,
  type Problem,
  parseCount,
  parseDatabaseUrl,
  parseDataDir,
  parseFile,
  parseHost,
  parseLogLevel,
  parseMemory,
  parseMilliseconds,
  parseNetworks,
  parseOrigins,
  parsePort,
  parsePublicUrl,
  parseSeconds,
  parseSwitch,
  parseToken,
  parseWorkers,
} from './setting-values.ts';
import { parseShare, readTraces, type TraceSettings } from './trace-settings.ts';

/** Invalid settings: one sentence for each fault, without secrets. */
export class InvalidSettings extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'InvalidSettings';
    this.problems = problems;
  }
}

/** The validated settings. */
export interface Settings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** An absolute path. */
  readonly dataDir: string;
  /** Null: the embedded database in the data folder. */
  readonly databaseUrl: string | null;
  /** For the server of `databaseUrl`. */
  readonly database: DatabaseSettings;
  /** Null: the token in the data folder, created at first start. */
  readonly operatorToken: string | null;
  /** An absolute path: the file with the master key. Null: `master.key` in the data folder, created at first start. */
  readonly masterKeyFile: string | null;
  /** Bytes for what is kept of the directory in memory. */
  readonly memory: number;
  /** Whether an empty directory gets the demo organization. */
  readonly demo: boolean;
  /** Addresses and networks of the proxies in front of the gateway, whose statements about the client are trusted. */
  readonly trustedProxies: readonly string[];
  /** Origins whose pages may ask with a bearer token. */
  readonly allowedOrigins: readonly string[];
  /** https://host, as clients reach the gateway; null: a trusted proxy may say it with each request. */
  readonly publicUrl: string | null;
  /** An absolute path: the file with short names for AuthZEN's enforcement points. Null: there are none. */
  readonly authzenMap: string | null;
  /** The gateway's own TLS; null: plain HTTP. */
  readonly tls: CertificateFiles | null;
  /** Seconds between the signal to stop, when readiness goes, and the end of listening. */
  readonly drainSeconds: number;
  /** Seconds for which a connection without requests is kept. */
  readonly keepAliveSeconds: number;
  /** Seconds for which a subscription may be open. */
  readonly subscriptionSeconds: number;
  readonly limits: LimitSettings;
  /** How long what has ended is kept. */
  readonly retention: Retention;
  readonly metrics: MetricsSettings;
  readonly trustedDocuments: TrustedSettings;
  readonly traces: TraceSettings;
  readonly decisionLog: DecisionLogSettings;
  /** Processes on the port. More than one need a server. */
  readonly workers: number;
  readonly graphiql: boolean;
  readonly console: boolean;
  /** How long a request may take, and how much of this process's time. Milliseconds. */
  readonly workLimits: WorkLimits;
  readonly logLevel: LogLevel;
}

/**
 * Reads the settings from environment variables; a variable that is empty counts as not set. `workingDir` is what a
 * relative data folder is relative to. Throws InvalidSettings with one sentence for every refused value.
 */
export function readSettings(env: SettingSource['values'], workingDir: string): Settings {
  return readSettingsFrom([{ name: ENVIRONMENT, values: env }], workingDir).settings;
}

/** The names of all settings. */
export function settingNames(): readonly string[] {
  return readSettingsFrom([], '/').inForce.map(({ name }) => name);
}

/** Reads the settings from several sources, the nearest first. Throws InvalidSettings. */
export function readSettingsFrom(
  sources: readonly SettingSource[],
  workingDir: string,
): { readonly settings: Settings; readonly inForce: readonly SettingInForce[] } {
  const reader = new SettingReader(sources, workingDir);
  const settings = settingsOf(reader, workingDir);
  const { inForce, problems } = reader;
  const names = inForce.map(({ name }) => name);
  for (const source of sources) problems.push(...unknownNames(source, names));
  if (problems.length > 0) throw new InvalidSettings(problems);
  return { settings, inForce };
}

function settingsOf(reader: SettingReader, workingDir: string): Settings {
  const { read, problems } = reader;
  const readSeconds = (name: string, otherwise: number, least: number, most: number): number =>
    read(name, otherwise, (text) => parseSeconds(text, least, most));
  const readUrl = (name: string): string | null => reader.readSecret(name, parseDatabaseUrl, maskedUrl);
  const databaseUrl = readUrl('DATABASE_URL');
  const settings: Settings = {
    host: read('HOST', '127.0.0.1', parseHost),
    port: read('PORT', 4000, parsePort),
    dataDir: resolve(workingDir, read('ROLEGATE_DATA_DIR', '.rolegate', parseDataDir)),
    databaseUrl,
    database: readDatabaseSettings({
      seconds: readSeconds,
      milliseconds: (name, otherwise, most) => read(name, otherwise, (text) => parseMilliseconds(text, most)),
      url: readUrl,
    }),
    operatorToken: reader.readSecret('ROLEGATE_OPERATOR_TOKEN', parseToken),
    masterKeyFile: read<string | null>('ROLEGATE_MASTER_KEY_FILE', null, (text) => parseFile(text, workingDir)),
    memory: read('ROLEGATE_MEMORY_BYTES', DEFAULT_MEMORY, parseMemory),
    demo: read('ROLEGATE_DEMO', databaseUrl === null, parseSwitch),
    trustedProxies: read('ROLEGATE_TRUSTED_PROXIES', [], parseNetworks),
    allowedOrigins: read('ROLEGATE_ALLOWED_ORIGINS', [], parseOrigins),
    publicUrl: read<string | null>('ROLEGATE_PUBLIC_URL', null, parsePublicUrl),
    authzenMap: read<string | null>('ROLEGATE_AUTHZEN_MAP', null, (text) => parseFile(text, workingDir)),
    tls: readTls(read, workingDir, problems),
    drainSeconds: readSeconds('ROLEGATE_DRAIN_SECONDS', 0, 0, 600),
    keepAliveSeconds: readSeconds('ROLEGATE_KEEP_ALIVE_SECONDS', 65, 1, 3600),
    subscriptionSeconds: readSeconds('ROLEGATE_SUBSCRIPTION_SECONDS', 3600, 1, 86_400),
    limits: readLimits((name, otherwise) => read(name, otherwise, parseCount)),
    retention: readRetention((name, otherwise) => read(name, otherwise, parseCount)),
    metrics: {
      place: read<MetricsPlace>('ROLEGATE_METRICS_ADDRESS', DEFAULT_METRICS, parseMetricsPlace),
      token: reader.readSecret('ROLEGATE_METRICS_TOKEN', parseToken),
    },
    trustedDocuments: {
      file: read<string | null>('ROLEGATE_TRUSTED_DOCUMENTS', null, (text) => parseFile(text, workingDir)),
      mode: read<'also' | 'only'>('ROLEGATE_TRUSTED_DOCUMENTS_MODE', 'also', parseTrustedMode),
    },
    traces: readTraces(reader),
    decisionLog: {
      place: read<string | null>('ROLEGATE_DECISION_LOG', null, (text) =>
        text === 'stdout' ? text : parseFile(text, workingDir),
      ),
      share: read<number | null>('ROLEGATE_DECISION_LOG_SHARE', null, parseShare),
    },
    workers: read('ROLEGATE_WORKERS', 1, parseWorkers),
    graphiql: read('ROLEGATE_GRAPHIQL', true, parseSwitch),
    console: read('ROLEGATE_CONSOLE', true, parseSwitch),
    workLimits: readWorkLimits((name, otherwise) => readSeconds(name, otherwise, 1, 86_400)),
    logLevel: read('LOG_LEVEL', 'warn', parseLogLevel),
  };
  if (settings.workers > 1 && databaseUrl === null) problems.push(WORKERS_NEED_A_SERVER);
  const { file, mode } = settings.trustedDocuments;
  if (mode === 'only' && file === null) problems.push(ONLY_NEEDS_A_FILE);
  return settings;
}

const ONLY_NEEDS_A_FILE = 'ROLEGATE_TRUSTED_DOCUMENTS_MODE `only` needs ROLEGATE_TRUSTED_DOCUMENTS, the file with them';
const WORKERS_NEED_A_SERVER = 'ROLEGATE_WORKERS needs DATABASE_URL: the embedded database belongs to one process';

function readWorkLimits(seconds: (name: string, otherwise: number) => number): WorkLimits {
  return {
    time: 1000 * seconds('ROLEGATE_REQUEST_SECONDS', WORK_LIMITS.time / 1000),
    cpu: 1000 * seconds('ROLEGATE_REQUEST_CPU_SECONDS', WORK_LIMITS.cpu / 1000),
  };
}

/** A database URL without its password, to be shown. */
export function withoutPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  if (url.password !== '') url.password = '***';
  for (const name of new Set(url.searchParams.keys())) if (/pass|secret/i.test(name)) url.searchParams.set(name, '***');
  return url.href;
}

/** What cannot be read may hold a password anywhere. */
function maskedUrl(text: string): string {
  return parseDatabaseUrl(text) === text ? withoutPassword(text) : '***';
}

/** Both files or none. */
function readTls(
  read: (name: string, fallback: string | null, parse: (text: string) => string | Problem) => string | null,
  workingDir: string,
  problems: string[],
): CertificateFiles | null {
  const certificate = read('TLS_CERT_FILE', null, (text) => parseFile(text, workingDir));
  const key = read('TLS_KEY_FILE', null, (text) => parseFile(text, workingDir));
  if (certificate !== null && key !== null) return { certificate, key };
  if (certificate !== null) problems.push('TLS_CERT_FILE needs TLS_KEY_FILE, the file with the private key');
  if (key !== null) problems.push('TLS_KEY_FILE needs TLS_CERT_FILE, the file with the certificate');
  return null;
}
