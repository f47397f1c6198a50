import { expect, test } from 'vitest';
import type { DirectoryDocument } from '../../../src/directory/document.ts';
import type { JsonObject } from '../../../src/policy/json.ts';
import {
  A,
  allow,
  anOrganization,
  aRole,
  aUser,
  B,
  deny,
  policy,
  roleArn,
  trusts,
  userArn,
} from '../../support/policies.ts';
import { faultsOf, OPERATOR, signedIn } from '../gateway.ts';
import { openedGateway } from '../services.ts';

/** It is in no organization. */
const ALONE = '333333333333';
const OUTSIDE = '999999999999';
const managed = (name: string): string => `arn:aws:iam::${A}:policy/${name}`;
const bucket = (name: string): string => `arn:aws:s3:::${name}`;

const managedPolicy = (name: string, text: string) => ({
  arn: managed(name),
  defaultVersionId: 'v1',
  versions: [{ versionId: 'v1', document: text }],
});

const grants = (
  principal: JsonObject | '*',
  action: string,
  resource: string,
  condition: JsonObject = {},
): JsonObject => ({
  ...allow(action, resource),
  Principal: principal,
  Condition: condition,
});
const ofOrganization = (id: string): JsonObject => ({ StringEquals: { 'aws:PrincipalOrgID': id } });

const resources = {
  // Whom it trusts is in the organization.
  inside: policy(
    grants({ AWS: B }, 's3:GetObject', `${bucket('inside')}/*`),
    grants('*', 's3:PutObject', `${bucket('inside')}/*`, ofOrganization('o-exampleorg1')),
    grants({ Service: 'logging.s3.amazonaws.com' }, 's3:PutObject', `${bucket('inside')}/*`),
  ),
  open: policy(
    grants('*', 's3:GetObject', `${bucket('open')}/*`),
    grants('*', 's3:PutObject', `${bucket('open')}/*`, ofOrganization('o-exampleorg1')),
    // What a Deny takes back from everybody is given to nobody.
    grants('*', 's3:DeleteObject', `${bucket('open')}/*`),
    { ...deny('s3:DeleteObject', `${bucket('open')}/*`), Principal: '*' },
  ),
  agents: policy(grants('*', 's3:GetObject', `${bucket('agents')}/*`, { StringLike: { 'aws:UserAgent': 'curl*' } })),
  other: policy(grants('*', 's3:GetObject', `${bucket('other')}/*`, ofOrganization('o-otherorg123'))),
};

const group = (name: string): string => `arn:aws:iam::${A}:group/${name}`;
const CONTROL = `arn:aws:organizations::${A}:policy/o-exampleorg1/service_control_policy/p-limits`;
const ENDPOINT = `arn:aws:ec2:eu-west-1:${A}:vpc-endpoint/vpce-1`;
const KEY = `arn:aws:kms:eu-west-1:${A}:key/11111111-2222-3333-4444-555555555555`;
const PARTNERS_USER = `arn:aws:iam::${OUTSIDE}:user/partner`;
const PROVIDER = `arn:aws:iam::${A}:saml-provider/Corporate`;
const twice = policy(allow('s3:*'), allow('s3:GetObject'));

const PARTNER = trusts(
  { AWS: `arn:aws:iam::${OUTSIDE}:root` },
  { condition: { StringEquals: { 'sts:ExternalId': 'x' } } },
);

const document = (): DirectoryDocument => {
  const organization = anOrganization(A, B);
  const limits = {
    id: 'p-limits',
    arn: CONTROL,
    type: 'SERVICE_CONTROL_POLICY' as const,
    name: 'Limits',
    document: twice,
    targets: [B],
  };
  return {
    ...organization,
    organizations: organization.organizations.map((one) => ({ ...one, scpEnabled: true, controlPolicies: [limits] })),
    groups: ['Members', 'Empty'].map((name) => ({
      arn: group(name),
      inlinePolicies: [{ name: 'inline', document: policy(allow('iam:*')) }],
    })),
    vpcEndpoints: [
      {
        id: 'vpce-1',
        accountId: A,
        region: 'eu-west-1',
        vpcId: null,
        serviceName: 'com.amazonaws.eu-west-1.s3',
        type: 'Gateway',
        policy: policy({ ...allow('s3:*'), Principal: '*' }, { ...allow('s3:GetObject'), Principal: '*' }),
      },
    ],
    accounts: [...organization.accounts, { id: ALONE, membership: 'NONE' }],
    policies: [
      managedPolicy(
        'Broken',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Wrong":1}]}',
      ),
      managedPolicy('Nothing', policy(allow('s3:GetObject', 'arn:aws:sqs:*:*:q'))),
      managedPolicy('TakenBack', policy(allow('iam:PutRolePolicy'), deny('iam:*'))),
      managedPolicy(
        'Shadowed',
        policy(allow(['s3:GetObject', 's3:PutObject']), allow('s3:GetObject', `${bucket('b')}/*`)),
      ),
      managedPolicy('Sound', policy(allow('s3:GetObject'), allow('s3:PutObject', `${bucket('b')}/*`))),
    ],
    users: [
      aUser('admin', [allow('*')]),
      aUser('auditor', [
        allow(['iam:ListRoles', 'iam:ListPolicies', 'iam:ListUsers']),
        allow('iam:GetRole', roleArn('Partner')),
      ]),
      aUser('nobody'),
      { ...aUser('member'), groups: [group('Members')] },
      {
        arn: userArn('friend', ALONE),
        inlinePolicies: [{ name: 'inline', document: policy(allow('sts:AssumeRole', roleArn('Friends'))) }],
      },
    ],
    roles: [
      aRole('Partner', [PARTNER]),
      aRole('Friends', [trusts({ AWS: userArn('friend', ALONE) })]),
      aRole('Used', [trusts({ AWS: userArn('admin') })]),
      aRole('Unused', [
        trusts({ AWS: userArn('nobody') }, { condition: { StringEquals: { 'aws:PrincipalAccount': B } } }),
      ]),
      aRole('Federated', [trusts({ Federated: PROVIDER }, { action: 'sts:AssumeRoleWithSAML' })]),
      aRole('Granter', [trusts({ Service: 'ec2.amazonaws.com' })], [allow(['iam:AttachRolePolicy', 's3:GetObject'])]),
    ],
    resources: [
      ...Object.entries(resources).map(([name, text]) => ({ arn: bucket(name), accountId: A, policy: text })),
      {
        arn: KEY,
        accountId: A,
        policy: policy(grants({ AWS: `arn:aws:iam::${A}:root` }, 'kms:*', '*')),
        grants: [{ id: 'g1', granteePrincipal: PARTNERS_USER, operations: ['Decrypt'] }],
      },
    ],
  };
};

const gateway = openedGateway(document);

const QUERY = `query ($kinds: [FindingKind!], $accountIds: [AccountId!], $first: Int, $after: String) {
  findings(kinds: $kinds, accountIds: $accountIds, first: $first, after: $after) {
    totalCount withheld gaps revision pageInfo { endCursor hasNextPage }
    nodes { kind weight arn accountId policyName message outsider { kind value conditional } actions resource
      statements { index layer } unreadable { path line code }
      witness { principal roleArn action resource context } } } }`;

interface Witness {
  readonly principal: string;
  readonly roleArn: string | null;
  readonly action: string;
  readonly resource: string;
  readonly context: object;
}

interface Node {
  readonly kind: string;
  readonly weight: string;
  readonly arn: string;
  readonly policyName: string | null;
  readonly outsider: { readonly kind: string; readonly value: string; readonly conditional: boolean } | null;
  readonly actions: readonly string[];
  readonly resource: string | null;
  readonly statements: readonly { readonly index: number }[];
  readonly unreadable: readonly object[];
  readonly witness: Witness | null;
}

interface Page {
  readonly totalCount: number;
  readonly withheld: boolean;
  readonly gaps: readonly string[];
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
  readonly nodes: readonly Node[];
}

async function found(variables: object = {}, caller = OPERATOR): Promise<Page> {
  const { data, errors } = await gateway.ask(caller, QUERY, { first: 100, ...variables });
  expect(errors).toBeUndefined();
  return (data as { findings: Page }).findings;
}

const told = ({ kind, weight, arn, outsider }: Node): string =>
  [weight, kind, arn, ...(outsider === null ? [] : [outsider.value])].join(' ');

test('whom policies let in from outside the organization, the worst first, each proved by the ordinary question', async () => {
  const { nodes } = await found({ kinds: ['PUBLIC_ACCESS', 'CROSS_ACCOUNT_ACCESS'] });
  expect(nodes.map(told)).toEqual([
    `CRITICAL PUBLIC_ACCESS ${bucket('agents')} *`,
    `CRITICAL PUBLIC_ACCESS ${bucket('open')} *`,
    `HIGH CROSS_ACCOUNT_ACCESS ${roleArn('Friends')} ${userArn('friend', ALONE)}`,
    `HIGH CROSS_ACCOUNT_ACCESS ${roleArn('Partner')} ${OUTSIDE}`,
    // Its policy names nobody elsewhere, but a grant does.
    `HIGH CROSS_ACCOUNT_ACCESS ${KEY} ${PARTNERS_USER}`,
    `MEDIUM CROSS_ACCOUNT_ACCESS ${bucket('other')} *`,
  ]);
  const [agents, open, , partner] = nodes;
  expect(open).toMatchObject({
    actions: ['s3:GetObject'],
    outsider: { kind: 'EVERYBODY', conditional: false },
    statements: [{ index: 0 }],
  });
  expect(agents?.witness).toMatchObject({
    action: 's3:GetObject',
    context: { 'aws:useragent': expect.stringMatching(/^curl/) },
  });
  expect(partner?.outsider).toEqual({ kind: 'ACCOUNT', value: OUTSIDE, conditional: true });
  for (const { actions, resource, outsider } of nodes) {
    // A user that the directory holds is no outsider of that question.
    if (outsider?.value === userArn('friend', ALONE)) continue;
    const { data } = await gateway.ask(
      OPERATOR,
      `query ($action: String!, $resource: Arn!, $conditional: Boolean!) {
        whoCan(action: $action, resource: $resource, conditional: $conditional) { outsiders { kind value } } }`,
      { action: actions[0], resource, conditional: outsider?.conditional },
    );
    expect(data).toMatchObject({
      whoCan: { outsiders: expect.arrayContaining([{ kind: outsider?.kind, value: outsider?.value }]) },
    });
  }
});

test('grants of everything and of permissions, with a request that the simulation allows', async () => {
  const { nodes } = await found({ kinds: ['DANGEROUS_GRANT'] });
  expect(nodes.map((one) => [told(one), one.policyName])).toEqual([
    [`CRITICAL DANGEROUS_GRANT ${userArn('admin')}`, 'inline'],
    // Of a group without members nobody has it.
    [`HIGH DANGEROUS_GRANT ${group('Members')}`, 'inline'],
    [`HIGH DANGEROUS_GRANT ${roleArn('Granter')}`, 'inline'],
  ]);
  const granter = nodes[2];
  expect(granter).toMatchObject({ actions: ['iam:AttachRolePolicy'], witness: { action: 'iam:AttachRolePolicy' } });
  const { data } = await gateway.ask(
    OPERATOR,
    'query ($input: SimulateCustomPoliciesInput!) { simulateCustomPolicies(input: $input) { allowed } }',
    {
      input: {
        caller: { principal: granter?.witness?.principal, roleArn: granter?.witness?.roleArn },
        identityPolicies: [policy(allow(['iam:AttachRolePolicy', 's3:GetObject']))],
        requests: [
          {
            action: granter?.witness?.action,
            resource: granter?.witness?.resource,
            context: granter?.witness?.context,
          },
        ],
      },
    },
  );
  expect(data).toEqual({ simulateCustomPolicies: [{ allowed: true }] });
});

test('grants of what is stored everywhere, unless everything is granted', async () => {
  const { nodes } = await found({ kinds: ['DATA_EXFILTRATION'] });
  expect(nodes.map((one) => [told(one), one.actions, one.witness?.action])).toEqual(
    [managed('Shadowed'), managed('Sound'), roleArn('Granter')].map((arn) => [
      `HIGH DATA_EXFILTRATION ${arn}`,
      ['s3:GetObject'],
      's3:GetObject',
    ]),
  );
});

test('documents that cannot be read, with the place, and those without effect', async () => {
  const { nodes } = await found({ kinds: ['UNREADABLE_DOCUMENT', 'GRANTS_NOTHING', 'SHADOWED_STATEMENT'] });
  expect(nodes.map(told)).toEqual([
    `MEDIUM UNREADABLE_DOCUMENT ${managed('Broken')}`,
    `LOW GRANTS_NOTHING ${managed('Nothing')}`,
    `LOW GRANTS_NOTHING ${managed('TakenBack')}`,
    `LOW SHADOWED_STATEMENT ${ENDPOINT}`,
    `LOW SHADOWED_STATEMENT ${managed('Shadowed')}`,
    `LOW SHADOWED_STATEMENT ${CONTROL}`,
  ]);
  expect(nodes[0]?.unreadable).toEqual([
    expect.objectContaining({ path: expect.stringMatching(/^Statement\[0\]/), line: 1 }),
  ]);
  expect(nodes[4]?.statements.map(({ index }) => index)).toEqual([1, 0]);
});

test('roles that nobody can assume', async () => {
  const { nodes } = await found({ kinds: ['UNUSED_ROLE'] });
  expect(nodes.map(told)).toEqual([`LOW UNUSED_ROLE ${roleArn('Unused')}`]);
});

test('pages hold every finding once, in one order', async () => {
  const all = await found();
  expect(all).toMatchObject({ withheld: false, totalCount: all.nodes.length });
  expect(new Set(all.nodes.map(({ kind }) => kind)).size).toBe(8);
  const paged: Node[] = [];
  for (let after: string | null = null; ; ) {
    const page: Page = await found({ first: 3, after });
    paged.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  expect(paged).toEqual(all.nodes);
  expect((await found({ accountIds: [B] })).nodes).toEqual([]);
});

test('others see what is found in the policies that they may read', async () => {
  const { nodes, withheld, totalCount } = await found({}, signedIn(userArn('auditor')));
  expect(nodes.map(told)).toEqual([`HIGH CROSS_ACCOUNT_ACCESS ${roleArn('Partner')} ${OUTSIDE}`]);
  expect([withheld, totalCount]).toEqual([true, 1]);
  const refused = await gateway.ask(signedIn(userArn('nobody')), QUERY);
  expect(faultsOf(refused)).toMatchObject([{ code: 'FORBIDDEN' }]);
});

const ACKNOWLEDGE = `mutation ($input: AcknowledgeFindingInput!) { acknowledgeFinding(input: $input) { __typename
  ... on AcknowledgeFindingSuccess { finding { id acknowledgement { reason until } } }
  ... on AccessDenied { message } ... on ValidationError { field } ... on NoSuchEntity { message } } }`;

async function acknowledge(input: object, caller = OPERATOR): Promise<unknown> {
  const given = { accountId: A, reason: 'by design', ...input };
  const { data, errors } = await gateway.ask(caller, ACKNOWLEDGE, { input: given });
  expect(errors).toBeUndefined();
  return (data as { acknowledgeFinding: unknown }).acknowledgeFinding;
}

const IDS = `query ($acknowledged: Boolean) {
  findings(kinds: [CROSS_ACCOUNT_ACCESS], acknowledged: $acknowledged, first: 100) {
    totalCount nodes { id kind arn acknowledgement { reason } } } }`;

interface Listed {
  readonly totalCount: number;
  readonly nodes: readonly { readonly id: string; readonly arn: string; readonly acknowledgement: object | null }[];
}

async function listed(acknowledged: boolean): Promise<Listed> {
  const { data, errors } = await gateway.ask(OPERATOR, IDS, { acknowledged });
  expect(errors).toBeUndefined();
  return (data as { findings: Listed }).findings;
}

async function trustOfPartner(statement: JsonObject): Promise<void> {
  const { errors } = await gateway.ask(
    OPERATOR,
    `mutation ($input: UpdateAssumeRolePolicyInput!) { updateAssumeRolePolicy(input: $input) { __typename } }`,
    { input: { roleArn: roleArn('Partner'), policyDocument: policy(statement) } },
  );
  expect(errors).toBeUndefined();
}

test('a finding is set apart until a time, or until it is another one', async () => {
  const before = await listed(false);
  expect((await listed(true)).nodes).toEqual([]);
  const partner = before.nodes.find(({ arn }) => arn === roleArn('Partner'));
  const findingId = partner?.id;
  const reader = signedIn(userArn('auditor'));
  expect(await acknowledge({ findingId }, reader)).toMatchObject({
    __typename: 'AccessDenied',
    message: expect.stringMatching(/not authorized to perform: access-analyzer:UpdateFindings/),
  });
  expect(await acknowledge({ findingId: `${findingId}x` })).toMatchObject({ __typename: 'NoSuchEntity' });
  expect(await acknowledge({ findingId, accountId: B })).toMatchObject({ __typename: 'NoSuchEntity' });
  expect(await acknowledge({ findingId, reason: ' ' })).toEqual({ __typename: 'ValidationError', field: 'reason' });
  const until = '2099-01-01T00:00:00.000Z';
  expect(await acknowledge({ findingId, until })).toEqual({
    __typename: 'AcknowledgeFindingSuccess',
    finding: { id: findingId, acknowledgement: { reason: 'by design', until } },
  });
  expect(await listed(true)).toMatchObject({ totalCount: 1, nodes: [{ id: findingId, acknowledgement: {} }] });
  expect((await listed(false)).totalCount).toBe(before.totalCount - 1);
  const { data } = await gateway.ask(
    OPERATOR,
    '{ auditEvents(filter: { event: "UpdateFindings" }) { nodes { outcome target } } }',
  );
  expect(data).toMatchObject({
    auditEvents: { nodes: expect.arrayContaining([{ outcome: 'SUCCEEDED', target: roleArn('Partner') }]) },
  });
  // Somebody else is let in, too: it is another document.
  await trustOfPartner(trusts({ AWS: [`arn:aws:iam::${OUTSIDE}:root`, userArn('admin')] }));
  expect((await listed(true)).nodes).toEqual([]);
  const again = (await listed(false)).nodes.find(({ arn }) => arn === roleArn('Partner'));
  expect(again).toMatchObject({ acknowledgement: null });
  await acknowledge({ findingId: again?.id });
  expect((await listed(true)).nodes.map(({ arn }) => arn)).toEqual([roleArn('Partner')]);
  // A time that has passed ends it.
  await acknowledge({ findingId: again?.id, until: '2020-01-01T00:00:00.000Z' });
  expect((await listed(true)).nodes).toEqual([]);
  // Other tests come in any order.
  await trustOfPartner(PARTNER);
  await acknowledge({ findingId, until: '2020-01-01T00:00:00.000Z' });
  expect((await listed(true)).nodes).toEqual([]);
});
