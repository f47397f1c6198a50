import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { principalIdOf } from '../../src/policy/principal-id.ts';
import { conditionsHold } from '../support/conditions-hold.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, allow, aRole, aUser, B, deny, policy, roleArn, userArn } from '../support/policies.ts';
import { aQuestion, NOON } from '../support/questions.ts';

// Grants of a KMS key take part in lists as in decisions. Closed forms with grants: test/analysis/world.ts.

const catalog = await openCatalog();
const X = '333333333333';
const KEY = `arn:aws:kms:eu-west-1:${A}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const USERS = [userArn('u0'), userArn('u1'), userArn('u2', B)];
const ROLES = [roleArn('r0'), roleArn('r1', B)];
const GHOST = userArn('ghost', X);
const ACTIONS = ['kms:Decrypt', 'kms:DescribeKey', 'kms:CreateGrant', 'kms:RetireGrant', 'kms:PutKeyPolicy'];

const condition = fc.constantFrom<JsonObject | null>(
  null,
  null,
  { StringEquals: { 'kms:EncryptionContext:Department': 'IT' } },
  { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
);
const statement = (named: fc.Arbitrary<object>): fc.Arbitrary<JsonObject> =>
  fc
    .tuple(
      fc.constantFrom('Allow', 'Allow', 'Deny'),
      fc.constantFrom('kms:*', 'kms:Decrypt', 'kms:*Grant'),
      condition,
      named,
    )
    .map(([Effect, Action, Condition, who]) => ({
      Effect,
      Action,
      Resource: '*',
      ...who,
      ...(Condition === null ? {} : { Condition }),
    }));
const ofIdentity = statement(fc.constant({}));
const ofKey = statement(fc.constantFrom(A, B, ...USERS, ...ROLES, GHOST).map((AWS) => ({ Principal: { AWS } })));
const constraint = fc.constantFrom<Record<string, string>>({}, { Department: 'IT' });
const grant = fc.record(
  {
    granteePrincipal: fc.constantFrom(
      ...USERS,
      ...ROLES,
      GHOST,
      `arn:aws:iam::${A}:root`,
      `arn:aws:iam::${B}:root`,
      `arn:aws:sts::${A}:assumed-role/r0/s1`,
      'sns.amazonaws.com',
    ),
    retiringPrincipal: fc.constantFrom(...USERS, ...ROLES),
    operations: fc.subarray(['Decrypt', 'DescribeKey', 'CreateGrant', 'RetireGrant']),
    encryptionContextSubset: constraint,
    encryptionContextEquals: constraint,
  },
  { requiredKeys: ['granteePrincipal', 'operations'] },
);
const some = <T>(each: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> => fc.array(each, { maxLength });

const world: fc.Arbitrary<DirectoryDocument> = fc
  .record({
    users: fc.tuple(...USERS.map(() => some(ofIdentity, 1))),
    roles: fc.tuple(...ROLES.map(() => some(ofIdentity, 1))),
    key: some(ofKey, 2),
    grants: some(grant, 3),
    boundary: fc.constantFrom(allow('kms:*'), allow('s3:*'), deny('kms:Decrypt')),
  })
  .map(({ users, roles, key, grants, boundary }) => ({
    accounts: [A, B].map((id) => ({ id, membership: 'NONE' as const })),
    policies: [
      {
        arn: `arn:aws:iam::${A}:policy/limit`,
        defaultVersionId: 'v1',
        versions: [{ versionId: 'v1', document: policy(boundary) }],
      },
    ],
    users: users.map((statements, index) => ({
      ...aUser('', statements, { arn: USERS[index] ?? '' }),
      ...(index === 1 ? { permissionsBoundary: `arn:aws:iam::${A}:policy/limit` } : {}),
    })),
    roles: roles.map((statements, index) => aRole('', [], statements, { arn: ROLES[index] ?? '' })),
    resources: [
      { arn: KEY, accountId: A, policy: policy(...key), grants: grants.map((one, i) => ({ id: `g${i}`, ...one })) },
    ],
  }));

const CONTEXTS = [
  {},
  { 'kms:EncryptionContext:Department': 'IT', 'kms:EncryptionContextKeys': ['Department'] },
  { 'aws:MultiFactorAuthPresent': 'true' },
  { 'kms:GrantOperations': ['Decrypt'] },
];

const open = (document: DirectoryDocument) => createAccess(new MemoryDirectory(document, catalog), catalog);

/** As decisions say it. */
async function allowedTo(document: DirectoryDocument, who: string, action: string, context: object): Promise<boolean> {
  const [answer] = await open(document).decide([aQuestion(who, action, KEY, { context: { ...context } })], NOON);
  return answer?.decision.allowed === true;
}

describe('on generated worlds with grants of a key', () => {
  it('those listed are those whom decisions allow', async () => {
    let byGrant = 0;
    await fc.assert(
      fc.asyncProperty(world, fc.constantFrom(...ACTIONS), async (document, action) => {
        const { subject: _, ...question } = aQuestion(A, action, KEY);
        const { entries, total } = await open(document).whoCan(question, { limit: 100 }, NOON);
        const listed = entries.map(({ answer }) => principalIdOf(answer.question.subject.principal));
        const may = await Promise.all([...USERS, ...ROLES].map((who) => allowedTo(document, who, action, {})));
        expect(listed).toEqual([...USERS, ...ROLES].filter((_who, index) => may[index] === true));
        expect(total).toBe(listed.length);
        byGrant += entries.filter(({ answer: { decision } }) =>
          decision.matchedStatements.some(({ layer }) => layer === 'KMS_GRANT'),
        ).length;
      }),
      { numRuns: 200 },
    );
    expect(byGrant).toBeGreaterThan(0);
  });

  it('what some request may do is listed, and what is listed is allowed where its conditions hold', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.constantFrom(...ACTIONS), async (document, action) => {
        const { subject: _, ...question } = aQuestion(A, action, KEY);
        const { entries } = await open(document).whoCan(question, { limit: 100, conditional: true }, NOON);
        const entryOf = new Map(
          entries.map((entry) => [principalIdOf(entry.answer.question.subject.principal), entry] as const),
        );
        for (const who of [...USERS, ...ROLES]) {
          const entry = entryOf.get(who);
          for (const context of CONTEXTS) {
            const may = await allowedTo(document, who, action, context);
            const reached =
              entry !== undefined && entry.conditions.length > 0 && conditionsHold(entry.conditions, context);
            const place = [who, action, context, entry?.conditions];
            expect([...place, may && entry === undefined]).toEqual([...place, false]);
            expect([...place, reached && !may]).toEqual([...place, false]);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('a grantee that the directory does not hold is told of exactly when decisions allow it', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.constantFrom(...ACTIONS), async (document, action) => {
        const { subject: _, ...question } = aQuestion(A, action, KEY);
        const { outsiders } = await open(document).whoCan(question, { limit: 1 }, NOON);
        const whole = { ...document, users: [...(document.users ?? []), aUser('', [allow('*')], { arn: GHOST })] };
        const named = JSON.stringify(document.resources).includes(GHOST);
        const told = outsiders.some(({ kind, value }) => kind === 'PRINCIPAL' && value === GHOST);
        expect(told).toBe(named && (await allowedTo(whole, GHOST, action, {})));
      }),
      { numRuns: 200 },
    );
  });
});
