/** The roles that nobody can assume, found by the names in trust policies, are those of which a search of everybody finds nobody. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, anOrganization, aRole, aUser, B, roleArn, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { runs } from '../support/runs.ts';

const catalog = await openCatalog();
const OUTSIDE = '999999999999';
const PROVIDER = `arn:aws:iam::${A}:saml-provider/Corporate`;
const WAYS = ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'];

const USERS = [A, B].flatMap((account) => [0, 1].map((n) => userArn(`u${n}`, account)));
const ROLES = [A, B].flatMap((account) => [0, 1, 2].map((n) => roleArn(`r${n}`, account)));

const condition = fc.option(
  fc.constantFrom<JsonObject>(
    { StringEquals: { 'sts:ExternalId': 'x' } },
    { StringEquals: { 'aws:PrincipalAccount': OUTSIDE } },
    { StringEquals: { 'aws:PrincipalTag/team': 'red' } },
    { StringEquals: { 'aws:username': 'u1' } },
    { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${B}:*` } },
    { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
    { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } },
  ),
  { freq: 2, nil: null },
);
const whom = fc.constantFrom<JsonObject | '*'>(
  { AWS: userArn('u0') },
  { AWS: [userArn('u1', B), roleArn('r1', B)] },
  { AWS: roleArn('r1') },
  { AWS: `arn:aws:sts::${A}:assumed-role/r2/s` },
  { AWS: A },
  { AWS: `arn:aws:iam::${B}:root` },
  { AWS: OUTSIDE },
  { AWS: userArn('gone') },
  { AWS: userArn('somebody', OUTSIDE) },
  { AWS: 'AIDAGONE' },
  { Service: 'ec2.amazonaws.com' },
  { Federated: PROVIDER },
  '*',
);
const way = fc.constantFrom<JsonObject>(
  ...[...WAYS, WAYS[0], WAYS[0], 'sts:*', 'sts:TagSession'].map((Action) => ({ Action: Action ?? '' })),
);
const under = (given: JsonObject | null): JsonObject => (given === null ? {} : { Condition: given });
const trust = fc
  .tuple(fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'), whom, way, condition)
  .map(([Effect, Principal, Action, given]): JsonObject => ({ Effect, Principal, ...Action, ...under(given) }));
const own = fc
  .tuple(
    fc.constantFrom('Allow', 'Allow', 'Deny'),
    fc.constantFrom('sts:AssumeRole', 'sts:*', '*', 's3:GetObject'),
    fc.constantFrom('*', roleArn('r0'), `arn:aws:iam::${B}:role/*`),
    condition,
  )
  .map(([Effect, Action, Resource, given]): JsonObject => ({ Effect, Action, Resource, ...under(given) }));

const { organizations, accounts } = anOrganization('888888888888', A, B);
const world: fc.Arbitrary<DirectoryDocument> = fc
  .record({
    owns: fc.array(fc.array(own, { maxLength: 2 }), { minLength: 10, maxLength: 10 }),
    trusts: fc.array(fc.array(trust, { minLength: 1, maxLength: 2 }), { minLength: 6, maxLength: 6 }),
    tags: fc.array(fc.constantFrom({ team: 'red' }, {}), { minLength: 4, maxLength: 4 }),
  })
  .map(({ owns, trusts, tags }) => ({
    organizations,
    accounts,
    users: USERS.map((arn, n) => ({ ...aUser('u', owns[n] ?? []), arn, tags: tags[n] ?? {} })),
    roles: ROLES.map((arn, n) => ({ ...aRole('r', trusts[n] ?? [], owns[n + 4] ?? []), arn })),
  }));

it('the unused roles are those that nobody can assume', async () => {
  let [all, unused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(world, async (document) => {
      const directory = new MemoryDirectory(document, catalog);
      const access = createAccess(directory, catalog);
      const none = { users: [], resources: [], policies: [], groups: new Set<string>(), roots: [], endpoints: [] };
      const holders = { ...none, roles: ROLES, accountIds: null };
      const asked = { holders, kinds: new Set(['UNUSED_ROLE'] as const), mayRead: () => true };
      const { findings } = await access.findings(asked, NOON);
      const expected: string[] = [];
      for (const resource of ROLES) {
        let count = 0;
        for (const action of WAYS) {
          const question = { action, resource, resourceAccount: null, context: new Map(), path: '' };
          const { total, outsiders } = await access.whoCan(question, { limit: 1, conditional: true }, NOON);
          count += total + outsiders.length;
        }
        if (count === 0) expected.push(resource);
      }
      expect(findings.map(({ arn }) => arn).sort()).toEqual(expected.sort());
      all += ROLES.length;
      unused += expected.length;
    }),
    { numRuns: runs(20) },
  );
  // Both happen often enough for the property to say something.
  expect(unused).toBeGreaterThan(all / 20);
  expect(all - unused).toBeGreaterThan(all / 20);
});
