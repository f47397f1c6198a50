import { describe, expect, test } from 'vitest';
import { parseAccountAuthorizationDetails } from '../../src/importing/account-authorization-details.ts';

const parse = (json: unknown) => parseAccountAuthorizationDetails(JSON.stringify(json));
const arn = (resource: string) => `arn:aws:iam::111111111111:${resource}`;
const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

const user = (more: object = {}) => ({ UserName: 'alice', Arn: arn('user/alice'), ...more });
const role = (more: object = {}) => ({
  RoleName: 'App',
  Arn: arn('role/team/App'),
  AssumeRolePolicyDocument: trust,
  ...more,
});
const oneUser = (more: object) => {
  const { document, warnings } = parse({ UserDetailList: [user(more)] });
  return { user: document.users?.[0], warnings };
};
const oneRole = (more: object) => {
  const { document, warnings } = parse({ RoleDetailList: [role(more)] });
  return { role: document.roles?.[0], warnings };
};

describe("an entity's own lists", () => {
  test('UserPolicyList is left out by AWS when it is empty; the others it always prints', () => {
    const { user: found } = oneUser({});
    expect(found).toEqual({ arn: arn('user/alice'), inlinePolicies: [], permissionsBoundary: null });
  });

  test('null is an empty list', () => {
    const { user: found, warnings } = oneUser({ AttachedManagedPolicies: null, GroupList: null, Tags: null });
    expect(found).toMatchObject({ attachedPolicies: [], groups: [], tags: {} });
    expect(warnings).toEqual([]);
  });

  test('one object or string stands for a list of one', () => {
    const { user: found } = oneUser({
      UserPolicyList: { PolicyName: 'p', PolicyDocument: policy },
      GroupList: 'developers',
      Tags: { Key: 'team', Value: 'data' },
    });
    expect(found).toMatchObject({
      inlinePolicies: [{ name: 'p', document: JSON.stringify(policy) }],
      groups: [arn('group/developers')],
      tags: { team: 'data' },
    });
  });

  test('what is of the wrong type is named, and the rest is read', () => {
    const { user: found, warnings } = oneUser({
      GroupList: ['a', 7, null],
      AttachedManagedPolicies: ['x', { PolicyName: 'Mine' }, { PolicyArn: 'nonsense' }, { PolicyArn: arn('role/r') }],
      UserPolicyList: 3,
    });
    expect(found).toMatchObject({ groups: [arn('group/a')], attachedPolicies: [] });
    expect(warnings).toEqual([
      'user alice: GroupList[1]: expected a string, found the number 7',
      'user alice: GroupList[2]: expected a string, found null',
      `user alice: GroupList: the group \`a\` is not in the export; \`${arn('group/a')}\` is known without its policies until it is imported`,
      'user alice: UserPolicyList: expected a list, found the number 3',
      'user alice: AttachedManagedPolicies[0]: expected an object, found the string `x`',
      'user alice: AttachedManagedPolicies[1].PolicyArn: the ARN of a policy is missing',
      'user alice: AttachedManagedPolicies[2].PolicyArn: `nonsense` is not the ARN of an IAM entity',
      `user alice: AttachedManagedPolicies[3].PolicyArn: \`${arn('role/r')}\` is not the ARN of a policy`,
    ]);
  });
});

describe('groups', () => {
  test('a user names them without their path, also when they stand on a later page', () => {
    const { document, warnings } = parse([
      { UserDetailList: [user({ GroupList: ['developers'] })], IsTruncated: true },
      { GroupDetailList: [{ GroupName: 'developers', Arn: arn('group/dept/developers') }] },
    ]);
    expect(document.users?.[0]?.groups).toEqual([arn('group/dept/developers')]);
    expect(document.groups).toEqual([{ arn: arn('group/dept/developers') }]);
    expect(warnings).toEqual([]);
  });

  test('one that the export does not have is there, without anything, and named', () => {
    const { document, warnings } = parse({ UserDetailList: [user({ GroupList: ['developers', 'developers'] })] });
    expect(document.users?.[0]?.groups).toEqual([arn('group/developers')]);
    expect(document.groups).toEqual([{ arn: arn('group/developers') }]);
    expect(warnings).toEqual([
      `user alice: GroupList: the group \`developers\` is not in the export; \`${arn('group/developers')}\` is known without its policies until it is imported`,
    ]);
  });
});

describe('permissions boundaries', () => {
  const boundary = arn('policy/Boundary');

  test('an ARN, none, and one that is not understood: then what is stored stays', () => {
    expect(oneRole({ PermissionsBoundary: { PermissionsBoundaryArn: boundary } }).role?.permissionsBoundary).toBe(
      boundary,
    );
    expect(oneRole({}).role?.permissionsBoundary).toBeNull();
    const { role: found, warnings } = oneRole({ PermissionsBoundary: { PermissionsBoundaryArn: 'Boundary' } });
    expect(found !== undefined && 'permissionsBoundary' in found).toBe(false);
    expect(warnings).toEqual([
      'role App: PermissionsBoundary.PermissionsBoundaryArn: `Boundary` is not the ARN of an IAM entity',
    ]);
  });
});

describe('policy documents', () => {
  const stored = (document: unknown) => {
    const { role: found, warnings } = oneRole({ RolePolicyList: [{ PolicyName: 'p', PolicyDocument: document }] });
    return { text: found?.inlinePolicies?.[0]?.document, warnings };
  };
  const problem = (text: string) => [
    `role App: RolePolicyList[0].PolicyDocument: the policy document is not understood: ${text}; it is stored as it is`,
  ];

  test.each([
    ['an object', policy],
    ['text', JSON.stringify(policy, null, 2)],
    ['URL-encoded text', encodeURIComponent(JSON.stringify(policy))],
  ])('%s becomes compact JSON', (_, document) => {
    expect(stored(document)).toEqual({ text: JSON.stringify(policy), warnings: [] });
  });

  test('one that cannot be understood is kept, and named', () => {
    expect(stored('%zz')).toEqual({ text: '%zz', warnings: problem('its URL encoding is broken') });
    expect(stored('nonsense').warnings).toEqual(problem('a policy document must be JSON'));
    const twice = JSON.stringify(policy).replace('}', ',"Effect":"Deny"}');
    expect(stored(twice)).toEqual({
      text: twice,
      warnings: [
        'a policy document must not have a key twice: `Statement[0].Effect`',
        '`Statement[0].Effect` must be `Allow` or `Deny`',
      ].map(
        (part) => `role App: RolePolicyList[0].PolicyDocument: a part of the policy document cannot be read: ${part}`,
      ),
    });
    expect(stored({ ...policy, Extra: 1 }).warnings).toEqual(problem('unknown element `Extra`'));
    expect(stored('nonsense').text).toBe('nonsense');
  });

  test('one that is missing is stored as what it is: unknown', () => {
    expect(stored(null)).toEqual({
      text: 'null',
      warnings: ['role App: RolePolicyList[0].PolicyDocument: there is no policy document; it is stored as it is'],
    });
  });

  test('one that is too long is kept, and named with the limit', () => {
    const document = { ...policy, Id: 'x'.repeat(262_144) };
    const { text, warnings } = stored(document);
    expect(text).toBe(JSON.stringify(document));
    expect(warnings).toEqual(
      problem(
        `${JSON.stringify(document).length.toLocaleString('en')} characters are more than the 262,144 that are read`,
      ),
    );
    expect(stored('['.repeat(100_000)).warnings).toEqual(problem('it is nested more than 32 levels deep'));
  });

  test('a trust policy that cannot be understood is named as one', () => {
    const { role: found, warnings } = oneRole({ AssumeRolePolicyDocument: { ...trust, Extra: 1 } });
    expect(found?.trustPolicy).toBe(JSON.stringify({ ...trust, Extra: 1 }));
    expect(warnings).toEqual([
      'role App: AssumeRolePolicyDocument: the policy document is not understood: unknown element `Extra`; it is stored as it is',
    ]);
  });
});

describe('managed policies', () => {
  const version = (id: string, isDefault?: boolean) => ({
    VersionId: id,
    Document: policy,
    ...(isDefault === undefined ? {} : { IsDefaultVersion: isDefault }),
  });
  const read = (more: object) => {
    const { document, warnings } = parse({ Policies: [{ Arn: arn('policy/P'), PolicyName: 'P', ...more }] });
    return { policy: document.policies?.[0], warnings };
  };

  test('the default version is the one that is stated', () => {
    const found = read({ DefaultVersionId: 'v2', PolicyVersionList: [version('v1', true), version('v2')] });
    expect(found.policy?.defaultVersionId).toBe('v2');
    expect(found.policy?.versions.map(({ versionId }) => versionId)).toEqual(['v1', 'v2']);
  });

  test('else the one that is marked, else the only one', () => {
    const marked = read({ DefaultVersionId: 'v9', PolicyVersionList: [version('v1'), version('v2', true)] });
    expect(marked.policy?.defaultVersionId).toBe('v2');
    expect(marked.warnings).toEqual(['policy P: DefaultVersionId: `v9` is not among the versions; `v2` is taken']);
    expect(read({ PolicyVersionList: version('v3') }).policy?.defaultVersionId).toBe('v3');
  });

  test('one without versions is left out by name', () => {
    expect(read({ DefaultVersionId: 'v1', PolicyVersionList: [] })).toEqual({
      policy: undefined,
      warnings: ['policy P: PolicyVersionList: the default version is not among the versions; the policy is left out'],
    });
  });
});

describe('names, ids and dates', () => {
  test('an ARN that is missing follows from the name and the one account', () => {
    const { document, warnings } = parse({
      UserDetailList: [{ UserName: 'bob', Path: '/team/' }],
      RoleDetailList: [role()],
    });
    expect(document.users?.[0]?.arn).toBe(arn('user/team/bob'));
    expect(warnings).toEqual([`user bob: Arn: the ARN is missing; taken to be \`${arn('user/team/bob')}\``]);
  });

  test('what cannot be named is left out by place', () => {
    const { document, warnings } = parse({ UserDetailList: [{}, 5, user({ Arn: arn('role/alice') })] });
    expect(document.users).toEqual([]);
    expect(warnings).toEqual([
      'UserDetailList[0]: Arn: the ARN is missing and does not follow from the rest; the entity is left out',
      'UserDetailList[1]: expected an object, found the number 5',
      `user alice: Arn: \`${arn('role/alice')}\` is not the ARN of a user; the entity is left out`,
    ]);
  });

  test('with several accounts, one that is not said cannot be guessed', () => {
    const { document, warnings } = parse({
      UserDetailList: [
        user(),
        user({ Arn: 'arn:aws:iam::222222222222:user/alice' }),
        { Arn: 'arn:aws:iam::aws:user/x' },
      ],
    });
    expect(document.accounts?.map(({ id }) => id)).toEqual(['111111111111', '222222222222']);
    expect(document.users).toHaveLength(2);
    expect(warnings).toEqual([
      'user arn:aws:iam::aws:user/x: Arn: `arn:aws:iam::aws:user/x` names no account, and the export does not say which it must be; left out',
    ]);
  });

  test.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05+00:00', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02 03:04:05+02:00', '2026-01-02T01:04:05.000Z'],
    ['2026-01-02 03:04:05.123456', '2026-01-02T03:04:05.123Z'],
    [1_767_323_045, '2026-01-02T03:04:05.000Z'],
  ])('%s is a date', (written, createdAt) => {
    expect(oneUser({ CreateDate: written })).toMatchObject({ user: { createdAt }, warnings: [] });
  });

  test.each(['yesterday', '2026-13-45T00:00:00Z', '2026-02-30T00:00:00Z', '2026-01-02T03:04:05+25:00', true, 1e300])(
    '%s is none',
    (written) => {
      const { user: found, warnings } = oneUser({ CreateDate: written });
      expect(found).not.toHaveProperty('createdAt');
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(/^user alice: CreateDate: .* is not a date that is understood$/);
    },
  );

  test('MaxSessionDuration, where a tool has added it', () => {
    expect(oneRole({ MaxSessionDuration: 7200 }).role?.maxSessionDuration).toBe(7200);
    expect(oneRole({ MaxSessionDuration: 60 })).toMatchObject({
      role: { trustPolicy: JSON.stringify(trust) },
      warnings: ['role App: MaxSessionDuration: expected a number of seconds from 3600 to 43200'],
    });
  });
});

test('of an entity that occurs twice, what comes later counts in what it has', () => {
  const { document, warnings } = parse([
    { UserDetailList: [user({ GroupList: ['a'], Tags: [{ Key: 'k', Value: '1' }] })] },
    { UserDetailList: [user({ GroupList: ['b'] })] },
    { GroupDetailList: ['a', 'b'].map((name) => ({ GroupName: name, Arn: arn(`group/${name}`) })) },
  ]);
  expect(document.users).toHaveLength(1);
  expect(document.users?.[0]).toMatchObject({ groups: [arn('group/b')], tags: { k: '1' } });
  expect(warnings).toEqual(['user alice: it occurs more than once with differences; the later one counts']);
});

test('warnings are bounded, and say how many there are more', () => {
  const { warnings } = parse({ UserDetailList: Array.from({ length: 1500 }, (_, index) => index) });
  expect(warnings).toHaveLength(1001);
  expect(warnings[1000]).toBe('500 more warnings are not listed');
});

describe('what no database stores', () => {
  test('U+0000 and half a surrogate pair become U+FFFD, with a warning', () => {
    const { user: found, warnings } = oneUser({
      UserPolicyList: { PolicyName: 'p\udc00', PolicyDocument: policy },
      Tags: { Key: 'a\0', Value: '\ud800b' },
    });
    expect(found).toMatchObject({ inlinePolicies: [{ name: 'p\ufffd' }], tags: { 'a\ufffd': '\ufffdb' } });
    const fault = 'it contains U+0000 or half a surrogate pair, which is stored as U+FFFD';
    expect(warnings).toEqual([
      `user alice: UserPolicyList[0].PolicyName: ${fault}`,
      `user alice: Tags[0].Key: ${fault}`,
      `user alice: Tags[0].Value: ${fault}`,
    ]);
  });

  test('a whole surrogate pair is a character like any other', () => {
    const { user: found, warnings } = oneUser({ Tags: { Key: 'mood', Value: '\u{1f600}' } });
    expect(found).toMatchObject({ tags: { mood: '\u{1f600}' } });
    expect(warnings).toEqual([]);
  });

  test('a date before the year 1 or after 9999 is none', () => {
    for (const CreateDate of [-62_200_000_000, 300_000_000_000]) {
      const { user: found, warnings } = oneUser({ CreateDate });
      expect(found).not.toHaveProperty('createdAt');
      expect(warnings).toEqual([`user alice: CreateDate: the number ${CreateDate} is not a date that is understood`]);
    }
  });

  test('names longer than IAM gives out', () => {
    const long = 'n'.repeat(5000);
    const { user: found, warnings } = oneUser({ UserPolicyList: { PolicyName: long, PolicyDocument: policy } });
    expect(found).toMatchObject({ inlinePolicies: [{ name: 'n'.repeat(128) }] });
    expect(warnings).toEqual([
      'user alice: UserPolicyList[0].PolicyName: it has 5000 characters; the first 128 are stored',
    ]);
    const { document } = parse({ UserDetailList: [user({ UserName: long, Arn: arn(`user/${long}`) })] });
    expect(document.users).toEqual([]);
  });
});

test('a user or role that nobody could ask about is left out, with a warning', () => {
  for (const name of ['a b', 'x*', 'n'.repeat(129)]) {
    const { document, warnings } = parse({ UserDetailList: [user({ UserName: name, Arn: arn(`user/${name}`) })] });
    expect(document.users).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/^user .*: Arn: .* cannot be the ARN of a user; the entity is left out$/),
    ]);
  }
});
