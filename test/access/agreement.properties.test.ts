import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { AccessComparison } from '../../src/access/compare-access.ts';
import { Work } from '../../src/access/work.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { completed } from '../../src/directory/services/own-service.ts';
import { OwnServices } from '../../src/directory/services/own-services.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { principalIdOf } from '../../src/policy/principal-id.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { ORDERS, orderArn } from '../support/own-service.ts';
import { A, aRole, aUser, B, policy, roleArn, userArn } from '../support/policies.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';

/** AWS's catalogue, and the service of an application. */
const catalog = new OwnServices(await openCatalog(), [completed(ORDERS)]).catalog.now;
const USERS = [userArn('u0'), userArn('u1'), userArn('u2', B)];
const ROLES = [roleArn('r0'), roleArn('r1'), roleArn('r2', B), roleArn('r3', B)];
const ORDER = orderArn('42');
const ACTIONS = ['s3:GetObject', 's3:PutObject', 'sts:AssumeRole', 'orders:GetOrder'];
const BUCKET = 'arn:aws:s3:::b';

/** Objects, of which the directory knows one's bucket, and nothing of the other. */
const OBJECTS = [`${BUCKET}/x`, 'arn:aws:s3:::elsewhere/x'];

/** What every request has and a question leaves unsaid: the names of sessions, and keys of which something is assumed. */
const unsaid: fc.Arbitrary<JsonObject> = fc.constantFrom(
  { StringLike: { 'aws:userid': '*:alice' } },
  { StringNotLike: { 'aws:userid': '*:alice' } },
  { StringEquals: { 'sts:RoleSessionName': 'alice' } },
  { StringNotEquals: { 'sts:RoleSessionName': '${aws:username}' } },
  { Bool: { 'aws:SecureTransport': 'false' } },
  { StringEquals: { 'aws:ViaAWSService': 'false' } },
  { StringNotEquals: { 'aws:RequestedRegion': 'us-east-1' } },
);
const identityStatement: fc.Arbitrary<JsonObject> = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
    Action: fc.constantFrom('*', 's3:*', 's3:Get*', 'sts:*', 'sts:AssumeRole', 'orders:*', 'orders:GetOrder'),
    Resource: fc.constantFrom(
      '*',
      ...OBJECTS,
      ORDER,
      orderArn('*'),
      ROLES[0] ?? '',
      ROLES[2] ?? '',
      'arn:aws:iam::*:role/*',
    ),
    Condition: fc.option(unsaid, { nil: null, freq: 1 }),
  })
  .map(({ Condition, ...statement }) => (Condition === null ? statement : { ...statement, Condition }));
const principal: fc.Arbitrary<JsonObject | string> = fc.oneof(
  fc.constant('*'),
  fc.record({ AWS: fc.constantFrom(A, B, ...USERS, ...ROLES) }),
  fc.record({ Service: fc.constant('ec2.amazonaws.com') }),
);
const condition: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constantFrom({ StringEquals: { 'sts:ExternalId': 'k-1' } }, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
  unsaid,
);
const trustStatement: fc.Arbitrary<JsonObject> = fc
  .tuple(fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'), principal, fc.option(condition, { freq: 2 }))
  .map(([Effect, Principal, Condition]) => ({
    Effect,
    Principal,
    Action: 'sts:AssumeRole',
    ...(Condition === null ? {} : { Condition }),
  }));
const resourceStatement: fc.Arbitrary<JsonObject> = fc
  .tuple(fc.constantFrom('Allow', 'Deny'), principal, fc.constantFrom('s3:*', 's3:GetObject'))
  .map(([Effect, Principal, Action]) => ({ Effect, Principal, Action, Resource: `${BUCKET}/*` }));
const orderStatement: fc.Arbitrary<JsonObject> = fc
  .tuple(fc.constantFrom('Allow', 'Deny'), principal)
  .map(([Effect, Principal]) => ({ Effect, Principal, Action: 'orders:*', Resource: '*' }));
const some = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(each, { maxLength: 2 });

const world: fc.Arbitrary<DirectoryDocument> = fc
  .record({
    users: fc.tuple(...USERS.map(() => some(identityStatement))),
    roles: fc.tuple(...ROLES.map(() => fc.tuple(some(trustStatement), some(identityStatement)))),
    bucket: some(resourceStatement),
    order: some(orderStatement),
  })
  .map(({ users, roles, bucket, order }) => ({
    users: users.map((statements, index) => aUser('', statements, { arn: USERS[index] ?? '' })),
    roles: roles.map(([trust, statements], index) => aRole('', trust, statements, { arn: ROLES[index] ?? '' })),
    resources: [
      { arn: BUCKET, accountId: A, policy: policy(...bucket) },
      { arn: ORDER, accountId: A, policy: policy(...order) },
    ],
  }));

/** What an action is asked on: a role, an order with a policy or without one, or `object`. */
function resourceOf(action: string, object: string, role: string): string {
  if (action === 'sts:AssumeRole') return role;
  if (action !== 'orders:GetOrder') return object;
  return object === OBJECTS[0] ? ORDER : orderArn('1');
}

/** Whether an action that differs so can be allowed so on one resource. */
function possible(kind: string, was: boolean, is: boolean): boolean {
  if (kind === 'ALIKE') return was === is;
  return kind === 'GAINED' ? !was : kind !== 'LOST' || !is;
}

/** Every question is a projection of one evaluator: on any world, no two of them disagree. */
describe('on generated worlds', () => {
  const PRINCIPALS = [...USERS, ...ROLES, A, 'ec2.amazonaws.com', 'anonymous'];

  it('being in a role is being able to assume it, and holding its permissions', async () => {
    await fc.assert(
      fc.asyncProperty(
        world,
        fc.constantFrom(...PRINCIPALS),
        fc.constantFrom(...ROLES),
        fc.constantFrom(...ACTIONS),
        fc.constantFrom(...OBJECTS),
        async (document, who, role, action, object) => {
          const access = createAccess(new MemoryDirectory(document, catalog), catalog);
          const resource = resourceOf(action, object, ROLES[0] ?? '');
          const [assumption, asRole, inRole] = await access.decide(
            [
              aQuestion(who, 'sts:AssumeRole', role),
              aQuestion(role, action, resource),
              aQuestion(aSubject(who, role), action, resource),
            ],
            NOON,
          );
          const expected = assumption?.decision.allowed === true ? asRole : assumption;
          expect(inRole?.decision).toMatchObject({
            effect: expected?.decision.effect,
            deniedBy: expected?.decision.deniedBy,
            reason: expected?.decision.reason,
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('what a comparison says of an action is what decisions say of both', async () => {
    const kinds = new Set<string>();
    const subjects = fc.tuple(fc.constantFrom(...PRINCIPALS), fc.option(fc.constantFrom(...ROLES)));
    await fc.assert(
      fc.asyncProperty(world, subjects, subjects, async (document, one, other) => {
        const directory = new MemoryDirectory(document, catalog);
        const access = createAccess(directory, catalog);
        const [first, second] = [aSubject(...one), aSubject(...other)];
        const sides = [
          await access.effectivePermissions(first, new Map(), NOON),
          await access.effectivePermissions(second, new Map(), NOON),
        ] as const;
        const comparison = new AccessComparison(catalog, sides, { actions: ACTIONS }, new Work());
        const differences = await comparison.listed().after(null, 100);
        const kindOf = new Map(differences.map(({ action, kind }) => [action, kind]));
        for (const action of ACTIONS) {
          const kind = kindOf.get(action) ?? 'ALIKE';
          for (const [index, object] of OBJECTS.entries()) {
            const resource = resourceOf(action, object, ROLES[index] ?? '');
            const [before, after] = await access.decide(
              [aQuestion(first, action, resource), aQuestion(second, action, resource)],
              NOON,
            );
            const [was, is] = [before?.decision.allowed === true, after?.decision.allowed === true];
            expect(possible(kind, was, is), `${kind} ${action} on ${resource}: ${was}, ${is}`).toBe(true);
            if (was !== is) kinds.add(kind);
          }
        }
      }),
      { numRuns: 100 },
    );
    expect([...kinds]).toEqual(expect.arrayContaining(['GAINED', 'LOST']));
  });

  it('the roles listed are those that decisions allow, and those that further keys could open', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.constantFrom(...PRINCIPALS), async (document, who) => {
        const access = createAccess(new MemoryDirectory(document, catalog), catalog);
        const found = await access.assumableRoles(aSubject(who), {}, NOON);
        const answers = await access.decide(
          ROLES.map((role) => aQuestion(who, 'sts:AssumeRole', role)),
          NOON,
        );
        const expected = answers
          .map(({ decision: { allowed, missingContextKeys, requires }, question }) => {
            // That a name is needed is told once: by the key for it where a policy asks for that of the new session.
            const named = missingContextKeys.some((key) => key.toLowerCase() === 'sts:rolesessionname');
            const missing = named ? missingContextKeys : [...missingContextKeys, ...requires];
            return { arn: question.resource, allowed, missing };
          })
          .filter((answer) => answer.allowed || answer.missing.length > 0)
          .map((answer) => ({ roleArn: answer.arn, requires: answer.allowed ? [] : [...answer.missing].sort() }));
        const listed = found.map(({ roleArn: arn, requires }) => ({ roleArn: arn, requires: [...requires] }));
        const byArn = (a: { roleArn: string }, b: { roleArn: string }): number => (a.roleArn < b.roleArn ? -1 : 1);
        expect(listed.sort(byArn)).toEqual(expected.sort(byArn));
      }),
      { numRuns: 200 },
    );
  });

  it('every chain can be walked, and none is missed', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.constantFrom(...USERS), async (document, who) => {
        const access = createAccess(new MemoryDirectory(document, catalog), catalog);
        const found = await access.assumableRoles(aSubject(who), { maxDepth: 4 }, NOON);
        const now = found.filter((role) => role.requires.length === 0);
        const steps = now.flatMap(({ chain }) =>
          chain.map((role, index) => aQuestion(chain[index - 1] ?? who, 'sts:AssumeRole', role)),
        );
        const walked = await access.decide(steps, NOON);
        expect(walked.filter((answer) => !answer.decision.allowed).map((answer) => answer.question.resource)).toEqual(
          [],
        );

        // As many steps as there are roles: whatever a role that is reached can assume is reached as well.
        const onward = now.flatMap(({ roleArn }) => ROLES.map((role) => aQuestion(roleArn, 'sts:AssumeRole', role)));
        const reachable = (await access.decide(onward, NOON)).filter((answer) => answer.decision.allowed);
        const reached = new Set(now.map((role) => role.roleArn));
        expect(reachable.map((answer) => answer.question.resource).filter((arn) => !reached.has(arn))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('a route leads through roles that can be assumed one after the other, to what the last one can do', async () => {
    const needs = OBJECTS.map((resource, index) => {
      const { subject: _, ...need } = aQuestion(A, 's3:GetObject', resource, { path: `needs[${index}]` });
      return { ...need, resourceAccount: A };
    });
    let longest = 0;
    const property = fc.asyncProperty(world, fc.constantFrom(...USERS), async (document, who) => {
      const access = createAccess(new MemoryDirectory(document, catalog), catalog);
      const routes = await access.accessRoutes(aSubject(who), needs, { maxDepth: 3 }, NOON);
      expect(routes.filter(({ roles }) => roles.length === 0)).toHaveLength(1);
      for (const { roles, answers } of routes) {
        longest = Math.max(longest, roles.length);
        const steps = roles.map((role, index) => aQuestion(roles[index - 1] ?? who, 'sts:AssumeRole', role));
        for (const { decision } of await access.decide(steps, NOON)) expect(decision.allowed).toBe(true);
        const last = roles.at(-1) ?? who;
        const asLast = await access.decide(
          needs.map((need) => ({ ...need, subject: aSubject(last) })),
          NOON,
        );
        expect(answers.map(({ decision }) => decision.reason)).toEqual(asLast.map(({ decision }) => decision.reason));
      }
    });
    // Chains of several roles are rare in these worlds.
    for (let round = 0; round < 20; round += 1) {
      await fc.assert(property, { numRuns: 100 });
      if (longest > 1) break;
    }
    expect(longest).toBeGreaterThan(1);
  });

  it('who can are all whom decisions allow', async () => {
    await fc.assert(
      fc.asyncProperty(
        world,
        fc.constantFrom(...ACTIONS),
        fc.constantFrom(...OBJECTS),
        async (document, action, object) => {
          const access = createAccess(new MemoryDirectory(document, catalog), catalog);
          const resource = resourceOf(action, object, ROLES[1] ?? '');
          // Who can reach a bucket that the directory does not know is asked with its owner.
          const owner = resource === OBJECTS[1] ? { resourceAccount: '111111111111' } : {};
          const about = (who: string) => aQuestion(who, action, resource, owner);
          const { subject: _, ...question } = about(A);
          const { entries, total } = await access.whoCan(question, { limit: 100 }, NOON);
          const answers = entries.map(({ answer }) => answer);
          const all = await access.decide([...USERS, ...ROLES].map(about), NOON);
          const allowed = all.filter((answer) => answer.decision.allowed);
          const names = (list: typeof all): string[] =>
            list.map((each) => principalIdOf(each.question.subject.principal)).sort();
          expect(names(answers)).toEqual(names(allowed));
          expect(total).toBe(allowed.length);
        },
      ),
      { numRuns: 200 },
    );
  });
});
