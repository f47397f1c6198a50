import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseAudit } from '../../../src/cli/audit/arguments.ts';
import { exportAuditTrail } from '../../../src/cli/audit/export-command.ts';
import type { NewAuditEvent } from '../../../src/directory/stores/audit-store.ts';
import { readSettings } from '../../../src/server/settings.ts';
import { rolegate as command } from '../../support/commands.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { sharedPostgres } from '../../support/postgres-server.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const DAY = 86_400_000;
const KEEP = { sessions: Infinity, changes: Infinity, documents: Infinity, events: Infinity };
const EVENT: NewAuditEvent = {
  at: Date.UTC(2026, 0, 1),
  requestId: 'r-1',
  event: 'AssumeRole',
  principal: 'arn:aws:iam::111111111111:user/alice',
  keyId: 'AKIAALICE',
  roleArn: null,
  roleSessionId: null,
  sourceIdentity: null,
  sourceIp: '198.51.100.7',
  userAgent: 'tests',
  action: 'sts:AssumeRole',
  target: 'arn:aws:iam::222222222222:role/R',
  parameters: { roleSessionName: 'line\nbreak "and" \u2028' },
  outcome: 'SUCCEEDED',
  code: null,
  effect: 'ALLOWED',
  deniedBy: null,
  revision: 7n,
};

let cwd: string;
beforeAll(async () => {
  cwd = await newDataDir();
});
afterAll(() => removeDataDir(cwd));

const linesIn = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const linesOf = async (file: string) => linesIn(await readFile(join(cwd, file), 'utf8'));
const numbersOf = (lines: readonly { readonly eventId: string }[]) => lines.map(({ eventId }) => Number(eventId));

describe.each(['embedded', 'server'] as const)('the audit trail of a directory, %s', (kind) => {
  let gateway: TestGateway;
  let env: Record<string, string>;

  const run = (...args: string[]) => command(['audit', 'export', ...args], { cwd, env });
  const record = (more: Partial<NewAuditEvent> = {}) =>
    gateway.gateway.services.directory.audit.record({ ...EVENT, ...more });

  beforeAll(async () => {
    const dataDir = join(cwd, kind);
    env = { ROLEGATE_DATA_DIR: dataDir };
    if (kind === 'server') env['DATABASE_URL'] = await (await sharedPostgres()).createMigrated();
    gateway = await startTestGateway(dataDir, { ...env, ROLEGATE_DEMO: 'off' });
    // More than a page.
    for (let count = 0; count < 260; count++) await record({ target: `target${count}` });
    await record();
  });
  afterAll(() => gateway?.gateway.close());

  test('is written to standard output whole, in order, with all that is stored, and says where it ended', async () => {
    await record();
    const { code, out, error } = await run();
    expect(code).toBe(0);
    const lines = linesIn(out);
    const numbers = numbersOf(lines);
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
    expect(lines).toHaveLength(await gateway.gateway.services.directory.audit.count({}));
    expect(lines.at(-1)).toEqual({
      eventId: String(numbers.at(-1)),
      at: '2026-01-01T00:00:00.000Z',
      lastAt: '2026-01-01T00:00:00.000Z',
      count: 1,
      requestId: 'r-1',
      event: 'AssumeRole',
      principal: 'arn:aws:iam::111111111111:user/alice',
      accessKeyId: 'AKIAALICE',
      roleArn: null,
      roleSessionId: null,
      sourceIdentity: null,
      sourceIp: '198.51.100.7',
      userAgent: 'tests',
      action: 'sts:AssumeRole',
      target: 'arn:aws:iam::222222222222:role/R',
      parameters: { roleSessionName: 'line\nbreak "and" \u2028' },
      outcome: 'SUCCEEDED',
      code: null,
      effect: 'ALLOWED',
      deniedBy: null,
      revision: '7',
      accountIds: ['111111111111', '222222222222'],
    });
    expect(error).toBe(
      `exported ${lines.length} events, up to event ${numbers.at(-1)}: go on with --after ${numbers.at(-1)}\n`,
    );
  });

  test('goes on after an event', async () => {
    const last = numbersOf(linesIn((await run()).out)).at(-1) ?? 0;
    await record({ target: 'later' });
    const { out } = await run('--after', String(last));
    expect(linesIn(out)).toMatchObject([{ eventId: String(last + 1), target: 'later' }]);
    expect(await run('--after', String(last + 1))).toMatchObject({
      code: 0,
      out: '',
      error: `exported 0 events, up to event ${last + 1}: go on with --after ${last + 1}\n`,
    });
  });

  test('goes on in a file where it ended, also if it was cut off in a line', async () => {
    const file = `${kind}.jsonl`;
    const first = await run(file);
    expect([first.code, first.error]).toEqual([0, '']);
    expect(first.out).toMatch(new RegExp(`^exported \\d+ events to ${file}, up to event \\d+\n$`));
    expect((await stat(join(cwd, file))).mode & 0o777).toBe(0o600);
    const whole = await linesOf(file);
    await record({ target: 'after the first' });
    expect((await run(file)).out).toMatch(/^exported 1 event to/);
    expect((await linesOf(file)).slice(0, -1)).toEqual(whole);

    const { size } = await stat(join(cwd, file));
    await truncate(join(cwd, file), size - 20);
    expect((await run(file)).out).toMatch(/^exported 1 event to/);
    expect((await stat(join(cwd, file))).size).toBe(size);
    expect((await linesOf(file)).at(-1)).toMatchObject({ target: 'after the first' });
    // Within its first line.
    await truncate(join(cwd, file), 30);
    expect((await run(file)).code).toBe(0);
    expect((await stat(join(cwd, file))).size).toBe(size);
    expect(await run('--after', '3', file)).toMatchObject({
      code: 1,
      error: expect.stringContaining('leave --after out'),
    });
  });

  test('leaves a file alone that holds something else', async () => {
    for (const [name, text] of [
      ['notes.txt', 'notes of mine\n'],
      ['other.jsonl', '{"a":1}\n{"a":2}\n'],
      ['no-end.txt', 'no line end'],
    ] as const) {
      await writeFile(join(cwd, name), text);
      expect(await run(name)).toMatchObject({
        code: 1,
        error: `rolegate: ${name}: it is no export of the audit trail: name another file\n`,
      });
      expect(await readFile(join(cwd, name), 'utf8')).toBe(text);
    }
    const mixed = `mixed-${kind}.jsonl`;
    await run(mixed);
    await appendFile(join(cwd, mixed), 'something else\n');
    expect((await run(mixed)).code).toBe(1);
    expect(await run('no/such/folder')).toMatchObject({
      code: 1,
      error: expect.stringContaining('there is no such file'),
    });
  });

  test('is the same without a gateway', async () => {
    const { out } = await run();
    await gateway.gateway.close();
    try {
      expect(await run()).toMatchObject({ code: 0, out });
    } finally {
      gateway = await startTestGateway(join(cwd, kind), { ...env, ROLEGATE_DEMO: 'off' });
    }
  });

  test('shows how far it is on a terminal, and nowhere else', async () => {
    const settings = readSettings({ ...env, LOG_LEVEL: 'silent' }, '/');
    const shown = async (isInteractive: boolean) => {
      const errors: string[] = [];
      const terminal = { out: () => undefined, error: (text: string) => void errors.push(text), isInteractive };
      await exportAuditTrail({ kind: 'auditExport', file: null, after: null }, settings, terminal);
      return errors.join('');
    };
    expect(await shown(true)).toContain('exporting: ');
    expect(await shown(false)).not.toContain('exporting:');
  });

  test.runIf(kind === 'embedded')('is sent by the gateway to the operator alone', async () => {
    const ask = (method: string, headers: Record<string, string>, query = '') =>
      fetch(`${gateway.url}/operator/audit${query}`, { method, headers });
    const operator = { authorization: gateway.as.operator };
    expect((await ask('POST', {})).status).toBe(401);
    expect((await ask('GET', operator)).status).toBe(405);
    expect((await ask('POST', operator, '?after=x')).status).toBe(400);
    expect((await ask('POST', operator)).status).toBe(200);
  });
});

test('what it takes is a FILE, or none, and the number of an event', () => {
  expect(parseAudit(['export'])).toEqual({ kind: 'auditExport', file: null, after: null });
  expect(parseAudit(['export', '-', '--after', '12'])).toEqual({ kind: 'auditExport', file: null, after: 12n });
  expect(parseAudit(['export', 'a.jsonl'])).toEqual({ kind: 'auditExport', file: 'a.jsonl', after: null });
  expect(parseAudit(['--help'])).toBeNull();
  for (const [args, message] of [
    [[], 'takes one FILE, or none'],
    [['import'], 'takes one FILE, or none'],
    [['export', 'a', 'b'], 'takes one FILE, or none'],
    [['export', '--after', 'x'], '--after must be the number of an event'],
    [['export', '--json'], "Unknown option '--json'"],
  ] as const) {
    expect(() => parseAudit(args)).toThrow(message);
  }
});

test('says so where events were removed before they were exported', async () => {
  const dataDir = join(cwd, 'gap');
  const env = { ROLEGATE_DATA_DIR: dataDir };
  const gateway = await startTestGateway(dataDir, { ROLEGATE_DEMO: 'off' });
  const { directory } = gateway.gateway.services;
  const run = (...args: string[]) => command(['audit', 'export', ...args], { cwd, env });
  const record = (more: Partial<NewAuditEvent>) => directory.audit.record({ ...EVENT, ...more });
  await record({ target: 'first' });
  const file = 'gap.jsonl';
  await run(file);
  const last = numbersOf(await linesOf(file)).at(-1) ?? 0;
  await record({ target: 'never exported' });
  const next = Date.now();
  await directory.prune({ ...KEEP, events: 1 }, next + 2 * DAY);
  await record({ target: 'exported', at: next });
  const { error, out } = await run(file);
  expect(error).toBe(
    `events between ${last} and ${last + 2} had been removed by the retention setting (ROLEGATE_AUDIT_DAYS): they are not in the export\n`,
  );
  expect(out).toMatch(/^exported 1 event to/);
  expect((await run()).error).toMatch(/^events up to \d+ had been removed by the retention setting/);
  await gateway.gateway.close();
});
