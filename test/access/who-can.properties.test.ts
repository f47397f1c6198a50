import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import type { PrincipalAccess } from '../../src/access/who-can-answer.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { principalIdOf } from '../../src/policy/principal-id.ts';
import { conditionsHold } from '../support/conditions-hold.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, allow, anOrganization, aRole, aUser, B, policy, roleArn, userArn } from '../support/policies.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';
import { runs } from '../support/runs.ts';

const catalog = await openCatalog();

/** An account that the directory does not know, and one that no policy names. */
const X = '333333333333';
const Y = '444444444444';
const BUCKET = 'arn:aws:s3:::b';
const OBJECT = `${BUCKET}/x`;
const USERS = [userArn('u0'), userArn('u1'), userArn('u2', B)];
const ROLES = [roleArn('r0'), roleArn('r1', B)];
const IDS: Readonly<Record<string, string>> = { [ROLES[0] ?? '']: 'AROAR0R0R0', [ROLES[1] ?? '']: 'AROAR1R1R1' };
const GHOSTS = [userArn('ghost', X), userArn('ghost'), roleArn('Ghost', X), `arn:aws:sts::${X}:assumed-role/Ghost/s1`];
const SERVICES = ['sns.amazonaws.com', 'ec2.amazonaws.com'];
const SESSION = `arn:aws:sts::${A}:assumed-role/r0/s1`;
const ACTION = 's3:GetObject';

const condition: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  { StringEquals: { 'aws:SourceVpc': 'v1' } },
  { StringNotEquals: { 'aws:SourceVpc': 'v1' } },
  { StringEqualsIfExists: { 'aws:SourceVpc': ['v1', 'v2'] } },
  { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
  { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
  { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' }, Null: { 'aws:SourceVpc': 'true' } },
  { StringLike: { 's3:signatureversion': 'A*' }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
  { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } },
  { StringNotEquals: { 'aws:PrincipalAccount': A } },
  { StringLike: { 'aws:userid': '*:s1' } },
);
const {
  organizations: [organization],
  accounts,
} = anOrganization('999999999999', A, B);
const ORGANIZATION = {
  accounts,
  organizations:
    organization === undefined
      ? []
      : [
          {
            ...organization,
            controlPolicies: [
              {
                id: 'p-FullAWSAccess',
                arn: 'arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess',
                name: 'FullAWSAccess',
                type: 'SERVICE_CONTROL_POLICY' as const,
                document: policy(allow('*')),
                targets: [organization.rootId, A, B],
              },
            ],
          },
        ],
};
const NO_BLOCK = { blockPublicAcls: false, ignorePublicAcls: false, blockPublicPolicy: false };
const conditions = fc.option(condition, { freq: 2, nil: null });
const principal: fc.Arbitrary<JsonObject | '*'> = fc.oneof(
  { weight: 1, arbitrary: fc.constant('*' as const) },
  {
    weight: 4,
    arbitrary: fc
      .array(fc.constantFrom(A, B, X, ...USERS, ...ROLES, ...GHOSTS, SESSION), { minLength: 1, maxLength: 3 })
      .map((AWS) => ({ AWS })),
  },
  { weight: 1, arbitrary: fc.constantFrom(...SERVICES).map((Service) => ({ Service })) },
);
const effect = fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny');

const resourceStatement = fc.tuple(effect, principal, conditions, fc.boolean()).map(
  ([Effect, named, Condition, negated]): JsonObject => ({
    Effect,
    // NotPrincipal with Allow names nobody: AWS refuses it.
    ...(negated && Effect === 'Deny' ? { NotPrincipal: named } : { Principal: named }),
    Action: ACTION,
    Resource: `${BUCKET}/*`,
    ...(Condition === null ? {} : { Condition }),
  }),
);
const identityStatement = fc.tuple(effect, conditions).map(
  ([Effect, Condition]): JsonObject => ({
    Effect,
    Action: 's3:Get*',
    Resource: '*',
    ...(Condition === null ? {} : { Condition }),
  }),
);
const some = <T>(each: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> => fc.array(each, { maxLength });

const world: fc.Arbitrary<DirectoryDocument> = fc
  .record({
    users: fc.tuple(...USERS.map(() => some(identityStatement, 2))),
    roles: fc.tuple(...ROLES.map(() => some(identityStatement, 2))),
    bucket: some(resourceStatement, 4),
    restrictPublicBuckets: fc.boolean(),
  })
  .map(({ users, roles, bucket, restrictPublicBuckets }) => ({
    ...ORGANIZATION,
    users: users.map((statements, index) => aUser('', statements, { arn: USERS[index] ?? '' })),
    roles: roles.map((statements, index) => {
      const arn = ROLES[index] ?? '';
      return aRole('', [], statements, { arn, id: IDS[arn] ?? '' });
    }),
    resources: [
      {
        arn: BUCKET,
        accountId: A,
        policy: bucket.length === 0 ? null : policy(...bucket),
        publicAccessBlock: { ...NO_BLOCK, restrictPublicBuckets },
      },
    ],
  }));

/** The same with those whom it does not hold: their accounts let them do everything; that of the resource lets nobody. */
function withOutsiders(document: DirectoryDocument): DirectoryDocument {
  const everything = [allow('*')];
  return {
    ...document,
    users: [
      ...(document.users ?? []),
      aUser('', everything, { arn: userArn('ghost', X) }),
      aUser('', [], { arn: userArn('ghost') }),
      aUser('', everything, { arn: userArn('admin', X) }),
      aUser('', everything, { arn: userArn('admin', Y) }),
    ],
    roles: [...(document.roles ?? []), aRole('', [], everything, { arn: roleArn('Ghost', X) })],
  };
}

const open = (document: DirectoryDocument) => createAccess(new MemoryDirectory(document, catalog), catalog);
const { subject: _, ...QUESTION } = aQuestion(A, ACTION, OBJECT);

async function allowed(document: DirectoryDocument, who: string): Promise<boolean> {
  const [answer] = await open(document).decide([aQuestion(who, ACTION, OBJECT)], NOON);
  return answer?.decision.allowed === true;
}

/** Whether a statement of the bucket's policy takes part in letting `who` in. */
async function letIn(document: DirectoryDocument, who: string): Promise<boolean> {
  const [answer] = await open(document).decide([aQuestion(who, ACTION, OBJECT)], NOON);
  const layer = answer?.decision.layers.find((one) => one.layer === 'RESOURCE_POLICY');
  return answer?.decision.allowed === true && (layer?.matchedStatements.length ?? 0) > 0;
}

const policyNames = (document: DirectoryDocument, who: string): boolean => {
  const text = document.resources?.[0]?.policy ?? '{"Statement":[]}';
  const { Statement } = JSON.parse(text) as { Statement: readonly JsonObject[] };
  return Statement.some((one) => one['Effect'] === 'Allow' && JSON.stringify(one['Principal']).includes(`"${who}"`));
};

describe('on generated worlds', () => {
  it('those listed are those whom decisions allow, and outsiders are told as decisions on them would be', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (document) => {
        const found = await open(document).whoCan(QUESTION, { limit: 100 }, NOON);
        const listed = found.entries.map(({ answer }) => principalIdOf(answer.question.subject.principal));
        const may = await Promise.all([...USERS, ...ROLES].map((who) => allowed(document, who)));
        expect(listed).toEqual([...USERS, ...ROLES].filter((_who, index) => may[index] === true));
        expect(found.entries.every((entry) => entry.conditions.length === 0)).toBe(true);

        const names = new Set(found.outsiders.map(({ kind, value }) => `${kind} ${value}`));
        const everybody = names.has('EVERYBODY *');
        const whole = withOutsiders(document);
        expect(everybody).toBe((await allowed(document, 'anonymous')) || (await allowed(whole, userArn('admin', Y))));
        for (const service of SERVICES) {
          const expected = policyNames(document, service) && (await allowed(document, service));
          expect([service, names.has(`SERVICE ${service}`)]).toEqual([service, expected]);
        }
        for (const ghost of GHOSTS) {
          const expected = policyNames(document, ghost) && (await allowed(whole, ghost));
          expect([ghost, names.has(`PRINCIPAL ${ghost}`)]).toEqual([ghost, expected]);
        }
        for (const account of [A, B]) {
          const root = await letIn(document, account);
          const expected = root && (policyNames(document, account) || !everybody);
          expect([account, names.has(`ACCOUNT ${account}`)]).toEqual([account, expected]);
        }
        const unknown = (await allowed(whole, X)) || (await allowed(whole, userArn('admin', X)));
        expect(names.has(`ACCOUNT ${X}`)).toBe(policyNames(document, X) && unknown);
        for (const { statements } of found.outsiders) {
          expect(statements.length).toBeGreaterThan(0);
          expect(statements.every(({ effect: said, layer }) => said === 'ALLOW' && layer === 'RESOURCE_POLICY')).toBe(
            true,
          );
        }
      }),
      { numRuns: runs(100) },
    );
  });

  const request = fc.record(
    {
      'aws:SourceVpc': fc.constantFrom('v1', 'v2', 'v3'),
      'aws:MultiFactorAuthPresent': fc.constantFrom('true', 'false'),
      'aws:SourceIp': fc.constantFrom('10.1.2.3', '192.0.2.1'),
      's3:signatureversion': fc.constantFrom('AWS', 'B'),
    },
    { requiredKeys: [] },
  );

  it('what is listed with conditions is allowed where they hold, and what some request could do is listed', async () => {
    await fc.assert(
      fc.asyncProperty(
        world,
        fc.array(fc.tuple(request, fc.constantFrom(null, 's1', 's2')), { minLength: 8, maxLength: 8 }),
        async (document, requests) => {
          const access = open(document);
          const found = await access.whoCan(QUESTION, { limit: 100, conditional: true }, NOON);
          const entryOf = new Map(
            found.entries.map((entry) => [principalIdOf(entry.answer.question.subject.principal), entry]),
          );
          const outright = await access.whoCan(QUESTION, { limit: 100 }, NOON);
          const without = found.entries.filter((entry) => entry.conditions.length === 0);
          expect(without.map(({ answer }) => answer.question.subject)).toEqual(
            outright.entries.map(({ answer }) => answer.question.subject),
          );
          for (const who of [...USERS, ...ROLES]) {
            const entry = entryOf.get(who);
            const isRole = ROLES.includes(who);
            for (const [context, name] of requests) {
              const session = isRole && name !== null ? { roleSessionName: name } : null;
              const [answer] = await access.decide(
                [aQuestion(aSubject(who, null, session), ACTION, OBJECT, { context })],
                NOON,
              );
              const may = answer?.decision.allowed === true;
              const userId = isRole && name !== null ? `${IDS[who]}:${name}` : null;
              const reached =
                entry !== undefined && entry.conditions.length > 0 && conditionsHold(entry.conditions, context, userId);
              const place = [who, context, name, entry?.conditions];
              // Where the conditions hold it is allowed, and what is allowed is listed.
              expect([...place, reached && !may]).toEqual([...place, false]);
              expect([...place, may && entry === undefined]).toEqual([...place, false]);
            }
          }
        },
      ),
      { numRuns: runs(100) },
    );
  });

  it('outsiders who may only under conditions are told of when some request lets them in, and not when a Deny keeps all out', async () => {
    await fc.assert(
      fc.asyncProperty(world, request, async (document, context) => {
        const { outsiders } = await open(document).whoCan(QUESTION, { limit: 1, conditional: true }, NOON);
        const names = new Set(outsiders.map(({ kind, value }) => `${kind} ${value}`));
        const whole = withOutsiders(document);
        const may = async (who: string): Promise<boolean> => {
          const [answer] = await open(whole).decide([aQuestion(who, ACTION, OBJECT, { context })], NOON);
          return answer?.decision.allowed === true;
        };
        const expected: string[] = [];
        for (const service of SERVICES) {
          if (policyNames(document, service) && (await may(service))) expected.push(`SERVICE ${service}`);
        }
        for (const ghost of GHOSTS) {
          if (policyNames(document, ghost) && (await may(ghost))) expected.push(`PRINCIPAL ${ghost}`);
        }
        if (await may('anonymous')) expected.push('EVERYBODY *');
        expect(expected.filter((name) => !names.has(name))).toEqual([]);

        const deny = { Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' };
        const { Statement: statements } = JSON.parse(document.resources?.[0]?.policy ?? '{"Statement":[]}') as {
          Statement: readonly JsonObject[];
        };
        const resources = [{ arn: BUCKET, accountId: A, policy: policy(...statements, deny) }];
        const kept = await open({ ...document, resources }).whoCan(QUESTION, { limit: 1, conditional: true }, NOON);
        expect([kept.outsiders, kept.total]).toEqual([[], 0]);
      }),
      { numRuns: runs(100) },
    );
  });

  it('pages hold together what the whole list holds', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.integer({ min: 1, max: 3 }), async (document, limit) => {
        const access = open(document);
        const all = await access.whoCan(QUESTION, { limit: 100, conditional: true }, NOON);
        const ids: string[] = [];
        for (let after: string | null = null; ; ) {
          const part = await access.whoCan(QUESTION, { limit, after, conditional: true }, NOON);
          expect([part.total, part.before]).toEqual([all.total, ids.length]);
          ids.push(...part.entries.map(idOf));
          if (part.entries.length < limit) break;
          after = ids.at(-1) ?? null;
        }
        expect(ids).toEqual(all.entries.map(idOf));
      }),
      { numRuns: runs(20) },
    );
  });
});

function idOf({ answer }: PrincipalAccess): string {
  return principalIdOf(answer.question.subject.principal);
}
