import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { VpcEndpointInput } from '../../src/directory/document.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { parseRequestContext } from '../../src/evaluation/context.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { principalIdOf } from '../../src/policy/principal-id.ts';
import { A, allow, anOrganization, aRole, aUser, B, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';
import { takeDirectory } from '../support/recycled-database.ts';

const catalog = await openCatalog();
const alice = userArn('alice');
const stranger = userArn('stranger', B);
const ROLE = roleArn('R');
const OBJECT = 'arn:aws:s3:::b/x';
const OTHER = 'arn:aws:s3:::b/y';
const ORGANIZATION = 'o-exampleorg1';

const endpoint = (
  id: string,
  statement: JsonObject | null,
  rest: Partial<VpcEndpointInput> = {},
): VpcEndpointInput => ({
  id,
  accountId: A,
  region: 'us-east-1',
  vpcId: 'vpc-1',
  serviceName: 'com.amazonaws.us-east-1.s3',
  type: 'Gateway',
  policy: statement === null ? null : policy(statement),
  ...rest,
});
const everybody = (statement: JsonObject): JsonObject => ({ ...statement, Principal: '*' });

const ENDPOINTS = [
  endpoint('vpce-open', null),
  endpoint('vpce-x', everybody(allow('s3:*', OBJECT))),
  endpoint('vpce-sts', everybody(allow('sts:GetCallerIdentity')), { serviceName: 'com.amazonaws.us-east-1.sts' }),
  endpoint('vpce-alice', { ...allow('*'), Principal: { AWS: alice } }),
  endpoint('vpce-far', null, { accountId: B, vpcId: null }),
  endpoint('vpce-bad', {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: '*',
    Condition: { Strange: { a: 'b' } },
  }),
];

let directory: OpenDirectory;
let access: Access;

beforeAll(async () => {
  directory = await takeDirectory();
  const { organizations, accounts } = anOrganization(A);
  await directory.apply({
    organizations,
    accounts: [...accounts, { id: B, membership: 'NONE' }],
    users: [
      aUser('alice', [allow(['s3:*', 'sts:*'])]),
      aUser('bob', [allow('s3:GetObject')]),
      aUser('inside', [{ ...allow('s3:PutObject'), Condition: { StringEquals: { 'aws:VpceOrgID': ORGANIZATION } } }]),
      aUser('', [allow('s3:*')], { arn: stranger }),
    ],
    roles: [aRole('R', [trusts({ AWS: A })], [allow('s3:*')])],
    resources: [
      {
        arn: 'arn:aws:s3:::b',
        accountId: A,
        objectOwnership: 'BucketOwnerEnforced',
        policy: policy(
          { ...allow('s3:GetObject', 'arn:aws:s3:::b/*'), Principal: { AWS: [B, alice] } },
          {
            ...allow('s3:GetObject', 'arn:aws:s3:::b/open/*'),
            Principal: '*',
            Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } },
          },
        ),
      },
    ],
    vpcEndpoints: ENDPOINTS,
    knowledge: [{ accountId: A, layer: 'BLOCK_PUBLIC_ACCESS', state: 'COMPLETE' }],
  });
  access = createAccess(directory, catalog);
});
afterAll(() => directory.close());

const through = (id: string, more: JsonObject = {}) => ({ context: { 'aws:SourceVpce': id, ...more } });

async function ask(...asked: Parameters<typeof aQuestion>) {
  const [answer] = await access.decide([aQuestion(...asked)], NOON);
  if (answer === undefined) throw new Error('no answer');
  const { effect, deniedBy } = answer.decision;
  return { effect, deniedBy, gaps: answer.gaps };
}
const ALLOWED = { effect: 'ALLOWED', deniedBy: null, gaps: [] };
const DENIED = { effect: 'IMPLICIT_DENY', deniedBy: 'VPC_ENDPOINT_POLICY', gaps: [] };

describe('the policy of a stored VPC endpoint', () => {
  test.each<[string, Parameters<typeof aQuestion>, object]>([
    ['allows what it names', [alice, 's3:GetObject', OBJECT, through('vpce-x')], ALLOWED],
    ['takes away the rest', [alice, 's3:GetObject', OTHER, through('vpce-x')], DENIED],
    ['takes it from other accounts too', [stranger, 's3:GetObject', OTHER, through('vpce-x')], DENIED],
    ['left out, allows everything', [alice, 's3:GetObject', OTHER, through('vpce-open')], ALLOWED],
    ['names callers', [alice, 's3:GetObject', OTHER, through('vpce-alice')], ALLOWED],
    ['names no others', [userArn('bob'), 's3:GetObject', OTHER, through('vpce-alice')], DENIED],
    ['does not concern requests on another way', [alice, 's3:GetObject', OTHER], ALLOWED],
    ['concerns a role session', [aSubject(alice, ROLE), 's3:GetObject', OTHER, through('vpce-x')], DENIED],
    [
      'of STS concerns the call that assumes the role',
      [aSubject(alice, ROLE), 's3:GetObject', OTHER, through('vpce-sts')],
      DENIED,
    ],
    ['of S3 does not', [aSubject(alice, ROLE), 's3:GetObject', OBJECT, through('vpce-x')], ALLOWED],
  ])('%s', async (_name, asked, expected) => {
    expect(await ask(...asked)).toEqual(expected);
  });

  test('that cannot be read takes away all that it could, and says so', async () => {
    const { effect, deniedBy, gaps } = await ask(alice, 's3:GetObject', OBJECT, through('vpce-bad'));
    expect([effect, deniedBy]).toEqual(['EXPLICIT_DENY', 'VPC_ENDPOINT_POLICY']);
    expect(gaps).toEqual([expect.stringContaining('the policy of the VPC endpoint `vpce-bad`')]);
  });

  test('does not concern services', async () => {
    const service = await ask('cloudtrail.amazonaws.com', 's3:GetObject', OBJECT, through('vpce-x'));
    expect(service).toMatchObject({ deniedBy: 'RESOURCE_POLICY', gaps: [] });
  });

  test('is asked again when it changes, appears and disappears', async () => {
    const asked = [alice, 's3:GetObject', OTHER, through('vpce-new')] as const;
    const gap = 'the policy of the VPC endpoint `vpce-new` is not known: it is not considered';
    expect(await ask(...asked)).toEqual({ ...ALLOWED, gaps: [gap] });
    await directory.apply({ vpcEndpoints: [endpoint('vpce-new', everybody(allow('s3:*', OBJECT)))] });
    expect(await ask(...asked)).toEqual(DENIED);
    await directory.apply({ vpcEndpoints: [endpoint('vpce-new', everybody(allow('s3:*', OTHER)))] });
    expect(await ask(...asked)).toEqual(ALLOWED);
  });

  test('is missing without a word only where its account is given and all endpoints of it are known', async () => {
    const ofA = [alice, 's3:GetObject', OBJECT, through('vpce-none', { 'aws:VpceAccount': A })] as const;
    const gap = 'the policy of the VPC endpoint `vpce-none` is not known: it is not considered';
    expect((await ask(...ofA)).gaps).toEqual([gap]);
    await directory.apply({ knowledge: [{ accountId: A, layer: 'VPC_ENDPOINTS', state: 'COMPLETE' }] });
    expect((await ask(...ofA)).gaps).toEqual([]);
    // It can be another account's.
    expect((await ask(alice, 's3:GetObject', OBJECT, through('vpce-none'))).gaps).toEqual([gap]);
    await directory.apply({ knowledge: [{ accountId: A, layer: 'VPC_ENDPOINTS', state: 'NONE' }] });
  });
});

test('a pattern is asked on the same way as each of its resources', async () => {
  const question = (id: string) => ({
    ...aQuestion(alice, 's3:GetObject', 'arn:aws:s3:::b/*', through(id)),
    resourceIsPattern: true,
  });
  const answers = await access.decide(['vpce-open', 'vpce-x', 'vpce-sts'].map(question), NOON);
  expect(answers.map(({ coverage, decision: { deniedBy } }) => [coverage, deniedBy])).toEqual([
    ['ALL', null],
    ['SOME', 'VPC_ENDPOINT_POLICY'],
    ['NONE', 'VPC_ENDPOINT_POLICY'],
  ]);
});

describe('the keys of a stored VPC endpoint', () => {
  test('follow from it: its VPC', async () => {
    const open = 'arn:aws:s3:::b/open/x';
    expect(await ask('anonymous', 's3:GetObject', open, through('vpce-open'))).toEqual(ALLOWED);
    expect((await ask('anonymous', 's3:GetObject', open)).effect).toBe('IMPLICIT_DENY');
    const forged = await ask('anonymous', 's3:GetObject', open, through('vpce-open', { 'aws:SourceVpc': 'vpc-2' }));
    expect(forged).toEqual(ALLOWED);
    // Where the VPC is not known, what is given counts.
    const given = await ask('anonymous', 's3:GetObject', open, through('vpce-far', { 'aws:SourceVpc': 'vpc-1' }));
    expect(given).toEqual(ALLOWED);
  });

  test('follow from it: the organization of its account, which a request cannot forge', async () => {
    const inside = userArn('inside');
    expect(await ask(inside, 's3:PutObject', OBJECT, through('vpce-open'))).toEqual(ALLOWED);
    const forged = await ask(inside, 's3:PutObject', OBJECT, through('vpce-far', { 'aws:VpceOrgID': ORGANIZATION }));
    expect(forged.effect).toBe('IMPLICIT_DENY');
  });

  test('are no conditions under which somebody could do something', async () => {
    const { subject: _, ...question } = aQuestion(A, 's3:PutObject', OBJECT, through('vpce-far'));
    const found = await access.whoCan(question, { limit: 100, conditional: true }, NOON);
    expect(found.entries.map(({ answer }) => principalIdOf(answer.question.subject.principal))).not.toContain(
      userArn('inside'),
    );
  });
});

describe('lists agree with decisions on requests through endpoints', () => {
  const PRINCIPALS = [alice, userArn('bob'), userArn('inside'), stranger, ROLE];
  const IDS = [...ENDPOINTS.map(({ id }) => id), 'vpce-unknown'];

  test('who can, what is permitted, and which roles can be assumed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...IDS),
        fc.constantFrom('s3:GetObject', 's3:PutObject', 's3:ListBucket'),
        fc.constantFrom(OBJECT, OTHER, 'arn:aws:s3:::b/open/x'),
        async (id, action, object) => {
          const resource = action === 's3:ListBucket' ? 'arn:aws:s3:::b' : object;
          const context = parseRequestContext({ 'aws:SourceVpce': id }, 'context');
          const answers = await access.decide(
            PRINCIPALS.map((who) => aQuestion(who, action, resource, through(id))),
            NOON,
          );
          const allowed = PRINCIPALS.filter((_, index) => answers[index]?.decision.allowed === true);
          const { subject: _, ...open } = aQuestion(A, action, resource, through(id));
          const { entries } = await access.whoCan(open, { limit: 100, conditional: false }, NOON);
          const found = entries.map(({ answer }) => principalIdOf(answer.question.subject.principal));
          expect(new Set(found)).toEqual(new Set(allowed));
          for (const who of PRINCIPALS) {
            const permissions = await access.effectivePermissions(aSubject(who), context, NOON);
            const listed = await permissions.permissions({ resource, actions: [action] });
            const names = listed.map((one) => one.action);
            const [permitted, isAllowed] = [names.includes(action), allowed.includes(who)];
            // What is not known of the endpoint stays a condition of the closed form.
            const open = id === 'vpce-unknown' || id === 'vpce-far';
            expect({ who, permitted: open ? permitted || !isAllowed : permitted }).toEqual({
              who,
              permitted: open || isAllowed,
            });
          }
          const [assume] = await access.decide([aQuestion(alice, 'sts:AssumeRole', ROLE, through(id))], NOON);
          const roles = await access.assumableRoles(aSubject(alice), { context }, NOON);
          expect(roles.map(({ roleArn: arn }) => arn)).toEqual(assume?.decision.allowed === true ? [ROLE] : []);
        },
      ),
      { numRuns: 40 },
    );
  });
});
