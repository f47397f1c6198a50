import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importFiles } from '../../src/importing/import-files.ts';

// Shapes: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html

const M = '111111111111';
const MEMBER = '222222222222';
const O = 'o-exampleorg';
const ROOT = 'r-ab12';
const UNIT = 'ou-ab12-11111111';
const INNER = 'ou-ab12-22222222';
const DIR = `${M}/organizations`;
const arn = (rest: string) => `arn:aws:organizations::${M}:${rest}`;
const file = (path: string, json: unknown) => ({ path, text: JSON.stringify(json) });
const document = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] };

const aws = {
  Id: 'p-FullAWSAccess',
  Arn: 'arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess',
  Name: 'FullAWSAccess',
  Type: 'SERVICE_CONTROL_POLICY',
  AwsManaged: true,
};
const own = {
  Id: 'p-11111111',
  Arn: arn(`policy/${O}/service_control_policy/p-11111111`),
  Name: 'NoS3',
  Description: 'No S3',
  Type: 'SERVICE_CONTROL_POLICY',
  AwsManaged: false,
};
const unit = { Id: UNIT, Arn: arn(`ou/${O}/${UNIT}`), Name: 'Workloads' };
const inner = { Id: INNER, Arn: arn(`ou/${O}/${INNER}`), Name: 'Prod' };
const accounts = [
  { Id: M, Arn: arn(`account/${O}/${M}`), Email: 'm@example.com', Name: 'Management', Status: 'ACTIVE' },
  { Id: MEMBER, Arn: arn(`account/${O}/${MEMBER}`), Email: 'w@example.com', Name: 'Web', Status: 'ACTIVE' },
];
const roots = {
  Roots: [
    {
      Id: ROOT,
      Arn: arn(`root/${O}/${ROOT}`),
      Name: 'Root',
      PolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }],
    },
  ],
};

/** An organization as older clients print it: nothing but arguments says what is in what. */
const whole = [
  file(`${DIR}/describe-organization.json`, {
    Organization: { Id: O, Arn: arn(`organization/${O}`), FeatureSet: 'ALL', MasterAccountId: M },
  }),
  file(`${DIR}/list-roots.json`, roots),
  file(`${DIR}/list-organizational-units-for-parent@${ROOT}.json`, { OrganizationalUnits: [unit] }),
  file(`${DIR}/list-organizational-units-for-parent@${UNIT}.json`, { OrganizationalUnits: [inner] }),
  file(`${DIR}/list-organizational-units-for-parent@${INNER}.json`, { OrganizationalUnits: [] }),
  file(`${DIR}/list-accounts.json`, { Accounts: accounts }),
  file(`${DIR}/list-accounts-for-parent@${ROOT}.json`, { Accounts: [accounts[0]] }),
  file(`${DIR}/list-parents@${MEMBER}.json`, { Parents: [{ Id: INNER, Type: 'ORGANIZATIONAL_UNIT' }] }),
  file(`${DIR}/list-policies@SERVICE_CONTROL_POLICY.json`, { Policies: [aws, own] }),
  file(`${DIR}/describe-policy@${own.Id}.json`, {
    Policy: { PolicySummary: own, Content: JSON.stringify(document, null, 2) },
  }),
  file(`${DIR}/list-targets-for-policy@${own.Id}.json`, {
    Targets: [{ TargetId: INNER, Arn: inner.Arn, Name: 'Prod', Type: 'ORGANIZATIONAL_UNIT' }],
  }),
  file(`${DIR}/list-targets-for-policy@${aws.Id}.json`, {
    Targets: [ROOT, UNIT, INNER, M, MEMBER].map((TargetId) => ({ TargetId, Name: 'x', Type: 'ROOT' })),
  }),
  file(`${DIR}/list-delegated-administrators.json`, { DelegatedAdministrators: [accounts[1]] }),
  file(`${DIR}/list-delegated-services-for-account@${MEMBER}.json`, {
    DelegatedServices: [{ ServicePrincipal: 'iam.amazonaws.com', DelegationEnabledDate: 1 }],
  }),
];
const without = (part: string) => whole.filter(({ path }) => !path.includes(part));
const known = (files: typeof whole, account = MEMBER) =>
  Object.fromEntries(
    (importFiles(files).document.knowledge ?? [])
      .filter(({ accountId }) => accountId === account)
      .map(({ layer, state, missing }) => [layer, missing ?? state]),
  );

describe('a whole organization', () => {
  const { document: imported, report } = importFiles(whole);

  test('is one document', () => {
    expect(report.notUnderstood).toEqual([]);
    expect(report.notRecognised).toEqual([]);
    expect(imported.organizations).toEqual([
      {
        id: O,
        rootId: ROOT,
        rootName: 'Root',
        managementAccountId: M,
        scpEnabled: true,
        rcpEnabled: false,
        units: [
          { id: UNIT, name: 'Workloads', parentId: null },
          { id: INNER, name: 'Prod', parentId: UNIT },
        ],
        controlPolicies: [
          {
            id: own.Id,
            type: 'SERVICE_CONTROL_POLICY',
            name: 'NoS3',
            description: 'No S3',
            document: JSON.stringify(document),
            targets: [INNER],
          },
          {
            id: aws.Id,
            type: 'SERVICE_CONTROL_POLICY',
            name: 'FullAWSAccess',
            document: JSON.stringify({
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
            }),
            targets: [M, MEMBER, INNER, UNIT, ROOT].sort(),
          },
        ],
        delegatedAdministrators: [{ accountId: MEMBER, servicePrincipal: 'iam.amazonaws.com' }],
        allAccounts: [M, MEMBER],
      },
    ]);
    // The root does not list S3 policies: what an earlier import said that they set is void.
    const noS3Policy = { organizationPublicAccessBlock: null };
    expect(imported.accounts).toEqual([
      { id: M, partition: 'aws', name: 'Management', membership: { organizationId: O, unitId: null }, ...noS3Policy },
      { id: MEMBER, name: 'Web', membership: { organizationId: O, unitId: INNER }, ...noS3Policy },
    ]);
  });

  test('is known completely', () => {
    expect(known(whole)).toEqual({ ORGANIZATION: 'COMPLETE', CONTROL_POLICIES: 'COMPLETE' });
  });

  test('is the same in whatever order the files come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(whole, { minLength: whole.length }), (files) => {
        expect(importFiles(files)).toEqual(importFiles(whole));
      }),
      { numRuns: 50 },
    );
  });

  test('is the same with Path and Paths of newer clients in place of arguments', () => {
    const newer = [
      ...without('list-parents').filter(
        ({ path }) => !/units-for-parent|accounts-for-parent|list-accounts\.json/.test(path),
      ),
      file('a.json', { OrganizationalUnits: [{ ...unit, Path: `${O}/${ROOT}/${UNIT}/` }] }),
      file('b.json', { OrganizationalUnits: [{ ...inner, Path: `${O}/${ROOT}/${UNIT}/${INNER}/` }] }),
      file(`${DIR}/list-organizational-units-for-parent@${INNER}.json`, { OrganizationalUnits: [] }),
      file(`${DIR}/list-accounts.json`, {
        Accounts: [
          { ...accounts[0], Paths: [`${O}/${ROOT}/`] },
          { ...accounts[1], Paths: [`${O}/${ROOT}/${UNIT}/${INNER}/`] },
        ],
      }),
    ];
    expect(importFiles(newer).document).toEqual(imported);
  });

  test('is the same with what is attached to each target in place of the targets of each policy', () => {
    const perTarget = [
      ...without('list-targets').filter(({ path }) => !path.includes('list-policies@')),
      ...[ROOT, UNIT, INNER, M, MEMBER].map((id) =>
        file(`${DIR}/list-policies-for-target@${id}@SERVICE_CONTROL_POLICY.json`, {
          Policies: id === INNER ? [own, aws] : [aws],
        }),
      ),
    ];
    const [organization] = importFiles(perTarget).document.organizations ?? [];
    expect(organization?.controlPolicies).toEqual(imported.organizations?.[0]?.controlPolicies);
    expect(known(perTarget)).toEqual({ ORGANIZATION: 'COMPLETE', CONTROL_POLICIES: 'COMPLETE' });
    // Without the list of all policies, one that is attached nowhere is not gone.
    expect(organization?.keepsUnnamed).toBe(true);
  });
});

describe('what is missing', () => {
  test.each([
    ['describe-policy', 'CONTROL_POLICIES', 'the document of p-11111111 (organizations describe-policy)'],
    [
      `list-targets-for-policy@${own.Id}`,
      'CONTROL_POLICIES',
      'what p-11111111 is attached to (organizations list-targets-for-policy)',
    ],
    ['list-policies@', 'CONTROL_POLICIES', 'the list of service control policies (organizations list-policies)'],
    [`units-for-parent@${UNIT}`, 'ORGANIZATION', `what \`${INNER}\` is in`],
    ['list-roots', 'ORGANIZATION', `which organization the root \`${ROOT}\` belongs to`],
  ] as const)('%s: %s is partial, and nothing that is stored goes', (part, layer, sentence) => {
    expect(known(without(part))[layer]).toEqual([sentence]);
    const [organization] = importFiles(without(part)).document.organizations ?? [];
    expect(organization?.keepsUnnamed ?? 'left out').toBe(part === 'list-roots' ? 'left out' : true);
  });

  test('a unit whose parent no file says is left out and named', () => {
    const { document: found, report } = importFiles([
      file(`${DIR}/list-roots.json`, roots),
      file('unit.json', { OrganizationalUnit: unit }),
    ]);
    expect(found.organizations?.[0]?.units).toBeUndefined();
    expect(report.notUnderstood).toEqual([
      {
        file: 'unit.json',
        place: `organizational unit ${UNIT}`,
        message: 'no file says what it is in; the unit is left out',
      },
    ]);
  });

  test('a target of which no file says where it is keeps its attachment from being stored, and named', () => {
    const { document: found, report } = importFiles(without('list-parents'));
    expect(found.organizations?.[0]?.controlPolicies?.at(-1)?.targets).toEqual([M, INNER, UNIT, ROOT].sort());
    expect(found.organizations?.[0]?.keepsUnnamed).toBe(true);
    expect(report.notUnderstood.map(({ message }) => message)).toContain(
      `no file says where its target \`${MEMBER}\` is in the organization; the attachment is left out`,
    );
  });

  test('units in a circle do not lead to the root', () => {
    const { report } = importFiles([
      file(`${DIR}/list-roots.json`, roots),
      file(`${DIR}/list-organizational-units-for-parent@${INNER}.json`, { OrganizationalUnits: [unit] }),
      file(`${DIR}/list-organizational-units-for-parent@${UNIT}.json`, { OrganizationalUnits: [inner] }),
      file(`${DIR}/list-accounts-for-parent@${UNIT}.json`, { Accounts: [accounts[1]] }),
    ]);
    expect(report.notUnderstood.map(({ message }) => message)).toEqual([
      `it is in \`${INNER}\`, which does not lead to the root; the unit is left out`,
      `it is in \`${UNIT}\`, which does not lead to the root; the unit is left out`,
      `no file says how \`${UNIT}\` leads to the root; its place in the organization is not stored`,
    ]);
  });

  test('an answer that lacks its argument says how its file must be named', () => {
    const { report } = importFiles([file('targets.json', { Targets: [{ TargetId: ROOT, Type: 'ROOT' }] })]);
    expect(report.notUnderstood).toEqual([
      {
        file: 'targets.json',
        place: '',
        message:
          'nothing says which policy this answer is about: name the file `list-targets-for-policy@POLICY.json`; it is left out',
      },
    ]);
  });

  test('pages after which more follows say nothing of what they lack', () => {
    const cut = [
      ...without('list-policies@'),
      file(`${DIR}/list-policies@SERVICE_CONTROL_POLICY.json`, { Policies: [aws], NextToken: 'x' }),
    ];
    expect(known(cut)['CONTROL_POLICIES']).toEqual([
      'the list of service control policies (organizations list-policies)',
    ]);
  });
});

describe('what is in no organization, or has no policies', () => {
  test('an account in no organization is known to be in none', () => {
    const files = [
      file(`${MEMBER}/organizations/describe-organization.json`, {
        Error: { Code: 'AWSOrganizationsNotInUseException' },
      }),
    ];
    expect(importFiles(files).document.accounts).toEqual([{ id: MEMBER, membership: 'NONE' }]);
    expect(known(files)).toEqual({ ORGANIZATION: 'COMPLETE', CONTROL_POLICIES: 'COMPLETE' });
  });

  test('another error says nothing', () => {
    const files = [
      file(`${MEMBER}/organizations/describe-organization.json`, { Error: { Code: 'AccessDeniedException' } }),
    ];
    const { document: found, report } = importFiles(files);
    expect(found).toEqual({});
    expect(report.notUnderstood).toEqual([
      { file: files[0]?.path, place: '', message: 'the command failed: AccessDeniedException' },
    ]);
  });

  test('a type that the root does not list is not enabled', () => {
    const none = [
      ...without('list-roots').filter(({ path }) => !/polic/.test(path)),
      file(`${DIR}/list-roots.json`, { Roots: [{ ...roots.Roots[0], PolicyTypes: [] }] }),
    ];
    expect(importFiles(none).document.organizations?.[0]).toMatchObject({
      scpEnabled: false,
      rcpEnabled: false,
      controlPolicies: [],
    });
    expect(known(none)['CONTROL_POLICIES']).toBe('COMPLETE');
  });
});

describe('contradictions', () => {
  test.each([
    [
      'an account in two units',
      file(`${DIR}/list-accounts-for-parent@${UNIT}.json`, { Accounts: [accounts[1]] }),
      `account ${MEMBER}: parentId: ${DIR}/list-accounts-for-parent@${UNIT}.json (${MEMBER}) and ${DIR}/list-parents@${MEMBER}.json say different things`,
    ],
    [
      'an account in two organizations',
      file('other.json', {
        Accounts: [{ ...accounts[1], Arn: `arn:aws:organizations::333333333333:account/o-otherorg01/${MEMBER}` }],
      }),
      `account ${MEMBER}: organizationId: `,
    ],
    [
      'a target that knows nothing of the policy',
      file(`${DIR}/list-policies-for-target@${INNER}@SERVICE_CONTROL_POLICY.json`, { Policies: [aws] }),
      `control policy ${own.Id}: attachment to ${INNER}: ${DIR}/list-targets-for-policy@${own.Id}.json and ${DIR}/list-policies-for-target@${INNER}@SERVICE_CONTROL_POLICY.json say different things`,
    ],
    [
      'a policy that knows nothing of the target',
      file(`${DIR}/list-policies-for-target@${UNIT}@SERVICE_CONTROL_POLICY.json`, { Policies: [aws, own] }),
      `control policy ${own.Id}: attachment to ${UNIT}: `,
    ],
  ])('%s: refused with both places', (_, file, message) => {
    expect(() => importFiles([...whole, file])).toThrow(message);
  });
});

describe('all accounts of an organization', () => {
  const all = (files: typeof whole) => importFiles(files).document.organizations?.[0]?.allAccounts;
  const listed = (path: string, list: readonly object[]) => [
    ...without('list-accounts.json'),
    file(path, { Accounts: list }),
  ];

  test('are those that its list names', () => {
    expect(all(whole)).toEqual([M, MEMBER]);
  });

  test('are those of its root and of every unit, if each is listed', () => {
    const tree = [
      ...without('list-accounts.json').filter(({ path }) => !path.includes('list-parents')),
      file(`${DIR}/list-accounts-for-parent@${UNIT}.json`, { Accounts: [] }),
    ];
    const children = file(`${DIR}/list-children@${INNER}@ACCOUNT.json`, {
      Children: [{ Id: MEMBER, Type: 'ACCOUNT' }],
    });
    expect(all([...tree, children])).toEqual([M, MEMBER]);
    expect(all([...tree, file(`${DIR}/list-accounts-for-parent@${INNER}.json`, { Accounts: [accounts[1]] })])).toEqual([
      M,
      MEMBER,
    ]);
    // One of the units is not listed.
    expect(all(tree)).toBeUndefined();
  });

  test.each([
    ['a list that is cut off', `${DIR}/list-accounts.json`, { Accounts: accounts, NextToken: 'x' }],
    [
      'a list in a file whose name does not say that it is whole',
      `${DIR}/accounts-page-1.json`,
      { Accounts: accounts },
    ],
    ['an entry that is not understood', `${DIR}/list-accounts.json`, { Accounts: [...accounts, { Id: '3' }] }],
  ])('are not known from %s', (_what, path, json) => {
    expect(all([...without('list-accounts.json'), file(path, json)])).toBeUndefined();
  });

  test.each([
    ['the management account', [accounts[1] ?? {}], M],
    ['an account that another file names', [accounts[0] ?? {}], MEMBER],
  ])('are not known from a list without %s: it may be a page', (_what, list, missing) => {
    const { document: made, report } = importFiles(listed(`${DIR}/list-accounts.json`, list));
    expect(made.organizations).toHaveLength(1);
    expect(made.organizations?.[0]?.allAccounts).toBeUndefined();
    expect(report.notUnderstood).toContainEqual({
      file: `${DIR}/list-accounts.json`,
      place: `organization ${O}`,
      message: `its accounts are listed without ${missing}, which is one of them: pages may be missing, and no account leaves the organization`,
    });
  });
});
