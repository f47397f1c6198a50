import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { settingArguments, sourcesOf } from '../src/server/setting-sources.ts';
import { readSettingsFrom } from '../src/server/settings.ts';
import { newDataDir, removeDataDir } from './support/gateway.ts';
import { parsePlainYaml, type Yaml } from './support/plain-yaml.ts';
import { NODE_FLAGS } from './support/process.ts';

// Docker, Kubernetes and systemd are not at hand where the tests run: files are read, and the steps of the image are done in a folder.
vi.setConfig({ testTimeout: 240_000 });

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, '.deploy', path), 'utf8');

/** What stands at a path of names and places in a document. */
function at(yaml: Yaml | undefined, ...path: readonly (string | number)[]): Yaml | undefined {
  let here: Yaml | undefined = yaml;
  for (const step of path) here = (here as Readonly<Record<string | number, Yaml>> | null | undefined)?.[step]; // as: what it has
  return here;
}

function textAt(yaml: Yaml | undefined, ...path: readonly (string | number)[]): string {
  const text = at(yaml, ...path);
  return typeof text === 'string' ? text : '';
}

const texts = (yaml: Yaml | undefined): Readonly<Record<string, string>> =>
  (yaml ?? {}) as Readonly<Record<string, string>>; // as: a map of texts

/** Throws if one of them is no setting, or has a value that is refused. Files of secrets are not there. */
function settingsOf(environment: Readonly<Record<string, string>>) {
  const values = Object.entries(environment).filter(([name]) => !name.endsWith('_FILE'));
  return readSettingsFrom([{ name: 'environment', values: Object.fromEntries(values) }], '/').settings;
}

/** The instructions of a Containerfile, with continued lines as one. */
const INSTRUCTIONS = read('container/Containerfile')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ name: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
const LAST_STAGE = INSTRUCTIONS.slice(INSTRUCTIONS.findLastIndex(({ name }) => name === 'FROM'));
const inLastStage = (name: string): string => LAST_STAGE.find((each) => each.name === name)?.rest ?? '';

describe('the image', () => {
  test('has stages, nobody with rights, a check, and settings that there are', () => {
    const known = new Set([
      'FROM',
      'WORKDIR',
      'COPY',
      'RUN',
      'USER',
      'ENV',
      'VOLUME',
      'EXPOSE',
      'HEALTHCHECK',
      'ENTRYPOINT',
      'CMD',
    ]);
    expect(INSTRUCTIONS.filter(({ name }) => !known.has(name))).toEqual([]);
    expect(INSTRUCTIONS.filter(({ name }) => name === 'FROM')).toHaveLength(2);
    expect(inLastStage('USER')).toMatch(/^[1-9]\d{3,}:[1-9]\d{3,}$/);
    expect(inLastStage('HEALTHCHECK')).toMatch(/ CMD \["node", "dist\/cli\/main\.js", "status"\]$/);
    const environment = Object.fromEntries(
      inLastStage('ENV')
        .split(' ')
        .map((each) => each.split('=')),
    );
    expect(settingsOf(environment)).toMatchObject({ host: '0.0.0.0', port: 4000, dataDir: '/data' });
    // Kubernetes and compose name the user by its number.
    expect(read('kubernetes.yaml')).toContain(`runAsUser: ${inLastStage('USER').split(':')[0]}`);
    for (const tmpfs of read('container/compose.yaml').matchAll(/uid=(\d+)/g))
      expect(tmpfs[1]).toBe(inLastStage('USER').split(':')[0]);
  });

  test('has room for what is left of the packages, and the gateway runs on that', async () => {
    const folder = await newDataDir();
    const app = join(folder, 'app');
    afterAll(() => removeDataDir(folder));
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    const entries = Object.entries<{ readonly dev?: boolean; readonly devOptional?: boolean }>(lock.packages);
    const packages = entries
      .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
      .map(([path]) => path);
    // as: what that file has
    const { isNeeded } = (await import(join(ROOT, '.deploy/container/needed.mjs'))) as {
      readonly isNeeded: (path: string) => boolean;
    };
    let bytes = 0;
    const take = (path: string): void => {
      for (const entry of readdirSync(join(ROOT, path), { withFileTypes: true })) {
        const each = `${path}/${entry.name}`;
        if (entry.isDirectory() && entry.name !== 'node_modules') take(each);
        if (!entry.isFile() || !isNeeded(each)) continue;
        bytes += Math.ceil(statSync(join(ROOT, each)).size / 4096) * 4096;
        mkdirSync(dirname(join(app, each)), { recursive: true });
        cpSync(join(ROOT, each), join(app, each));
      }
    };
    for (const path of [...packages.filter((each) => existsSync(join(ROOT, each))), 'dist', 'prisma']) take(path);
    cpSync(join(ROOT, 'package.json'), join(app, 'package.json'));
    // 250 MB, without Node (125 MB) and Alpine with libstdc++ (12 MB).
    expect(bytes / 1e6).toBeLessThan(113);

    const [program = '', ...entrypoint] = JSON.parse(inLastStage('ENTRYPOINT')) as readonly string[]; // as: a list of texts
    expect(program).toBe('node');
    const cmd = JSON.parse(inLastStage('CMD')) as readonly string[]; // as: a list of texts
    const data = join(folder, 'data');
    const env = {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      PORT: '0',
      ROLEGATE_DATA_DIR: data,
      ROLEGATE_METRICS_ADDRESS: '127.0.0.1:0',
    };
    const gateway = spawn(process.execPath, [...NODE_FLAGS, ...entrypoint, ...cmd], {
      cwd: app,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    gateway.stdout.setEncoding('utf8').on('data', (part) => (out += part));
    gateway.stderr.setEncoding('utf8').on('data', (part) => (out += part));
    await expect.poll(() => out, { timeout: 200_000 }).toMatch(/ready at http:\S+\/graphql/);
    const check = JSON.parse(inLastStage('HEALTHCHECK').split(' CMD ')[1] ?? '[]') as readonly string[]; // as: a list of texts
    const { stdout } = await promisify(execFile)(process.execPath, [...NODE_FLAGS, ...check.slice(1)], {
      cwd: app,
      env,
    });
    expect(stdout).toMatch(/^ready +yes$/m);
    const [, url = ''] = /ready at (http:\S+)\/graphql/.exec(out) ?? [];
    const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('graphiql.js')]);
    expect((await fetch(/metrics +(http:\S+)/.exec(out)?.[1] ?? '')).status).toBe(200);
    gateway.kill('SIGTERM');
    expect(await new Promise((resolve) => gateway.once('exit', resolve))).toBe(0);
    rmSync(app, { recursive: true });
  });
});

test('compose has two gateways behind TLS, with settings that there are, and nothing that they could write', () => {
  const [compose] = parsePlainYaml(read('container/compose.yaml'));
  const secrets = Object.keys(texts(at(compose, 'secrets')));
  for (const name of ['gateway-1', 'gateway-2']) {
    const gateway = at(compose, 'services', name);
    const environment = texts(at(gateway, 'environment'));
    expect(at(gateway, 'read_only')).toBe('true');
    expect(at(gateway, 'cap_drop')).toEqual(['ALL']);
    expect(settingsOf(environment).drainSeconds).toBeLessThan(
      Number.parseInt(textAt(gateway, 'stop_grace_period'), 10),
    );
    for (const [setting, value] of Object.entries(environment).filter(([each]) => each.endsWith('_FILE'))) {
      expect({ setting, secrets }).toEqual({
        setting,
        secrets: expect.arrayContaining([value.replace('/run/secrets/', '')]),
      });
    }
    expect(read('container/Caddyfile')).toContain(`${name}:4000`);
  }
  expect(at(compose, 'services', 'gateway-1', 'environment', 'ROLEGATE_TRUSTED_PROXIES')).toBe(
    at(compose, 'networks', 'default', 'ipam', 'config', 0, 'subnet'),
  );
  expect(
    existsSync(
      join(ROOT, '.deploy/container', textAt(compose, 'services', 'gateway-1', 'build', 'context'), 'package.json'),
    ),
  ).toBe(true);
  expect(read('container/Caddyfile')).toContain('health_uri /readyz');
});

test('Kubernetes has two gateways, with settings that there are, that are asked whether they are ready', () => {
  const documents = parsePlainYaml(read('kubernetes.yaml'));
  expect(documents.map((each) => at(each, 'kind'))).toEqual(['Service', 'PodDisruptionBudget', 'Deployment']);
  const pod = at(documents[2], 'spec', 'template', 'spec');
  const container = at(pod, 'containers', 0);
  const variables = (at(container, 'env') ?? []) as readonly Yaml[]; // as: a list
  const environment = Object.fromEntries(variables.map((each) => [textAt(each, 'name'), textAt(each, 'value')]));
  const { drainSeconds } = settingsOf(environment);
  expect(drainSeconds).toBeGreaterThan(0);
  expect(drainSeconds).toBeLessThan(Number(at(pod, 'terminationGracePeriodSeconds')));
  expect(at(pod, 'securityContext', 'runAsNonRoot')).toBe('true');
  expect(at(container, 'securityContext', 'readOnlyRootFilesystem')).toBe('true');
  expect(at(container, 'readinessProbe', 'httpGet', 'path')).toBe('/readyz');
  expect(at(container, 'livenessProbe', 'httpGet', 'path')).toBe('/healthz');
  expect(at(documents[0], 'spec', 'selector', 'app')).toBe(
    at(documents[2], 'spec', 'template', 'metadata', 'labels', 'app'),
  );
});

test('systemd starts what there is, with settings that there are', () => {
  const unit = read('rolegate.service');
  const sections = unit.match(/^\[\w+\]$/gm);
  expect(sections).toEqual(['[Unit]', '[Service]', '[Install]']);
  for (const line of unit.split('\n').filter((each) => each !== '' && !/^[#[]/.test(each)))
    expect(line).toMatch(/^[A-Z]\w+=/);
  const [program, script = '', command, ...args] = /^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? [];
  expect([program, command]).toEqual(['/usr/bin/node', 'start']);
  expect(existsSync(join(ROOT, script.replace('/opt/rolegate/', '')))).toBe(true);
  const given = settingArguments(args, true);
  expect(given).toMatchObject({ config: '/etc/rolegate/config.json', rest: [] });
  expect(readSettingsFrom(sourcesOf({ ...given, config: null }, {}, '/'), '/').settings.dataDir).toBe(
    '/var/lib/rolegate',
  );
});
