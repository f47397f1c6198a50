import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { Pool } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import type { CredentialRecord } from '../../src/directory/stores/master-key-store.ts';
import { aCall } from '../../src/session/call.ts';
import type { Caller } from '../../src/session/caller.ts';
import { generationOf, LAST_GENERATION, markOf, newKeyId } from '../../src/session/key-id.ts';
import { prepareMasterKey } from '../../src/session/master-key.ts';
import {
  credentialsOfMasterKey,
  masterKeyGenerations,
  retireMasterKey,
  rotateMasterKey,
} from '../../src/session/rotate-master-key.ts';
import { createSecrets, type Secrets } from '../../src/session/secrets.ts';
import { createSessions, type Sessions } from '../../src/session/sessions.ts';
import { describeInBothStores } from '../directory/stores.ts';
import { folderOfTheRun } from '../support/empty-directory.ts';
import { A, allow, aRole, aUser, roleArn, trusts, userArn } from '../support/policies.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { NOON } from '../support/questions.ts';
import { basic, bearer, openOn } from './gateway.ts';

const catalog = await openCatalog();
const alice = userArn('alice');
const R = roleArn('R');
const OPERATOR: Caller = { kind: 'operator' };
const CALL = aCall(OPERATOR, NOON);
const STEP = 30_000;
const INVALID = { code: 'InvalidClientTokenId' };
const DOCUMENT = {
  accounts: [{ id: A, membership: 'NONE' as const }],
  users: [aUser('alice', [allow('*')])],
  roles: [aRole('R', [trusts({ AWS: alice })], [allow('s3:*')])],
};

interface Started {
  readonly directory: OpenDirectory;
  readonly secrets: Secrets;
  readonly sessions: Sessions;
  readonly dataDir: string;
}

async function newFolder(): Promise<string> {
  return mkdtemp(join(folderOfTheRun(), 'master-keys-'));
}

/** A gateway on a directory, with the files of a folder. */
async function start(directory: OpenDirectory, dataDir: string): Promise<Started> {
  const secrets = await createSecrets({ dataDir });
  await secrets.masterKeys.open(directory, NOON);
  const access = createAccess(directory, catalog);
  return { directory, secrets, sessions: createSessions({ directory, access, secrets }), dataDir };
}

/** As `rotate-master-key` does it. */
async function rotate(gateway: Started): Promise<number> {
  const known = await masterKeyGenerations(gateway);
  const place = { dataDir: gateway.dataDir, masterKeyFile: null };
  await prepareMasterKey(place, (one) => known.some(({ fingerprint }) => fingerprint === one));
  return rotateMasterKey(gateway, CALL);
}

async function listed(gateway: Started, generation: number | null): Promise<readonly CredentialRecord[]> {
  const records: CredentialRecord[] = [];
  for await (const record of credentialsOfMasterKey(gateway, generation, NOON + 1)) records.push(record);
  return records;
}

const codeOf = (seed: string, timestamp: number): string =>
  new TOTP({ secret: Secret.fromBase32(seed) }).generate({ timestamp });

/** One of everything that rests on a master key, made by a new long-term key of alice. */
async function makeAll({ sessions }: Started, name: string) {
  const key = await sessions.createAccessKey({ userArn: alice }, OPERATOR, NOON);
  const caller = await sessions.authenticate(basic(key), NOON);
  const device = await sessions.createVirtualMfaDevice(OPERATOR, { accountId: A, name }, NOON);
  const codes = {
    authenticationCode1: codeOf(device.seed, NOON - STEP),
    authenticationCode2: codeOf(device.seed, NOON),
  };
  const { serialNumber } = device;
  await sessions.enableMfaDevice(OPERATOR, { userArn: alice, serialNumber, ...codes }, NOON);
  const role = await sessions.assumeRole(caller, { role: R, roleSessionName: name }, NOON);
  const temporary = await sessions.getSessionToken(caller, {}, NOON);
  const browser = await sessions.signIn(key, NOON);
  const input = { name, accountIds: [A], actions: null, search: false, expiresAt: null };
  const checker = await sessions.createChecker(caller, input, NOON);
  return { key, caller, device, role, temporary, browser, checker };
}

type All = Awaited<ReturnType<typeof makeAll>>;

/** The answer of everything: `in`, or the code of the refusal. */
async function answers({ sessions }: Started, all: All) {
  const tried = async (answer: Promise<unknown>): Promise<string> =>
    answer.then(
      () => 'in',
      (error: { code: string }) => error.code,
    );
  const token = (credentials: { sessionToken: string }) => `Bearer ${credentials.sessionToken}`;
  return {
    key: await tried(sessions.authenticate(basic(all.key), NOON + 1)),
    role: await tried(sessions.authenticate(bearer(all.role), NOON + 1)),
    temporary: await tried(sessions.authenticate(token(all.temporary), NOON + 1)),
    browser: await tried(sessions.authenticateSignIn(all.browser.token, NOON + 1)),
    checker: await tried(sessions.authenticate(`Bearer ${all.checker.token}`, NOON + 1)),
  };
}

const ALL_IN = { key: 'in', role: 'in', temporary: 'in', browser: 'in', checker: 'in' };

describe('an id of a later generation', () => {
  it.each([
    [1, null, /^AKIA[A-Z2-7]{16}$/],
    [2, '9AA', /^AKIA9AA[A-Z2-7]{13}$/],
    [35, '9BB', /^AKIA9BB[A-Z2-7]{13}$/],
    [LAST_GENERATION, '977', /^AKIA977[A-Z2-7]{13}$/],
  ])('says that it is of %d, in a form that AWS has for ids', (generation, mark, form) => {
    expect(markOf(generation)).toBe(mark);
    const id = newKeyId('AKIA', generation);
    expect(id).toMatch(form);
    expect(id).toMatch(/^\w{16,128}$/);
    expect(generationOf(id)).toBe(generation);
  });

  it.each(['AKIADEMOALICEAAAAAAA', 'AKIA', '', '9AA', 'AKIA9', 'AKIA91AAAAAAAAAAAAAA', 'b9aa0000-0000'])(
    'is not %j, which is of the first',
    (id) => {
      expect(generationOf(id)).toBe(1);
    },
  );
});

describeInBothStores('a rotation of the master key', (store) => {
  it('leaves what there is, and what is made is of the new generation', async () => {
    const directory = await store.open(DOCUMENT);
    const dataDir = await newFolder();
    const gateway = await start(directory, dataDir);
    const before = await makeAll(gateway, 'before');
    const first = (await readFile(join(dataDir, 'master.key'), 'utf8')).trim();
    expect(await rotate(gateway)).toBe(2);
    const lines = (await readFile(join(dataDir, 'master.key'), 'utf8')).trimEnd().split('\n');
    expect([lines.length, lines[0]]).toEqual([2, first]);
    expect((await stat(join(dataDir, 'master.key'))).mode & 0o777).toBe(0o600);

    expect(await answers(gateway, before)).toEqual(ALL_IN);
    const after = await makeAll(gateway, 'after');
    expect(await answers(gateway, after)).toEqual(ALL_IN);
    expect(generationOf(after.key.accessKeyId)).toBe(2);
    // What a key makes ends with the key's generation.
    const ofOld = await gateway.sessions.assumeRole(before.caller, { role: R, roleSessionName: 'of-old' }, NOON);
    expect([before, after].map(({ role }) => generationOf(role.credentials.accessKeyId))).toEqual([1, 2]);
    expect(generationOf(ofOld.credentials.accessKeyId)).toBe(1);
    expect((await gateway.sessions.jwks(NOON)).keys).toHaveLength(2);

    const kinds = async (generation: number) => (await listed(gateway, generation)).map(({ kind }) => kind);
    const one = [
      'access key',
      'sign-in',
      'temporary credentials',
      'role session',
      'checker',
      'MFA device',
      'signing key',
    ];
    expect(await kinds(1)).toEqual(one.flatMap((kind) => (kind === 'role session' ? [kind, kind] : [kind])));
    expect(await kinds(2)).toEqual(one);
    expect(await listed(gateway, 2)).toContainEqual({
      generation: 2,
      kind: 'access key',
      id: after.key.accessKeyId,
      holder: alice,
      createdAt: expect.any(Number),
      expiresAt: null,
      active: true,
    });
    expect(JSON.stringify(await listed(gateway, null))).not.toContain(after.key.secretAccessKey);

    // A restart knows all again.
    const again = await start(directory, dataDir);
    expect(await answers(again, before)).toEqual(ALL_IN);
    expect(await answers(again, after)).toEqual(ALL_IN);
  });

  it('lets the old generation be retired: all of it ends at once, and nothing else', async () => {
    const gateway = await start(await store.open(DOCUMENT), await newFolder());
    const before = await makeAll(gateway, 'before');
    const operators = { name: 'operators', accountIds: null, actions: null, search: false, expiresAt: null };
    const kept = await gateway.sessions.createChecker(OPERATOR, operators, NOON);
    await rotate(gateway);
    const after = await makeAll(gateway, 'after');
    await expect(retireMasterKey(gateway, CALL, 2)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(retireMasterKey(gateway, CALL, 3)).rejects.toMatchObject({ code: 'NoSuchEntity' });
    expect(await answers(gateway, before)).toEqual(ALL_IN);

    const counts = { 'access key': 1, 'sign-in': 1, 'temporary credentials': 1, 'role session': 1 };
    const others = { checker: 1, 'MFA device': 1, 'signing key': 1 };
    expect(await retireMasterKey(gateway, CALL, 1)).toEqual({ ...counts, ...others });
    expect(await answers(gateway, before)).toEqual({
      key: 'InvalidClientTokenId',
      role: 'InvalidClientTokenId',
      temporary: 'InvalidClientTokenId',
      browser: 'InvalidClientTokenId',
      checker: 'InvalidClientTokenId',
    });
    expect(await answers(gateway, after)).toEqual(ALL_IN);
    expect(await gateway.sessions.authenticate(`Bearer ${kept.token}`, NOON + 1)).toMatchObject({ kind: 'checker' });
    const left = await listed(gateway, 1);
    expect(left.map(({ kind, active }) => [kind, active])).toEqual([
      ['access key', false],
      ['MFA device', false],
    ]);

    // None of it comes back.
    const { accessKeyId } = before.key;
    await expect(
      gateway.sessions.setAccessKeyActive(OPERATOR, { accessKeyId, active: true }, NOON),
    ).rejects.toMatchObject({ code: 'ValidationError', field: 'accessKeyId' });
    const { serialNumber, seed } = before.device;
    const later = NOON + 10 * STEP;
    const codes = { authenticationCode1: codeOf(seed, later - STEP), authenticationCode2: codeOf(seed, later) };
    await expect(
      gateway.sessions.enableMfaDevice(OPERATOR, { userArn: alice, serialNumber, ...codes }, later),
    ).rejects.toMatchObject({ code: 'ValidationError', field: 'serialNumber' });
    // What was let in before it was retired, and is stored after it.
    await expect(
      gateway.sessions.assumeRole(before.caller, { role: R, roleSessionName: 'late' }, NOON),
    ).rejects.toMatchObject(INVALID);
    await expect(gateway.sessions.getSessionToken(before.caller, {}, NOON)).rejects.toMatchObject(INVALID);
    await expect(gateway.directory.entities.setKeyActive(accessKeyId, true)).rejects.toMatchObject(INVALID);

    // Nor with an import.
    const imported = await gateway.directory.apply({ accessKeys: [{ id: 'AKIANEWAAAAAAAAAAAAA', user: alice }] });
    expect(imported.warnings).toEqual([
      'access key AKIANEWAAAAAAAAAAAAA: its generation of the master key was retired, and it is not made',
    ]);

    const events = await gateway.directory.audit.list({ limit: 1000 });
    expect(events.filter(({ event }) => /MasterKey/.test(event))).toMatchObject([
      { event: 'RotateMasterKey', principal: 'operator', outcome: 'SUCCEEDED' },
      { event: 'RetireMasterKey', target: 'master-key/2', outcome: 'FAILED', code: 'CONFLICT' },
      { event: 'RetireMasterKey', target: 'master-key/3', outcome: 'FAILED', code: 'NoSuchEntity' },
      { event: 'RetireMasterKey', target: 'master-key/1', outcome: 'SUCCEEDED', parameters: { 'access key': '1' } },
    ]);
  });

  it('needs a key in the file that is not in use', async () => {
    const gateway = await start(await store.open(DOCUMENT), await newFolder());
    await expect(rotateMasterKey(gateway, CALL)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'the master key file has no key that is not in use: it needs another line',
    });
    // Prepared twice, it has one more.
    const place = { dataDir: gateway.dataDir, masterKeyFile: null };
    const [used] = gateway.secrets.masterKeys.fingerprints;
    expect(await prepareMasterKey(place, (one) => one === used)).toBe(true);
    expect(await prepareMasterKey(place, (one) => one === used)).toBe(false);
    expect(await rotateMasterKey(gateway, CALL)).toBe(2);
  });

  it('is refused at a start without one of its keys, which is named', async () => {
    const gateway = await start(await store.open(DOCUMENT), await newFolder());
    const first = await readFile(join(gateway.dataDir, 'master.key'), 'utf8');
    await rotate(gateway);
    const both = await readFile(join(gateway.dataDir, 'master.key'), 'utf8');
    await writeFile(join(gateway.dataDir, 'master.key'), first);
    await expect(start(gateway.directory, gateway.dataDir)).rejects.toThrow(
      /lacks generation 2 of the master key: put/,
    );
    // Of a retired one nothing is accepted: its key may be gone.
    await retireMasterKey(gateway, CALL, 1);
    await writeFile(join(gateway.dataDir, 'master.key'), both.slice(first.length));
    const again = await start(gateway.directory, gateway.dataDir);
    expect(await answers(again, await makeAll(again, 'again'))).toEqual(ALL_IN);
  });
});

describe('a directory that was restored without its keys', () => {
  it('goes on with them if they are put there, and otherwise with a new generation', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const { directory } = await openOn({ kind: 'server', url });
    const pool = new Pool({ connectionString: url });
    onTestFinished(async () => {
      await directory.close();
      await pool.end();
    });
    await directory.apply(DOCUMENT);
    const gateway = await start(directory, await newFolder());
    await rotate(gateway);
    const all = await makeAll(gateway, 'all');
    const forget = () => pool.query('UPDATE "DirectoryState" SET "masterKeyFingerprint" = NULL');
    await forget();
    const again = await start(directory, gateway.dataDir);
    expect((await masterKeyGenerations(again)).map(({ retiredAt }) => retiredAt)).toEqual([null, null]);
    expect(await answers(again, all)).toEqual(ALL_IN);
    await forget();
    const other = await start(directory, await newFolder());
    expect((await masterKeyGenerations(other)).map(({ retiredAt }) => retiredAt)).toEqual([NOON, NOON, null]);
    expect(await answers(other, all)).toMatchObject({ key: 'SignatureDoesNotMatch', role: 'InvalidClientTokenId' });
    const made = await makeAll(other, 'other');
    expect(generationOf(made.key.accessKeyId)).toBe(3);
    expect(await answers(other, made)).toEqual(ALL_IN);
  });
});

describe('two gateways with files of their own, on one server', () => {
  it('take a generation up without a restart once the file has its key, and say so before', async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const [one, two] = await Promise.all(
      [1, 2].map(async () => {
        const { directory } = await openOn({ kind: 'server', url });
        onTestFinished(() => directory.close());
        return directory;
      }),
    );
    if (one === undefined || two === undefined) throw new Error('not opened');
    await one.apply(DOCUMENT);
    const first = await start(one, await newFolder());
    const folder = await newFolder();
    const copy = async () =>
      writeFile(join(folder, 'master.key'), await readFile(join(first.dataDir, 'master.key')), { mode: 0o600 });
    await copy();
    const second = await start(two, folder);
    const before = await makeAll(first, 'before');
    expect(await answers(second, before)).toEqual(ALL_IN);
    await rotate(first);
    const after = await makeAll(first, 'after');
    const refusal = { code: 'DIRECTORY_UNAVAILABLE', message: expect.stringContaining('lacks generation 2') };
    await expect(second.sessions.authenticate(basic(after.key), NOON)).rejects.toMatchObject(refusal);
    await expect(second.sessions.authenticate(bearer(after.role), NOON)).rejects.toMatchObject(refusal);
    await expect(second.sessions.createAccessKey({ userArn: alice }, OPERATOR, NOON)).rejects.toMatchObject(refusal);
    await expect(second.secrets.masterKeys.holdNewest()).rejects.toMatchObject(refusal);
    // What it can check goes on.
    expect(await answers(second, before)).toEqual(ALL_IN);
    await copy();
    await expect.poll(() => answers(second, after), { timeout: 5_000 }).toEqual(ALL_IN);
    expect(await answers(second, before)).toEqual(ALL_IN);
    await retireMasterKey(second, CALL, 1);
    expect((await answers(first, before)).key).toBe('InvalidClientTokenId');
    expect(await answers(first, after)).toEqual(ALL_IN);
  });
});
