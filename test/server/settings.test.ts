import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { InvalidSettings, readSettings, readSettingsFrom, withoutPassword } from '../../src/server/settings.ts';

const read = (env: Record<string, string>) => readSettings(env, '/ann');

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    read(env);
  } catch (error) {
    if (error instanceof InvalidSettings) return error.problems;
    throw error;
  }
  return [];
}

describe('defaults', () => {
  test('of an empty environment', () => {
    expect(read({})).toEqual({
      host: '127.0.0.1',
      port: 4000,
      dataDir: '/ann/.rolegate',
      databaseUrl: null,
      database: {
        times: { statement: 5000, lock: 5000, idleTransaction: 5000, connection: 5000 },
        startSeconds: 30,
        directUrl: null,
        replicaUrl: null,
        freshness: { maxStaleness: 0, catchUp: 2000 },
      },
      operatorToken: null,
      masterKeyFile: null,
      memory: 512_000_000,
      demo: true,
      trustedProxies: [],
      allowedOrigins: [],
      publicUrl: null,
      authzenMap: null,
      tls: null,
      drainSeconds: 0,
      keepAliveSeconds: 65,
      subscriptionSeconds: 3600,
      limits: {
        callers: {
          principal: { concurrent: 64, costPerSecond: 100_000 },
          checker: { concurrent: 256, costPerSecond: 200_000 },
          anonymous: { concurrent: 64, costPerSecond: 50_000 },
          operator: { concurrent: Infinity, costPerSecond: Infinity },
        },
        subscriptions: 20,
        connections: 10_000,
        connectionsPerAddress: 1_000,
      },
      retention: { sessions: 90, changes: 90, documents: 90, events: Infinity },
      metrics: { place: { host: '127.0.0.1', port: 9464, isDefault: true }, token: null },
      trustedDocuments: { file: null, mode: 'also' },
      traces: { endpoint: null, serviceName: 'rolegate', share: 1, unread: [] },
      decisionLog: { place: null, share: null },
      workers: 1,
      graphiql: true,
      console: true,
      workLimits: { time: 30_000, cpu: 10_000 },
      logLevel: 'warn',
    });
  });

  test('an empty variable is one that is not set', () => {
    expect(read({ HOST: '', PORT: '', DATABASE_URL: '', ROLEGATE_OPERATOR_TOKEN: '' })).toEqual(read({}));
  });

  test('no demo organization in a PostgreSQL server, unless it is asked for', () => {
    const DATABASE_URL = 'postgresql://rolegate@db/rolegate';
    expect(read({ DATABASE_URL }).demo).toBe(false);
    expect(read({ DATABASE_URL, ROLEGATE_DEMO: 'on' }).demo).toBe(true);
    expect(read({ ROLEGATE_DEMO: 'off' }).demo).toBe(false);
  });
});

test('values that are taken', () => {
  expect(
    read({
      HOST: '::1',
      PORT: '0',
      ROLEGATE_DATA_DIR: '../data',
      ROLEGATE_GRAPHIQL: 'off',
      ROLEGATE_CONSOLE: 'off',
      ROLEGATE_MEMORY_BYTES: '16000000',
      ROLEGATE_PUBLIC_URL: 'https://Gateway.example.com:8443/',
      ROLEGATE_AUTHZEN_MAP: 'names.json',
      ROLEGATE_DATABASE_STATEMENT_SECONDS: '7',
      ROLEGATE_DATABASE_LOCK_SECONDS: '2',
      ROLEGATE_DATABASE_IDLE_SECONDS: '3',
      ROLEGATE_DATABASE_CONNECT_SECONDS: '4',
      ROLEGATE_DATABASE_START_SECONDS: '0',
      DATABASE_DIRECT_URL: 'postgresql://rolegate:secret@db:5432/rolegate',
      ROLEGATE_MAX_STALENESS: '250',
      ROLEGATE_CATCH_UP_SECONDS: '9',
      ROLEGATE_PRINCIPAL_REQUESTS: '0',
      ROLEGATE_OPERATOR_COST: '7',
      ROLEGATE_CONNECTIONS: '3',
      ROLEGATE_REQUEST_SECONDS: '5',
      LOG_LEVEL: 'debug',
      ROLEGATE_OPERATOR_TOKEN: 'abcdefghijklmnopqrstuvwxyz0123456789',
    }),
  ).toMatchObject({
    host: '::1',
    port: 0,
    dataDir: '/data',
    workLimits: { time: 5_000, cpu: 10_000 },
    graphiql: false,
    console: false,
    memory: 16_000_000,
    publicUrl: 'https://gateway.example.com:8443',
    authzenMap: '/ann/names.json',
    database: {
      times: { statement: 7000, lock: 2000, idleTransaction: 3000, connection: 4000 },
      startSeconds: 0,
      directUrl: 'postgresql://rolegate:secret@db:5432/rolegate',
      freshness: { maxStaleness: 250, catchUp: 9000 },
    },
    limits: {
      callers: {
        principal: { concurrent: Infinity, costPerSecond: 100_000 },
        operator: { concurrent: Infinity, costPerSecond: 7 },
      },
      connections: 3,
    },
    logLevel: 'debug',
  });
});

describe('values that are refused', () => {
  const cases: readonly (readonly [name: string, value: string, sentence: string])[] = [
    ['TLS_CERT_FILE', 'cert.pem', 'TLS_CERT_FILE needs TLS_KEY_FILE, the file with the private key'],
    ['TLS_KEY_FILE', 'key.pem', 'TLS_KEY_FILE needs TLS_CERT_FILE, the file with the certificate'],
    [
      'ROLEGATE_DRAIN_SECONDS',
      '601',
      'ROLEGATE_DRAIN_SECONDS must be a whole number of seconds from 0 to 600; it is `601`',
    ],
    [
      'ROLEGATE_DATABASE_STATEMENT_SECONDS',
      '0',
      'ROLEGATE_DATABASE_STATEMENT_SECONDS must be a whole number of seconds from 1 to 600; it is `0`',
    ],
    [
      'ROLEGATE_CHECKER_COST',
      'many',
      'ROLEGATE_CHECKER_COST must be a whole number up to 999999999 (0: no limit); it is `many`',
    ],
    [
      'ROLEGATE_KEEP_ALIVE_SECONDS',
      '0',
      'ROLEGATE_KEEP_ALIVE_SECONDS must be a whole number of seconds from 1 to 3600; it is `0`',
    ],
    ['PORT', 'http', 'PORT must be a whole number from 0 to 65535 (0: any free port); it is `http`'],
    ['PORT', '65536', 'PORT must be a whole number from 0 to 65535 (0: any free port); it is `65536`'],
    ['PORT', '-1', 'PORT must be a whole number from 0 to 65535 (0: any free port); it is `-1`'],
    ['PORT', '4000.5', 'PORT must be a whole number from 0 to 65535 (0: any free port); it is `4000.5`'],
    [
      'HOST',
      'http://localhost:80',
      'HOST must be a host name or an address to listen on, such as 127.0.0.1 or 0.0.0.0, without scheme and port; it is `http://localhost:80`',
    ],
    [
      'ROLEGATE_PUBLIC_URL',
      'http://gateway.example.com',
      'ROLEGATE_PUBLIC_URL must be https://host or https://host:port, without a path; it is `http://gateway.example.com`',
    ],
    [
      'ROLEGATE_PUBLIC_URL',
      'https://root:hunter2@gateway.example.com',
      'ROLEGATE_PUBLIC_URL must be https://host or https://host:port, without a path',
    ],
    [
      'ROLEGATE_METRICS_ADDRESS',
      '9464',
      'ROLEGATE_METRICS_ADDRESS must be an address with a port, such as 127.0.0.1:9464 or [::1]:9464, or main or off; it is `9464`',
    ],
    [
      'ROLEGATE_DECISION_LOG_SHARE',
      '5%',
      'ROLEGATE_DECISION_LOG_SHARE must be a share from 0 to 1, such as 0.01; it is `5%`',
    ],
    [
      'ROLEGATE_ALLOWED_ORIGINS',
      'https://app.example.com,*',
      'ROLEGATE_ALLOWED_ORIGINS must be a list of origins as browsers write them, with commas between them, such as https://app.example.com,http://localhost:3000 (no `*`, and no slash at the end); in it is `*`',
    ],
    [
      'ROLEGATE_ALLOWED_ORIGINS',
      'https://*.example.com',
      'ROLEGATE_ALLOWED_ORIGINS must be a list of origins as browsers write them, with commas between them, such as https://app.example.com,http://localhost:3000 (no `*`, and no slash at the end); in it is `https://*.example.com`',
    ],
    ['ROLEGATE_AUTHZEN_MAP', 'a\0b', 'ROLEGATE_AUTHZEN_MAP must be the path of a file; it holds a NUL character'],
    [
      'ROLEGATE_MEMORY_BYTES',
      '256MB',
      'ROLEGATE_MEMORY_BYTES must be a whole number of bytes, 16000000 or more; it is `256MB`',
    ],
    [
      'ROLEGATE_MEMORY_BYTES',
      '15999999',
      'ROLEGATE_MEMORY_BYTES must be a whole number of bytes, 16000000 or more; it is `15999999`',
    ],
    ['ROLEGATE_DEMO', 'false', 'ROLEGATE_DEMO must be on or off; it is `false`'],
    ['ROLEGATE_GRAPHIQL', '0', 'ROLEGATE_GRAPHIQL must be on or off; it is `0`'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent; it is `loud`'],
    [
      'DATABASE_URL',
      'mysql://root:hunter2@db/x',
      'DATABASE_URL must be a PostgreSQL URL, postgresql://user:password@host:5432/database; it begins otherwise',
    ],
    [
      'DATABASE_URL',
      'postgresql://root:hunter2@db',
      'DATABASE_URL must be a PostgreSQL URL, postgresql://user:password@host:5432/database; it names no database',
    ],
    [
      'DATABASE_URL',
      'postgresql://root:hunter2@db:port/x',
      'DATABASE_URL must be a PostgreSQL URL, postgresql://user:password@host:5432/database; it is not a valid URL',
    ],
    ['ROLEGATE_OPERATOR_TOKEN', 'hunter2', 'ROLEGATE_OPERATOR_TOKEN must have 24 to 512 characters; it has 7'],
    [
      'ROLEGATE_OPERATOR_TOKEN',
      'hunter2 hunter2 hunter2 hunter2',
      'ROLEGATE_OPERATOR_TOKEN must consist of letters, digits and - . _ ~ + / (with = at its end); it holds other characters',
    ],
  ];
  test.each(cases)('%s=%s', (name, value, sentence) => {
    expect(problemsOf({ [name]: value })).toEqual([sentence]);
  });

  test('all of them at once, none with a secret in it', () => {
    const problems = problemsOf({
      PORT: 'x',
      DATABASE_URL: 'mysql://u:hunter2@h/d',
      ROLEGATE_OPERATOR_TOKEN: 'hunter2',
    });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'DATABASE_URL',
      'PORT',
      'ROLEGATE_OPERATOR_TOKEN',
    ]);
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  test('control characters do not reach the terminal', () => {
    expect(problemsOf({ LOG_LEVEL: '\u001b[31mred\n' })[0]).toContain('it is `?[31mred?`');
  });
});

test('variables that are set for all programs refuse no start, and the same in a file do', () => {
  const endpoint = 'OTEL_EXPORTER_OTLP_ENDPOINT must be the URL of a collector, such as http://127.0.0.1:4318';
  const share = 'OTEL_TRACES_SAMPLER_ARG must be a share from 0 to 1, such as 0.01; it is `endpoint=http://j:14250`';
  const URL = 'http://127.0.0.1:4318';
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }).traces).toMatchObject({
    endpoint: null,
    unread: [endpoint],
  });
  expect(
    read({ OTEL_EXPORTER_OTLP_ENDPOINT: URL, OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://j:14250' }).traces,
  ).toMatchObject({ endpoint: null, share: 1, unread: [share] });
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: URL, OTEL_TRACES_SAMPLER_ARG: '0.1' }).traces).toMatchObject({
    endpoint: URL,
    share: 0.1,
    unread: [],
  });
  const file = { name: 'rolegate.json', values: { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' } };
  expect(() => readSettingsFrom([file], '/ann')).toThrow(endpoint.replace(' must', ' (rolegate.json) must'));
});

test('a database URL is shown without its password', () => {
  expect(withoutPassword('postgresql://rolegate:hunter2@db:5432/rolegate?sslmode=require')).toBe(
    'postgresql://rolegate:***@db:5432/rolegate?sslmode=require',
  );
  expect(withoutPassword('postgresql://db/rolegate?user=u&password=hunter2')).not.toContain('hunter2');
});

describe('secrets in files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rolegate-secrets-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (text: string): string => {
    const path = join(folder, 'secret');
    writeFileSync(path, text);
    return path;
  };
  const url = 'postgresql://rolegate:secret@db:5432/rolegate';

  test('are read without their line end', () => {
    expect(read({ DATABASE_URL_FILE: file(`${url}\n`) }).databaseUrl).toBe(url);
    const token = 'abcdefghijklmnopqrstuvwxyz0123456789';
    expect(read({ ROLEGATE_OPERATOR_TOKEN_FILE: file(`${token}\r\n`) }).operatorToken).toBe(token);
    expect(read({ ROLEGATE_MASTER_KEY_FILE: 'keys/master' }).masterKeyFile).toBe('/ann/keys/master');
  });

  test('are refused where they are not clear, and never repeated', () => {
    expect(problemsOf({ DATABASE_URL: url, DATABASE_URL_FILE: file(url) })).toEqual([
      'DATABASE_URL and DATABASE_URL_FILE are both set: set one of them',
    ]);
    expect(problemsOf({ ROLEGATE_OPERATOR_TOKEN_FILE: 'nowhere' })).toEqual([
      'ROLEGATE_OPERATOR_TOKEN_FILE must name a file that can be read',
    ]);
    expect(problemsOf({ ROLEGATE_OPERATOR_TOKEN_FILE: file('short-secret') })).toEqual([
      'ROLEGATE_OPERATOR_TOKEN_FILE names a file whose text must have 24 to 512 characters; it has 12',
    ]);
  });
});
