import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { unknownNames } from '../../src/server/setting-names.ts';
import { settingArguments, sourcesOf } from '../../src/server/setting-sources.ts';
import { InvalidSettings, readSettings, readSettingsFrom, settingNames } from '../../src/server/settings.ts';
import { runToEnd } from '../support/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'rolegate-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TOKEN = 'planted-secret-abcdefghijklmnop';

/** The settings of a command line, an environment, and a file. */
function inForce(args: readonly string[], env: Record<string, string> = {}, file?: unknown) {
  if (file !== undefined) writeFileSync(join(folder, 'config.json'), JSON.stringify(file));
  const given = settingArguments([...(file === undefined ? [] : ['--config', 'config.json']), ...args], true);
  expect(given.rest).toEqual([]);
  return readSettingsFrom(sourcesOf(given, env, folder), folder);
}

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof InvalidSettings) return error.problems;
    throw error;
  }
  return [];
}

test('a flag counts before the environment, and that before the file', () => {
  const file = {
    PORT: 1,
    HOST: '::1',
    ROLEGATE_DEMO: false,
    ROLEGATE_TRUSTED_PROXIES: ['10.0.0.0/8', '::1'],
    LOG_LEVEL: 'info',
  };
  const { settings, inForce: told } = inForce(
    ['--port', '3', '--log-level=debug'],
    { PORT: '2', HOST: '0.0.0.0' },
    file,
  );
  expect(settings).toMatchObject({
    port: 3,
    host: '0.0.0.0',
    demo: false,
    trustedProxies: ['10.0.0.0/8', '::1'],
    logLevel: 'debug',
    drainSeconds: 0,
  });
  const from = new Map(told.map(({ name, source, value }) => [name, [value, source]]));
  expect(from.get('PORT')).toEqual(['3', 'command line']);
  expect(from.get('HOST')).toEqual(['0.0.0.0', 'environment']);
  expect(from.get('ROLEGATE_DEMO')).toEqual(['off', 'config.json']);
  expect(from.get('ROLEGATE_DRAIN_SECONDS')).toEqual(['0', 'default']);
  expect(from.get('ROLEGATE_REQUEST_SECONDS')).toEqual(['30', 'default']);
  expect(told.map(({ name }) => name)).toEqual(settingNames());
});

test('a secret is masked, wherever it is from, and of two places of it the nearest counts', () => {
  const url = `postgresql://rolegate:${TOKEN}@db/rolegate`;
  writeFileSync(join(folder, 'url'), url);
  const env = { ROLEGATE_OPERATOR_TOKEN: TOKEN, DATABASE_URL: url };
  const { settings, inForce: told } = inForce([], env, {
    ROLEGATE_OPERATOR_TOKEN_FILE: 'nowhere',
    DATABASE_URL_FILE: 'url',
  });
  expect(settings).toMatchObject({ operatorToken: TOKEN, databaseUrl: url });
  expect(JSON.stringify(told)).not.toContain(TOKEN);
  expect(told).toContainEqual({ name: 'ROLEGATE_OPERATOR_TOKEN', value: '***', source: 'environment' });
  expect(told).toContainEqual({
    name: 'DATABASE_URL',
    value: 'postgresql://rolegate:***@db/rolegate',
    source: 'environment',
  });
});

describe('what is refused', () => {
  test.each<readonly [string, () => unknown, readonly string[]]>([
    [
      'a misspelt variable',
      () => inForce([], { ROLEGATE_DATADIR: 'x' }),
      ['ROLEGATE_DATADIR is not a setting; `ROLEGATE_DATA_DIR` was probably meant'],
    ],
    [
      'a misspelt variable of a setting without our prefix',
      () => inForce([], { ROLEGATE_PROT: '1', ROLEGATE_LOG_LEVEL: 'warn' }),
      [
        'ROLEGATE_PROT is not a setting; `PORT` was probably meant',
        'ROLEGATE_LOG_LEVEL is not a setting; `LOG_LEVEL` was probably meant',
      ],
    ],
    [
      'a port that no Service has',
      () => inForce([], { ROLEGATE_PORT: '4001' }),
      ['ROLEGATE_PORT is not a setting; `PORT` was probably meant'],
    ],
    [
      'a name of the file',
      () => inForce([], {}, { Port: 1 }),
      ['Port (config.json) is not a setting; `PORT` was probably meant'],
    ],
    [
      'a value of the file',
      () => inForce([], {}, { PORT: 'http' }),
      ['PORT (config.json) must be a whole number from 0 to 65535 (0: any free port); it is `http`'],
    ],
    [
      'a type of the file',
      () => inForce([], {}, { PORT: { of: TOKEN } }),
      ['PORT (config.json) must be a text, a number, true or false (on or off), or a list of texts'],
    ],
    [
      'a file that is not there',
      () => inForce(['--config', 'nowhere.json']),
      ['--config nowhere.json must name a file that can be read'],
    ],
    ['a flag without its value', () => inForce(['--port']), ['--port needs a value']],
    [
      'a secret on the command line',
      () => inForce(['--operator-token', TOKEN]),
      ['--operator-token would show a secret to whoever lists processes: use --operator-token-file'],
    ],
  ])('%s', (_name, read, sentences) => {
    expect(problemsOf(read)).toEqual(sentences);
  });

  test('a file that is no JSON, without what stands there', () => {
    writeFileSync(join(folder, 'broken.json'), `{"ROLEGATE_OPERATOR_TOKEN": ${TOKEN}`);
    expect(problemsOf(() => inForce(['--config', 'broken.json']))).toEqual(['--config broken.json is not valid JSON']);
  });
});

test('what Kubernetes sets for a Service of the name is no misspelling', () => {
  const env = {
    ROLEGATE_SERVICE_HOST: '10.0.0.7',
    ROLEGATE_SERVICE_PORT: '4000',
    ROLEGATE_SERVICE_PORT_HTTP: '4000',
    ROLEGATE_PORT: 'tcp://10.0.0.7:4000',
    ROLEGATE_PORT_4000_TCP: 'tcp://10.0.0.7:4000',
    ROLEGATE_PORT_4000_TCP_ADDR: '10.0.0.7',
    // Of a Service `rolegate-postgres` beside it.
    ROLEGATE_POSTGRES_SERVICE_HOST: '10.0.0.8',
    ROLEGATE_POSTGRES_PORT: 'tcp://10.0.0.8:5432',
    ROLEGATE_POSTGRES_PORT_5432_TCP_PROTO: 'tcp',
  };
  expect(readSettings(env, '/').port).toBe(4000);
  expect(problemsOf(() => readSettings({ ...env, ROLEGATE_PORTS: '1' }, '/'))).toHaveLength(1);
  expect(problemsOf(() => readSettings({ ...env, ROLEGATE_METRICS_PORT: '9464' }, '/'))).toHaveLength(1);
  expect(problemsOf(() => readSettings({ ROLEGATE_TRUSTED_DOCUMENTS_MODE: 'only' }, '/'))).toHaveLength(1);
});

test('every variable with our prefix that this project reads is known', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const names = new Set<string>();
  for (const top of ['src', 'test', '.config', '.ci'])
    for (const path of readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })) {
      if (!/(?:\.(?:ts|mjs|cjs)|run)$/.test(path) || /generated|setting-(?:names|sources\.test)/.test(path)) continue;
      const text = readFileSync(join(root, top, path), 'utf8');
      for (const [name] of text.matchAll(/\bROLEGATE_[A-Z0-9_]*[A-Z0-9]\b(?!_|\$)/g)) names.add(name);
    }
  expect(names.size).toBeGreaterThan(40);
  const values = Object.fromEntries([...names].map((name) => [name, 'x']));
  expect(unknownNames({ name: 'environment', values }, settingNames())).toEqual([]);
});

test('`rolegate settings` prints them, and no `.env` is read unasked', async () => {
  writeFileSync(join(folder, '.env'), 'PORT=5555\nROLEGATE_DATADIR=x\n');
  const env = { ROLEGATE_OPERATOR_TOKEN: TOKEN };
  const printed = await runToEnd('cli/main.js', ['settings', '--data-dir', 'here'], { cwd: folder, env });
  expect(printed).toMatchObject({ code: 0, error: '' });
  expect(printed.out).toMatch(/^PORT +default +4000$/m);
  expect(printed.out).toMatch(/^ROLEGATE_DATA_DIR +command line +here$/m);
  expect(printed.out).toMatch(/^ROLEGATE_OPERATOR_TOKEN +environment +\*\*\*$/m);
  const misspelt = await runToEnd('cli/main.js', ['check'], { cwd: folder, env: { ROLEGATE_DEMOS: 'off' } });
  expect(misspelt).toMatchObject({
    code: 2,
    error: 'rolegate: ROLEGATE_DEMOS is not a setting; `ROLEGATE_DEMO` was probably meant\n',
  });
});
