import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import type { AssumableRole } from '../../src/access/assumable-roles.ts';
import { decideAssumption } from '../../src/access/assume.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { roleSession } from '../../src/evaluation/prepare.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, allow, aRole, aUser, B, deny, roleArn, trusts, userArn } from '../support/policies.ts';
import { aSubject, NOON } from '../support/questions.ts';

const catalog = await openCatalog();
const USER = userArn('u');
const ROLES = [0, 1, 2, 3, 4, 5].map((n) => roleArn(`r${n}`, n < 4 ? A : B));
const idOf = (n: number): string => `AROAR${n}0000`;

const principal: fc.Arbitrary<JsonObject | '*'> = fc.oneof(
  fc.constantFrom<JsonObject | '*'>(
    '*',
    { AWS: A },
    { AWS: B },
    { AWS: USER },
    { AWS: 'AIDAU0000' },
    { Service: 'ec2.amazonaws.com' },
  ),
  fc.nat(5).map((n): JsonObject => ({ AWS: ROLES[n] ?? '' })),
  fc.nat(5).map((n): JsonObject => ({ AWS: idOf(n) })),
  fc.nat(5).map((n): JsonObject => ({ AWS: `arn:aws:sts::${n < 4 ? A : B}:assumed-role/r${n}/s1` })),
);
const condition = fc.option(
  fc.constantFrom<JsonObject>(
    { StringEquals: { 'sts:ExternalId': 'k' } },
    { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
    { StringEquals: { 'aws:PrincipalAccount': A } },
    { StringLike: { 'sts:RoleSessionName': '${aws:username}*' } },
  ),
  { freq: 2, nil: null },
);
const trust = fc.tuple(principal, condition, fc.boolean()).map(
  ([who, when, isDeny]): JsonObject => ({
    ...trusts(who, when === null ? {} : { condition: when }),
    ...(isDeny && when !== null ? { Effect: 'Deny' } : {}),
  }),
);
const own = fc.constantFrom<readonly JsonObject[]>(
  [],
  [allow('sts:*')],
  [allow('*'), deny('sts:AssumeRole', ROLES[1] ?? '')],
);
const world: fc.Arbitrary<DirectoryDocument> = fc
  .tuple(own, fc.array(fc.tuple(fc.array(trust, { maxLength: 3 }), own), { minLength: 6, maxLength: 6 }))
  .map(([ofUser, roles]) => ({
    users: [aUser('u', ofUser, { id: 'AIDAU0000' })],
    roles: roles.map(([trusted, held], n) => aRole('', trusted, held, { arn: ROLES[n] ?? '', id: idOf(n) })),
  }));

const subject = fc.constantFrom(USER, ROLES[0] ?? '', `arn:aws:sts::${A}:assumed-role/r0/s1`, 'ec2.amazonaws.com');

function shown(roles: readonly AssumableRole[]): unknown {
  return roles.map(({ roleArn: arn, chain, requires, answer }) => [arn, chain, requires, answer.decision.effect]);
}

describe('the names in trust policies', () => {
  it('lead to the same roles, by the same ways, as trying every role', async () => {
    await fc.assert(
      fc.asyncProperty(world, subject, fc.integer({ min: 1, max: 4 }), async (document, who, maxDepth) => {
        const ask = async (isIndexed: boolean): Promise<readonly AssumableRole[]> => {
          const directory = new MemoryDirectory(document, catalog);
          directory.isIndexed = isIndexed;
          return createAccess(directory, catalog).assumableRoles(aSubject(who), { maxDepth }, NOON);
        };
        expect(shown(await ask(true))).toEqual(shown(await ask(false)));
      }),
      { numRuns: 150 },
    );
  });

  it('lead to roles that can really be assumed, one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (document) => {
        const directory = new MemoryDirectory(document, catalog);
        const access = createAccess(directory, catalog);
        const found = await access.assumableRoles(aSubject(USER), { maxDepth: 4 }, NOON);
        const gathered = await directory.gather({ principals: [], roles: [], resources: [], now: NOON });
        for (const { chain, requires } of found) {
          if (requires.length > 0) continue;
          let caller = gathered.principal(aSubject(USER).principal)?.value;
          for (const arn of chain) {
            const role = gathered.role(arn)?.value;
            if (role === undefined || caller === undefined) throw new Error(`${arn} is not there`);
            const nothing = {
              externalId: null,
              sourceIdentity: null,
              tags: {},
              transitiveTagKeys: [],
              inheritedTags: {},
              mfaAuthenticated: null,
            };
            const request = { context: new Map(), now: NOON };
            const call = { ...nothing, roleSessionName: 'any-name' };
            expect([arn, decideAssumption(caller, role, call, request, access.assumptionActions).allowed]).toEqual([
              arn,
              true,
            ]);
            caller = roleSession(role, {
              sessionName: 'any-name',
              tags: {},
              sourceIdentity: null,
              issuedAt: NOON,
              sessionPolicies: null,
            });
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('answer for many roles that all trust each other: none is tried again that was reached without conditions', async () => {
    const roles = Array.from({ length: 150 }, (_, n) =>
      aRole(`r${n}`, [trusts({ AWS: A })], [allow('sts:AssumeRole')]),
    );
    const directory = new MemoryDirectory({ users: [aUser('u', [allow('sts:AssumeRole')])], roles }, catalog);
    const before = directory.gathers;
    const found = await createAccess(directory, catalog).assumableRoles(aSubject(USER), { maxDepth: 4 }, NOON);
    expect(found.map(({ chain }) => chain.length)).toEqual(roles.map(() => 1));
    // The subject, and the roles in two parts: nothing is left to look up for the next step.
    expect(directory.gathers - before).toBe(3);
  });
});
