import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { filesOf } from '../../support/import-folder.ts';
import { A, allow, aUser, userArn } from '../../support/policies.ts';
import { ANONYMOUS, OPERATOR } from '../gateway.ts';
import { type Live, openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

let services: TestServices;
let live: Live;
let user: Caller;

beforeAll(async () => {
  ({
    services,
    live,
    callers: { user },
  } = await openLive(
    { user: userArn('user') },
    { accounts: [{ id: A, membership: 'NONE' }], users: [aUser('user', [allow('s3:*')])] },
  ));
}, OPENING);
afterAll(() => services.remove());

const REPORT = `
  changed revision warnings leftOut
  accounts {
    account { accountId }
    counts { kind new changed unchanged gone }
    knowledge { layer service state at missing }
  }
  organizations { organizationId counts { kind new changed unchanged gone } }
  shared { kind new changed unchanged gone }
  recognised { form count files }
  notRecognised { file what } notRecognisedCount
  notUnderstood { file place message } notUnderstoodCount`;

const bring = (files: readonly object[], more: object = {}) =>
  live.mutate(OPERATOR, 'importDirectory', { files, ...more }, `... on ImportDirectorySuccess { ${REPORT} }`);

/** The authorization details of an account with one user. */
function details(account: string, name: string): string {
  const user = {
    UserName: name,
    Arn: `arn:aws:iam::${account}:user/${name}`,
    Path: '/',
    UserId: `AIDA${name.toUpperCase().padEnd(17, 'A')}`,
    CreateDate: '2024-01-01T00:00:00+00:00',
    GroupList: [],
    AttachedManagedPolicies: [],
    Tags: [],
  };
  return JSON.stringify({ UserDetailList: [user], GroupDetailList: [], RoleDetailList: [], Policies: [] });
}

describe('the folder that iam-collect writes', () => {
  const files = filesOf('iam-collect').map(({ path, text }) => ({ name: path, content: text }));

  test('what was new, what is known and what was recognised; the same again changes nothing', async () => {
    const report = await bring(files);
    expect(report).toMatchObject({ __typename: 'ImportDirectorySuccess', changed: true, leftOut: [], warnings: [] });
    const account = report.accounts.find((each: typeof report) => each.account.accountId === '111111111111');
    expect(account.counts).toContainEqual({ kind: 'ROLES', new: 2, changed: 0, unchanged: 0, gone: 0 });
    expect(account.knowledge).toContainEqual({
      layer: 'ORGANIZATION',
      service: null,
      state: 'COMPLETE',
      at: new Date(live.now).toISOString(),
      missing: [],
    });
    const s3 = account.knowledge.find(({ service }: { service: unknown }) => service === 's3');
    expect(s3).toMatchObject({ layer: 'RESOURCE_POLICIES', state: 'PARTIAL', at: null });
    expect(s3.missing.length).toBeGreaterThan(0);
    expect(report.organizations).toEqual([
      {
        organizationId: 'o-exampleorg1',
        counts: expect.arrayContaining([
          { kind: 'ORGANIZATIONAL_UNITS', new: 2, changed: 0, unchanged: 0, gone: 0 },
          { kind: 'CONTROL_POLICIES', new: 3, changed: 0, unchanged: 0, gone: 0 },
        ]),
      },
    ]);
    const named = report.recognised.flatMap((form: { files: readonly string[] }) => form.files);
    expect(named.toSorted()).toEqual(files.map(({ name }) => name).toSorted());
    expect(report).toMatchObject({
      notRecognised: [],
      notRecognisedCount: 0,
      notUnderstood: [],
      notUnderstoodCount: 0,
    });
    const again = await bring(files);
    expect(again).toMatchObject({ changed: false, revision: report.revision });
    const roles = again.accounts[0].counts.find(({ kind }: { kind: string }) => kind === 'ROLES');
    expect(roles).toMatchObject({ new: 0, changed: 0, gone: 0 });
    expect((await live.trail()).slice(-2)).toEqual(
      Array(2).fill(expect.objectContaining({ event: 'ImportDirectory', principal: 'operator', outcome: 'SUCCEEDED' })),
    );
  });
});

test('what is not recognised is named and left alone', async () => {
  const report = await bring([
    { name: 'a/details.json', content: details('333333333333', 'ina') },
    { name: 'a/other.json', content: '{"Something":[]}' },
  ]);
  expect(report).toMatchObject({
    changed: true,
    recognised: [{ count: 1, files: ['a/details.json'] }],
    notRecognised: [{ file: 'a/other.json', what: 'an object with `Something`' }],
    notRecognisedCount: 1,
  });
});

test('the name of the one account', async () => {
  await bring([{ name: 'a.json', content: details('333333333333', 'ann') }], { accountName: 'Third' });
  const { account } = await live.ask(OPERATOR, '{ account(accountId: "333333333333") { name } }');
  expect(account).toEqual({ name: 'Third' });
});

describe('refused, with nothing stored', () => {
  const GOOD = { name: 'good.json', content: details('444444444444', 'eve') };
  const contradicting = [details('444444444444', 'eve'), details('444444444444', 'eve').replace('2024', '2023')];

  test.each<readonly [string, readonly object[], object, string, string]>([
    ['no files', [], {}, 'files', '`files` must have 1 to 10000 entries; it has 0'],
    [
      'neither content nor upload',
      [GOOD, { name: 'a.json' }],
      {},
      'files[1]',
      '`files[1]` must have exactly one of `content` and `upload`',
    ],
    ['.. in a name', [GOOD, { ...GOOD, name: 'a/../../b.json' }], {}, 'files[1].name', '(..)'],
    ['an absolute name', [{ ...GOOD, name: '/etc/b.json' }], {}, 'files[0].name', 'absolute path'],
    ['a long name', [{ ...GOOD, name: 'x'.repeat(1025) }], {}, 'files[0].name', 'more than 1024 characters'],
    ['no name', [{ ...GOOD, name: '.' }], {}, 'files[0].name', 'it has no name'],
    ['one name twice', [GOOD, { ...GOOD, name: './good.json' }], {}, 'files[1].name', 'another file has this name'],
    ['nothing that is recognised', [{ name: 'a.json', content: '[]' }], {}, 'files', 'nothing was recognised'],
    [
      'files that contradict each other',
      contradicting.map((content, index) => ({ name: `${index}.json`, content })),
      {},
      'files',
      'the files contradict each other: user arn:aws:iam::444444444444:user/eve',
    ],
    [
      'a name for two accounts',
      [GOOD, { name: 'b.json', content: details('555555555555', 'bob') }],
      { accountName: 'Both' },
      'accountName',
      '`accountName` needs an export of one account; this one has 2',
    ],
  ])('%s', async (_name, files, more, field, message) => {
    const before = await services.directory.revision();
    const failedBefore = await failures();
    const result = await bring(files, more);
    expect(result).toMatchObject({ __typename: 'ValidationError', code: 'ValidationError', field });
    expect(result.message).toContain(message);
    expect(await services.directory.revision()).toBe(before);
    // Repeated failures are one event, with their count.
    expect(await failures()).toBe(failedBefore + 1);
  });

  /** Failures that the trail has counted. */
  async function failures(): Promise<number> {
    const events = (await live.trail()).filter(
      ({ event, outcome, code }) => event === 'ImportDirectory' && outcome === 'FAILED' && code === 'BAD_USER_INPUT',
    );
    return events.reduce((sum, { count }) => sum + count, 0);
  }

  test('an upload that is a text: files come in multipart requests alone', async () => {
    const errors = await live.fail(
      OPERATOR,
      'mutation ($i: ImportDirectoryInput!) { importDirectory(input: $i) { __typename } }',
      {
        i: { files: [{ name: 'a.json', upload: '/etc/passwd' }] },
      },
    );
    expect(errors).toHaveLength(1);
    expect(errors[0]?.code).toBe('BAD_USER_INPUT');
    expect(errors[0]?.message).toContain('an upload must be a file of a multipart request');
  });

  test.each([
    ['a user', () => user, 'FORBIDDEN', 'only the operator may perform `importDirectory`'],
    ['nobody', () => ANONYMOUS, 'UNAUTHENTICATED', '`importDirectory` needs credentials'],
  ])('by %s: it is for the operator', async (_name, caller, code, message) => {
    const before = await services.directory.revision();
    const query = 'mutation ($i: ImportDirectoryInput!) { importDirectory(input: $i) { __typename } }';
    const errors = await live.fail(caller(), query, { i: { files: [GOOD] } });
    expect(errors).toEqual([{ code, message: expect.stringContaining(message) }]);
    expect(await services.directory.revision()).toBe(before);
  });

  test('the refusal of a user is in the audit trail', async () => {
    await live.fail(user, 'mutation { importDirectory(input: { files: [] }) { __typename } }');
    expect((await live.trail()).at(-1)).toMatchObject({
      event: 'ImportDirectory',
      principal: userArn('user'),
      outcome: 'REFUSED',
    });
  });
});
