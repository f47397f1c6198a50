import { describe, expect, test } from 'vitest';
import { importFiles } from '../../src/importing/import-files.ts';
import { InvalidInput } from '../../src/policy/errors.ts';

// Shapes: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html

const A = '111111111111';
const NAMED = `${A}/iam/get-account-authorization-details.json`;
const arn = (resource: string) => `arn:aws:iam::${A}:${resource}`;
const file = (path: string, json: unknown) => ({ path, text: JSON.stringify(json) });
const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const allow = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
const user = { UserName: 'alice', Arn: arn('user/alice'), UserId: 'AIDAALICE', GroupList: ['dev'] };
const group = {
  GroupName: 'dev',
  Arn: arn('group/team/dev'),
  GroupId: 'AGPADEV',
  GroupPolicyList: [],
  AttachedManagedPolicies: [],
};
const role = {
  RoleName: 'App',
  Arn: arn('role/App'),
  RoleId: 'AROAAPP',
  AssumeRolePolicyDocument: trust,
  RolePolicyList: [],
  AttachedManagedPolicies: [{ PolicyName: 'mine', PolicyArn: arn('policy/mine') }],
};
const policy = {
  PolicyName: 'mine',
  Arn: arn('policy/mine'),
  PolicyId: 'ANPAMINE',
  DefaultVersionId: 'v1',
  PolicyVersionList: [{ VersionId: 'v1', Document: allow, IsDefaultVersion: true }],
};
const whole = { UserDetailList: [user], GroupDetailList: [group], RoleDetailList: [role], Policies: [policy] };
const states = (knowledge: ReturnType<typeof importFiles>['document']['knowledge']) =>
  Object.fromEntries((knowledge ?? []).map(({ layer, state, missing }) => [layer, missing ?? state]));

/** Nothing in the files says that a list is whole. */
const NOTHING_WHOLE = Object.fromEntries(
  ['IDENTITY_POLICIES', 'TRUST_POLICIES', 'PERMISSIONS_BOUNDARIES'].map((layer) => [
    layer,
    ['groups', 'managed policies', 'roles', 'users'].map(
      (noun) => `all ${noun} (iam get-account-authorization-details)`,
    ),
  ]),
);
const NO_BEGINNING =
  'this is a page, and nothing says whether others come before it: if none do, name the file `get-account-authorization-details.json`. Without `--no-paginate` and `--starting-token` the command ' +
  'prints all pages as one answer';

describe('lists that are whole', () => {
  test('a file with several accounts makes no list whole, and the report says why; one that is named for an account does', () => {
    const mixed = { UserDetailList: [user, { ...user, Arn: 'arn:aws:iam::222222222222:user/bob', UserName: 'bob' }] };
    const put = importFiles([file(`${A}/account.json`, mixed)]);
    expect(put.document.wholeLists).toBeUndefined();
    const { file: path, message } = put.report.notUnderstood.at(-1) ?? {};
    expect(`${path}: ${message}`).toBe(
      `${A}/account.json: it holds entities of several accounts, and no answer of AWS does: nothing says that it lists all of any of ` +
        'them. If it is that of one account, name it `ACCOUNT/iam/get-account-authorization-details.json`',
    );
    const named = importFiles([file(NAMED, mixed)]);
    expect(named.document.wholeLists).toContainEqual({ accountId: A, kind: 'users' });
    expect(named.report.notUnderstood.map(({ message: said }) => said)).not.toContainEqual(
      expect.stringContaining('several accounts'),
    );
  });

  test('an answer that is not cut off removes what it does not hold, and completes what is known', () => {
    const { document, report } = importFiles([file('details.json', whole)]);
    expect(document.wholeLists?.map(({ kind }) => kind).sort()).toEqual(['groups', 'policies', 'roles', 'users']);
    expect(states(document.knowledge)).toEqual({
      IDENTITY_POLICIES: 'COMPLETE',
      TRUST_POLICIES: 'COMPLETE',
      PERMISSIONS_BOUNDARIES: 'COMPLETE',
    });
    expect(report).toEqual({
      recognised: [{ file: 'details.json', form: 'answer of iam get-account-authorization-details' }],
      notRecognised: [],
      notUnderstood: [],
      notListed: 0,
    });
  });

  test.each(['none', 1, true, { a: 1 }])('%j in place of a list is not taken for an empty one', (UserDetailList) => {
    const { document, report } = importFiles([file(NAMED, { ...whole, UserDetailList })]);
    expect(document.wholeLists?.map(({ kind }) => kind)).not.toContain('users');
    expect(states(document.knowledge)).toMatchObject({
      IDENTITY_POLICIES: ['all users (iam get-account-authorization-details)'],
    });
    expect(report.notUnderstood).not.toEqual([]);
  });

  test('pages without an end remove nothing, and leave gaps', () => {
    const { document, report } = importFiles([file('1.json', { ...whole, IsTruncated: true, Marker: 'x' })]);
    expect(document.wholeLists).toBeUndefined();
    expect(states(document.knowledge)['TRUST_POLICIES']).toHaveLength(4);
    expect(report.notUnderstood[0]).toMatchObject({ file: '1.json', place: 'document: IsTruncated' });
  });

  test('a last page looks like an only one: it removes nothing, completes nothing and is named', () => {
    const { document, report } = importFiles([file('last.json', { ...whole, IsTruncated: false })]);
    expect(document.wholeLists).toBeUndefined();
    expect(states(document.knowledge)).toEqual(NOTHING_WHOLE);
    expect(report.notUnderstood).toEqual([
      { file: 'last.json', place: 'document: IsTruncated', message: NO_BEGINNING },
    ]);
  });

  test('an only page as an SDK prints it is whole under the name of the command, which names no marker', () => {
    const only = { ...whole, IsTruncated: false, ResponseMetadata: { HTTPStatusCode: 200 } };
    const { document, report } = importFiles([file(NAMED, only)]);
    expect(document.wholeLists).toHaveLength(4);
    expect(states(document.knowledge)).toMatchObject({ IDENTITY_POLICIES: 'COMPLETE', TRUST_POLICIES: 'COMPLETE' });
    expect(report.notUnderstood).toEqual([]);
    // What it names and does not hold shows that it is not.
    const lacking = importFiles([file(NAMED, { ...only, Policies: [] })]).document;
    expect(lacking.wholeLists?.map(({ kind }) => kind)).not.toContain('policies');
  });

  test('a filter leaves lists empty: an empty list removes nothing unless the name says that all was asked for', () => {
    const filtered = {
      UserDetailList: [],
      GroupDetailList: [],
      RoleDetailList: [{ ...role, AttachedManagedPolicies: [] }],
      Policies: [],
    };
    const kinds = (path: string) =>
      importFiles([file(path, filtered)])
        .document.wholeLists?.map(({ kind }) => kind)
        .sort();
    expect(kinds('roles.json')).toEqual(['roles']);
    expect(kinds(`${A}/iam/get-account-authorization-details@Role.json`)).toEqual(['roles']);
    expect(kinds(NAMED)).toEqual(['groups', 'policies', 'roles', 'users']);
  });

  test('an attached policy that the answer lacks shows that policies were left out', () => {
    const { document } = importFiles([file(NAMED, { ...whole, Policies: [] })]);
    expect(document.wholeLists?.map(({ kind }) => kind)).not.toContain('policies');
    expect(states(document.knowledge)['IDENTITY_POLICIES']).toEqual([
      'all managed policies (iam get-account-authorization-details)',
    ]);
  });

  test('an entry that is not understood keeps its list from being whole', () => {
    const { document, report } = importFiles([file(NAMED, { ...whole, UserDetailList: [user, { Arn: 'nonsense' }] })]);
    expect(document.wholeLists?.map(({ kind }) => kind)).not.toContain('users');
    expect(report.notUnderstood).toEqual([
      { file: NAMED, place: 'user nonsense: Arn', message: '`nonsense` is not the ARN of an IAM entity' },
    ]);
  });
});

describe('pages in several files', () => {
  const none = { UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [] };
  const first = { ...none, UserDetailList: [user], IsTruncated: true, Marker: 'm/1=' };
  const second = { ...none, GroupDetailList: [group], RoleDetailList: [role], IsTruncated: true, Marker: 'm/2=' };
  const third = { ...none, Policies: [policy], IsTruncated: false };
  const named = (marker: string) => `${A}/iam/get-account-authorization-details@${encodeURIComponent(marker)}.json`;
  const read = (...files: readonly (readonly [string, unknown])[]) =>
    importFiles(files.map(([path, json]) => file(path, json)));
  const messages = ({ report }: ReturnType<typeof importFiles>) =>
    report.notUnderstood.map(({ file: path, message }) => [path, message]);

  test('belong together, but nothing in them says that none is missing', () => {
    for (const pages of [
      [first, third],
      [first, second, third],
    ]) {
      const result = read(...pages.map((page, index) => [`${index}.json`, page] as const));
      expect(result.document.users).toHaveLength(1);
      expect(result.document.wholeLists).toBeUndefined();
      expect(states(result.document.knowledge)).toEqual(NOTHING_WHOLE);
      expect(messages(result)).toContainEqual([`${pages.length - 1}.json`, NO_BEGINNING]);
      expect(messages(result)).toContainEqual(['0.json', expect.stringContaining('what follows it is missing')]);
    }
  });

  test('are all there is if each is named with the marker of the one before it', () => {
    const pages = [
      [NAMED, first],
      [named('m/1='), second],
      [named('m/2='), third],
    ] as const;
    for (const order of [pages, pages.toReversed()]) {
      const result = read(...order);
      expect(result.document.wholeLists).toHaveLength(4);
      expect(result.document.users?.[0]?.groups).toEqual([arn('group/team/dev')]);
      expect(states(result.document.knowledge)).toMatchObject({ IDENTITY_POLICIES: 'COMPLETE' });
      expect(messages(result)).toEqual([]);
    }
  });

  test.each([
    [
      'without the first',
      [
        [named('m/1='), second],
        [named('m/2='), third],
      ],
      [named('m/1='), named('m/2=')],
    ],
    [
      'without the second',
      [
        [NAMED, first],
        [named('m/2='), third],
      ],
      [NAMED, named('m/2=')],
    ],
    [
      'without the last',
      [
        [NAMED, first],
        [named('m/1='), second],
      ],
      [NAMED, named('m/1=')],
    ],
  ] as const)('prove nothing %s', (_which, pages, loose) => {
    const result = read(...pages);
    expect(result.document.wholeLists).toBeUndefined();
    expect(states(result.document.knowledge)).toEqual(NOTHING_WHOLE);
    expect(new Set(messages(result).map(([path]) => path))).toEqual(new Set(loose));
  });

  test('as the command line continues them: a token, then what it was given', () => {
    const { IsTruncated: _, Marker: token, ...begun } = first;
    const rest = { ...none, GroupDetailList: [group], RoleDetailList: [role], Policies: [policy] };
    const result = read([NAMED, { ...begun, NextToken: token }], [named(token), rest]);
    expect(result.document.wholeLists).toHaveLength(4);
    // By itself, what was begun at a marker is no whole answer.
    const alone = read([named(token), rest]);
    expect(states(alone.document.knowledge)).toEqual(NOTHING_WHOLE);
    expect(messages(alone)).toEqual([[named(token), NO_BEGINNING]]);
  });

  test('an answer without pages is not whole if another file holds more', () => {
    const rest = { ...none, GroupDetailList: [group], RoleDetailList: [role], Policies: [policy] };
    const result = read(['1.json', first], ['2.json', rest]);
    expect(states(result.document.knowledge)['TRUST_POLICIES']).toEqual([
      'all users (iam get-account-authorization-details)',
    ]);
    expect(result.document.wholeLists).toBeUndefined();
    expect(messages(result)).toContainEqual([
      '1.json',
      'files of this account hold different parts of the list: nothing says that they are all',
    ]);
    // A page beside the whole answer takes nothing away from it.
    expect(states(read(['1.json', first], ['2.json', whole]).document.knowledge)).toMatchObject({
      IDENTITY_POLICIES: 'COMPLETE',
    });
  });

  test('answers with a filter are whole for what was asked', () => {
    const filtered = (filter: string) => `${A}/iam/get-account-authorization-details@${filter}.json`;
    const users = { ...none, UserDetailList: [{ ...user, GroupList: [] }] };
    const missing = ['groups', 'managed policies', 'roles'].map(
      (noun) => `all ${noun} (iam get-account-authorization-details)`,
    );
    const knownOf = (...files: readonly (readonly [string, unknown])[]) => states(read(...files).document.knowledge);
    expect(knownOf([filtered('User'), users])['IDENTITY_POLICIES']).toEqual(missing);
    expect(
      knownOf(
        [filtered('User'), users],
        [filtered('Group%20Role'), { ...none, GroupDetailList: [group], RoleDetailList: [role] }],
        [filtered('LocalManagedPolicy'), { ...none, Policies: [policy] }],
      ),
    ).toMatchObject({ IDENTITY_POLICIES: 'COMPLETE', TRUST_POLICIES: 'COMPLETE' });
  });
});

describe('several files', () => {
  test('say the same twice: nothing is wrong', () => {
    const { document } = importFiles([file('a.json', whole), file('b.json', whole)]);
    expect(document.roles).toHaveLength(1);
  });

  test('contradict each other: refused, naming both places', () => {
    const other = { ...role, AssumeRolePolicyDocument: { ...trust, Statement: [] } };
    const files = [file('a.json', { RoleDetailList: [role] }), file('b.json', { RoleDetailList: [other] })];
    for (const order of [files, files.toReversed()]) {
      expect(() => importFiles(order)).toThrow(
        new InvalidInput(
          'files',
          `the files contradict each other: role ${arn('role/App')}: trustPolicy: a.json (role ${arn('role/App')}) and b.json (role ${arn('role/App')}) say different things`,
        ),
      );
    }
  });

  test('hold two roles whose names differ in case and path only: refused', () => {
    const other = { ...role, RoleName: 'APP', Arn: arn('role/team/APP'), RoleId: 'AROAOTHER' };
    expect(() =>
      importFiles([file('a.json', { RoleDetailList: [role] }), file('b.json', { RoleDetailList: [other] })]),
    ).toThrow('names are unique in an account: a.json (role arn:aws:iam::111111111111:role/App) and b.json');
  });
});

describe('what is not recognised', () => {
  test.each([
    ['README.md', '# Notes', 'it is not JSON'],
    ['empty.json', '', 'it is empty'],
    ['users.json', '{"Users":[]}', 'an object with `Users`'],
    ['deep.json', '['.repeat(65), 'it is too large: it is nested more than 64 levels deep'],
    [
      'key.json',
      '{"AccessKey":{"UserName":"a","SecretAccessKey":"wJalr"}}',
      'it holds a SecretAccessKey: secrets are not imported, and nothing of this file is',
    ],
    [
      'details.json',
      JSON.stringify({ ...whole, recorded: [{ secret_access_key: 'x' }] }),
      'it holds a SecretAccessKey: secrets are not imported, and nothing of this file is',
    ],
  ])('%s is named and left alone', (path, text, what) => {
    const { document, report } = importFiles([{ path, text }]);
    expect(document).toEqual({});
    expect(report.notRecognised).toEqual([{ file: path, what }]);
    expect(JSON.stringify(report)).not.toContain('wJalr');
  });

  test('characters that could deceive are escaped', () => {
    const { report } = importFiles([{ path: 'a\u202eb\u001b.json', text: '{"x\u202e":1}' }]);
    expect(report.notRecognised).toEqual([{ file: 'a\\u{202e}b\\u{1b}.json', what: 'an object with `x\\u{202e}`' }]);
  });
});
