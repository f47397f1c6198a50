import { buildSchema as buildFromText, type GraphQLSchema, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { IAM_WRITES } from '../../src/aws/operations/iam-write/iam-write.ts';
import { arn as arnOf } from '../../src/graphql/guards/argument-reader.ts';
import { ANYBODY, performs } from '../../src/graphql/guards/field-guard.ts';
import { guardFields } from '../../src/graphql/guards/guard-fields.ts';
import { GUARDS } from '../../src/graphql/guards/table.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { OPERATIONS } from '../../src/guard/operations.ts';
import { ANONYMOUS, faultsOf, signedIn } from './gateway.ts';
import { arn, guardedWorld, MEMBER, policy, user } from './guarded-world.ts';
import { openedGateway } from './services.ts';

const schemaOf = (text: string): GraphQLSchema => buildFromText(`scalar Arn ${text}`);

describe('the table of guards', () => {
  const schema = buildSchema();

  test.each([schema.getQueryType(), schema.getMutationType()])('has every field of %s', (root) => {
    const names = Object.keys(root?.getFields() ?? {}).map((name) => `${root?.name}.${name}`);
    expect(names.filter((name) => GUARDS[name] === undefined)).toEqual([]);
    expect(names.length).toBeGreaterThan(1);
  });

  /** What an entity is called, where it is, and questions, which are guarded where they are asked. */
  const OPEN = new Set(
    'id arn name path account principalId accountId service can effectivePermissions assumableRoles viewerCan'.split(
      ' ',
    ),
  );

  /** What else is open: the ids of types, what everybody knows who may know that it is there, and fields that decide themselves. */
  const OPEN_OF: Readonly<Record<string, readonly string[]>> = {
    // Decided for each account that uses the policy: see guard/visible-policy-users.ts.
    ManagedPolicy: ['attachedTo'],
    PolicyVersion: ['versionId', 'isDefault', 'createdAt'],
    // Null unless the holder may be read.
    Resource: ['policyHolder'],
    Organization: ['organizationId'],
    OrganizationRoot: ['rootId'],
    OrganizationalUnit: ['unitId', 'organization'],
    ControlPolicy: ['policyId', 'organization', 'type', 'description'],
  };

  test.each([
    'Account',
    'User',
    'Role',
    'Group',
    'ManagedPolicy',
    'PolicyVersion',
    'InlinePolicy',
    'Resource',
    'RoleSession',
    'Organization',
    'OrganizationRoot',
    'OrganizationalUnit',
    'ControlPolicy',
  ])('has every field of %s that tells more than that it is there', (name) => {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`no object type ${name}`);
    const unguarded = Object.keys(type.getFields()).filter((field) => GUARDS[`${name}.${field}`] === undefined);
    const open = new Set([...OPEN, ...(OPEN_OF[name] ?? [])]);
    expect(unguarded.filter((field) => !open.has(field))).toEqual([]);
  });
});

describe('a guard is refused at start', () => {
  const schema = (input: string) =>
    schemaOf(`type Query { viewer: String } input I { ${input} } type Mutation { putRolePolicy(input: I!): String }`);
  const guards = { 'Query.viewer': ANYBODY, 'Mutation.putRolePolicy': performs('PutRolePolicy', { roleArn: arnOf }) };

  test('that reads what its field is not given', () => {
    const why = 'the guard of Mutation.putRolePolicy reads `roleArn: Arn!`, which it does not get';
    expect(() => guardFields(schema('role: Arn!'), guards)).toThrow(why);
    expect(() => guardFields(schema('roleArn: String!'), guards)).toThrow(why);
    expect(() => guardFields(schema('roleArn: Arn'), guards)).toThrow(why);
    expect(() => guardFields(schema('roleArn: Arn!'), guards)).not.toThrow();
  });

  test('that has no field, and a root field that has none', () => {
    const { 'Mutation.putRolePolicy': _left, ...fewer } = guards;
    expect(() => guardFields(schema('roleArn: Arn!'), fewer)).toThrow('Mutation.putRolePolicy has no guard');
    const more = { ...guards, 'Query.other': ANYBODY };
    expect(() => guardFields(schema('roleArn: Arn!'), more)).toThrow('there is no field Query.other to guard');
  });
});

/** One of GraphQL's mutations does both of them, and more. */
const AT_AWS_DOOR_ALONE = [
  'AddClientIDToOpenIDConnectProvider',
  'RemoveClientIDFromOpenIDConnectProvider',
  'UpdateRoleDescription',
];

test('every operation that the guard knows has a mutation, or is one of IAM’s at AWS’s door', () => {
  const bound = Object.values(GUARDS).flatMap((guard) => (guard.kind === 'operation' ? [guard.operation] : []));
  expect(Object.keys(IAM_WRITES)).toEqual(expect.arrayContaining(AT_AWS_DOOR_ALONE));
  expect([...bound, ...AT_AWS_DOOR_ALONE].toSorted()).toEqual(Object.keys(OPERATIONS).toSorted());
});

describe('the condition keys of the request itself', () => {
  const ONLY_FROM_OFFICE = {
    Sid: 'OnlyFromOffice',
    Effect: 'Deny',
    Action: 'iam:*',
    Resource: '*',
    Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
  } as const;
  const ALLOWED = { Effect: 'Allow', Action: ['iam:*', 's3:GetObject'], Resource: '*' } as const;
  const OFFICE = arn(MEMBER, 'user/office');
  const BROWSER = arn(MEMBER, 'user/browser');
  const CLOSED = arn(MEMBER, 'role/Closed');
  const READ_ROLE = `{ principal(principalId: "${CLOSED}") { ... on Role { maxSessionDuration } } }`;
  const READ = { principal: { maxSessionDuration: 3600 } };
  const gateway = openedGateway(() =>
    guardedWorld(
      user(MEMBER, 'office', ALLOWED, ONLY_FROM_OFFICE),
      user(
        MEMBER,
        'browser',
        { ...ALLOWED, Condition: { StringLike: { 'aws:UserAgent': 'Firefox/*' } } },
        { Effect: 'Deny', Action: '*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        {
          Effect: 'Deny',
          Action: 'iam:GetRole',
          Resource: '*',
          Condition: { DateGreaterThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' } },
        },
      ),
    ),
  );

  test('a policy that denies from elsewhere counts where entities are read', async () => {
    const caller = signedIn(OFFICE);
    const inside = await gateway.askFrom({ sourceIp: '203.0.113.7' }, caller, READ_ROLE);
    const outside = await gateway.askFrom({ sourceIp: '198.51.100.1' }, caller, READ_ROLE);
    expect(inside).toEqual({ data: READ });
    expect(outside).toEqual({ data: { principal: null } });
    // Nothing is known of where it comes from: NotIpAddress matches what is not there.
    expect(await gateway.ask(caller, READ_ROLE)).toEqual({ data: { principal: null } });
  });

  test('nobody without credentials learns at which revision the directory is, not even by guessing', async () => {
    const ask = (query: string) => gateway.ask(ANONYMOUS, query);
    for (const revision of ['r0000000000000000000', 'r0000000000000000001', 'r9999999999999999999']) {
      for (const query of [
        `{ accounts(atLeast: "${revision}") { totalCount } }`,
        `{ viewer(atLeast: "${revision}") { __typename } }`,
      ]) {
        expect(faultsOf(await ask(query))).toEqual([
          { code: 'UNAUTHENTICATED', message: expect.stringMatching(/^`atLeast` needs credentials: /) },
        ]);
      }
    }
    const known = await gateway.ask(signedIn(OFFICE), '{ viewer(atLeast: "r9999999999999999999") { __typename } }');
    expect(faultsOf(known)).toMatchObject([{ code: 'REVISION_NOT_REACHED', field: 'atLeast' }]);
  });

  test('and where others are asked about, whatever context the question has', async () => {
    const query = `query ($context: RequestContext) { decision(request: {
      principal: "${CLOSED}", action: "s3:GetObject", resource: "arn:aws:s3:::logs/1", context: $context }) { allowed } }`;
    const variables = { context: { 'aws:SourceIp': '203.0.113.7' } };
    const caller = signedIn(OFFICE);
    const outside = await gateway.askFrom({ sourceIp: '198.51.100.1' }, caller, query, variables);
    expect(faultsOf(outside)).toEqual([
      {
        code: 'FORBIDDEN',
        field: 'request.principal',
        message: `asking about \`${CLOSED}\` needs iam:SimulatePrincipalPolicy on it, which you are not allowed`,
      },
    ]);
    const inside = await gateway.askFrom({ sourceIp: '203.0.113.7' }, caller, query, variables);
    expect(inside).toEqual({ data: { decision: { allowed: true } } });
  });

  test('questions have the context that they are given, and no other', async () => {
    const query = `query ($context: RequestContext) { decision(request: {
      principal: "${OFFICE}", action: "iam:GetRole", resource: "${CLOSED}", context: $context }) { effect deniedBy } }`;
    const ask = (context: unknown) =>
      gateway.askFrom({ sourceIp: '198.51.100.1' }, signedIn(OFFICE), query, { context });
    expect(await ask({ 'aws:SourceIp': '203.0.113.7' })).toEqual({
      data: { decision: { effect: 'ALLOWED', deniedBy: null } },
    });
    expect(await ask({})).toEqual({ data: { decision: { effect: 'EXPLICIT_DENY', deniedBy: 'IDENTITY_POLICY' } } });
  });

  test('the user agent and the transport count as well', async () => {
    const ask = (userAgent: string, secureTransport: boolean) =>
      gateway.askFrom({ userAgent, secureTransport }, signedIn(BROWSER), READ_ROLE);
    expect(await ask('Firefox/140', true)).toEqual({ data: READ });
    expect(await ask('curl/8', true)).toEqual({ data: { principal: null } });
    expect(await ask('Firefox/140', false)).toEqual({ data: { principal: null } });
  });

  test('a change that was refused is AWS’s AccessDenied, and stands in the audit trail', async () => {
    const mutation = `mutation { putRolePolicy(input: { roleArn: "${CLOSED}", policyName: "More", policyDocument: ${JSON.stringify(
      policy(ALLOWED),
    )} }) { __typename ... on UserError { code message } ... on AccessDenied { decision { effect deniedBy withheld } } } }`;
    const result = await gateway.askFrom({ sourceIp: '198.51.100.1' }, signedIn(OFFICE), mutation);
    expect(result).toEqual({
      data: {
        putRolePolicy: {
          __typename: 'AccessDenied',
          code: 'AccessDenied',
          message: `User: ${OFFICE} is not authorized to perform: iam:PutRolePolicy on resource: ${CLOSED} with an explicit deny in an identity-based policy`,
          decision: { effect: 'EXPLICIT_DENY', deniedBy: 'IDENTITY_POLICY', withheld: ['IDENTITY_POLICY'] },
        },
      },
    });
    const [event] = await gateway.services.directory.audit.list({ limit: 10, filter: { event: 'PutRolePolicy' } });
    expect(event).toMatchObject({
      principal: OFFICE,
      action: 'iam:PutRolePolicy',
      target: CLOSED,
      outcome: 'REFUSED',
      code: 'AccessDenied',
      effect: 'EXPLICIT_DENY',
      deniedBy: 'IDENTITY_POLICY',
      sourceIp: '198.51.100.1',
    });
  });

  test('what a mutation changes counts for the next one of the same request', async () => {
    const deny = JSON.stringify(policy({ Effect: 'Deny', Action: 'iam:PutUserPolicy', Resource: '*' }));
    const put = (name: string) =>
      `putUserPolicy(input: { userArn: "${OFFICE}", policyName: "${name}", policyDocument: ${deny} }) { __typename }`;
    const mutation = `mutation { first: ${put('Deny')} second: ${put('Again')} }`;
    expect(await gateway.askFrom({ sourceIp: '203.0.113.7' }, signedIn(OFFICE), mutation)).toEqual({
      data: { first: { __typename: 'UserChangeSuccess' }, second: { __typename: 'AccessDenied' } },
    });
  });
});
