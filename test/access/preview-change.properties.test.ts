import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EffectivePermissions } from '../../src/access/effective-permissions.ts';
import { comparePermissions } from '../../src/access/previews/compared.ts';
import { previewChange } from '../../src/access/previews/preview-change.ts';
import type { PreviewedDifference } from '../../src/access/previews/previewed.ts';
import type { Subject } from '../../src/access/question.ts';
import { Work } from '../../src/access/work.ts';
import { effectivePermissions } from '../../src/access/work-out-permissions.ts';
import type { ChangeStep } from '../../src/directory/entities/entity-store.ts';
import { FailedChange } from '../../src/directory/entities/failed-change.ts';
import type { Preview } from '../../src/directory/previews/preview.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { parsePrincipalRef, principalIdOf } from '../../src/policy/principal-id.ts';
import { OPENING, openServices, type TestServices } from '../graphql/services.ts';
import { A, allow, aRole, aUser, B, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';
import { runs } from '../support/runs.ts';

// What a preview says is what comes of it: the changes are made, everybody is asked before and after, as itself and in every role,
// and the differences are those of the preview: all of them, and no others.

const BUCKET = 'arn:aws:s3:::previewed';
const ORGANIZATION = 'o-exampleorg1';
const MANAGEMENT = '999999999999';
const LIMIT = 'p-limit000';
const GROUPS = ['g0', 'g1'].map((name) => `arn:aws:iam::${A}:group/${name}`);
const POLICIES = ['m0', 'm1'].map((name) => `arn:aws:iam::${A}:policy/${name}`);
/** Not there at first. */
const NEW = userArn('n0');
const IN_A = { accountId: A, partition: 'aws', path: '/' };
const USERS = [...['u0', 'u1', 'u2'].map((name) => userArn(name)), userArn('u0', B), NEW, userArn('u3')];
const ROLES = [...['r0', 'r1'].map((name) => roleArn(name)), roleArn('r0', B)];
const EVERYBODY = [...USERS, ...ROLES];

const tagged = { StringEquals: { 'aws:PrincipalTag/team': 'red' } };
const documents: readonly string[] = [
  policy(allow('s3:GetObject', `${BUCKET}/*`)),
  policy(allow(['s3:*', 'sqs:SendMessage'])),
  policy(allow('sts:AssumeRole')),
  policy(allow('sts:AssumeRole', [roleArn('r1'), roleArn('r0', B)]), allow('iam:PassRole')),
  policy({ ...allow('s3:PutObject'), Condition: tagged }),
  policy(allow('*'), deny('iam:*')),
  policy(deny(['s3:Put*', 'sts:AssumeRole'])),
  policy({ Effect: 'Allow', NotAction: ['iam:*', 'sts:*', 'ec2:*'], Resource: '*' }),
];
const limits: readonly string[] = [
  policy(allow('*')),
  policy(allow('*'), deny('s3:*')),
  policy(allow(['s3:*', 'sts:*'])),
];
const named: readonly (JsonObject | '*')[] = [
  { AWS: A },
  { AWS: [USERS[0] ?? '', USERS[3] ?? ''] },
  { AWS: ROLES[0] ?? '' },
  { AWS: B },
  '*',
  { Service: 'ec2.amazonaws.com' },
];
const trustPolicies = named.map((principal) => policy(trusts(principal)));
const onBucket = named.flatMap((Principal) =>
  ['Allow', 'Deny'].map((Effect) =>
    policy({ Effect, Principal, Action: ['s3:GetObject', 's3:PutObject'], Resource: `${BUCKET}/*` }),
  ),
);

const user = fc.constantFrom(...USERS).map((arn) => ({ userArn: arn }));
const role = fc.constantFrom(...ROLES).map((arn) => ({ roleArn: arn }));
const ofA = fc.constantFrom(...USERS.slice(0, 3)).map((arn) => ({ userArn: arn }));
const roleOfA = fc.constantFrom(...ROLES.slice(0, 2)).map((arn) => ({ roleArn: arn }));
const group = fc.constantFrom(...GROUPS).map((groupArn) => ({ groupArn }));
const managed = fc.constantFrom(...POLICIES).map((policyArn) => ({ policyArn }));
const text = fc.constantFrom(...documents).map((policyDocument) => ({ policyDocument }));
const limit = fc.constantFrom(...limits).map((policyDocument) => ({ policyDocument }));
const trust = fc.constantFrom(...trustPolicies).map((policyDocument) => ({ policyDocument }));
const inline = fc.constant({ policyName: 'p' });
const boundary = managed.map(({ policyArn }) => ({ permissionsBoundary: policyArn }));
const control = fc.constant({ organizationId: ORGANIZATION, policyId: LIMIT });
const target = fc.constantFrom(A, B, 'r-abcd').map((targetId) => ({ targetId }));
const whole = fc.constant({ withDependents: true });
const tags = fc.constantFrom('red', 'blue').map((value) => ({ tags: [{ key: 'team', value }] }));

const step = (name: ChangeStep['name'], ...parts: readonly fc.Arbitrary<object>[]): fc.Arbitrary<ChangeStep> =>
  // as: the parts are those of the change of this name
  fc.tuple(...parts).map((given) => ({ name, input: Object.assign({}, ...given) }) as ChangeStep);

const change: fc.Arbitrary<ChangeStep> = fc.oneof(
  step('putUserPolicy', user, inline, text),
  step('deleteUserPolicy', user, inline),
  step('putRolePolicy', role, inline, text),
  step('deleteRolePolicy', role, inline),
  step('putGroupPolicy', group, inline, text),
  step('attachUserPolicy', ofA, managed),
  step('detachUserPolicy', ofA, managed),
  step('attachRolePolicy', roleOfA, managed),
  step('attachGroupPolicy', group, managed),
  step('detachGroupPolicy', group, managed),
  step('addUserToGroup', ofA, group),
  step('removeUserFromGroup', ofA, group),
  step('createPolicyVersion', managed, text, fc.constant({ setAsDefault: true })),
  step('putUserPermissionsBoundary', ofA, boundary),
  step('deleteUserPermissionsBoundary', ofA),
  step('putRolePermissionsBoundary', roleOfA, boundary),
  step('updateAssumeRolePolicy', role, trust),
  step(
    'putResourcePolicy',
    fc.constant({ resourceArn: BUCKET }),
    fc.constantFrom(...onBucket).map((policyDocument) => ({ policyDocument })),
  ),
  step('deleteResourcePolicy', fc.constant({ resourceArn: BUCKET })),
  step('updateControlPolicy', control, limit),
  step('attachControlPolicy', control, target),
  step('detachControlPolicy', control, target),
  step('tagUser', user, tags),
  step('deleteUser', user, whole),
  step('deleteRole', role, whole),
  step('deleteGroup', group, whole),
  step(
    'createUser',
    fc.constantFrom('u0', 'n0').map((userName) => ({ ...IN_A, userName })),
  ),
  step(
    'createRole',
    fc.constantFrom(A, B).map((accountId) => ({ ...IN_A, accountId, roleName: 'r0' })),
    fc.constantFrom(...trustPolicies).map((assumeRolePolicyDocument) => ({ assumeRolePolicyDocument })),
  ),
);

/** Somebody who is not stored gains a role. */
const MADE_AND_TRUSTED: ChangeStep[] = [
  { name: 'createUser', input: { ...IN_A, userName: 'n0' } },
  { name: 'putUserPolicy', input: { userArn: NEW, policyName: 'p', policyDocument: documents[2] ?? '' } },
  { name: 'updateAssumeRolePolicy', input: { roleArn: roleArn('r1'), policyDocument: trustPolicies[0] ?? '' } },
];

let services: TestServices;
beforeAll(async () => {
  services = await openServices({
    organizations: [
      {
        id: ORGANIZATION,
        rootId: 'r-abcd',
        managementAccountId: MANAGEMENT,
        units: [],
        scpEnabled: true,
        rcpEnabled: false,
        controlPolicies: [
          {
            id: 'p-FullAWSAccess',
            type: 'SERVICE_CONTROL_POLICY',
            name: 'FullAWSAccess',
            document: policy(allow('*')),
            targets: ['r-abcd', A, B],
          },
          { id: LIMIT, type: 'SERVICE_CONTROL_POLICY', name: 'Limit', document: limits[1] ?? '', targets: [] },
        ],
      },
    ],
    accounts: [A, B, MANAGEMENT].map((id) => ({ id, membership: { organizationId: ORGANIZATION, unitId: null } })),
    policies: POLICIES.map((arn, index) => ({
      arn,
      defaultVersionId: 'v1',
      versions: [{ versionId: 'v1', document: documents[index] ?? '' }],
    })),
    groups: GROUPS.map((arn) => ({ arn, inlinePolicies: [], attachedPolicies: [] })),
    users: [
      aUser('u0', [allow('sts:AssumeRole')], { groups: [GROUPS[0] ?? ''], tags: { team: 'red' } }),
      aUser('u1', [allow('s3:*')], { permissionsBoundary: POLICIES[1] ?? '' }),
      aUser('u2', [], { groups: GROUPS, attachedPolicies: [POLICIES[0] ?? ''] }),
      // Like u2, but for its tags.
      aUser('u3', [], { groups: GROUPS, attachedPolicies: [POLICIES[0] ?? ''], tags: { team: 'red' } }),
      aUser('u0', [allow(['sts:AssumeRole', 's3:GetObject'])], { arn: userArn('u0', B) }),
    ],
    roles: [
      aRole('r0', [trusts({ AWS: A })], [allow('sqs:*')]),
      aRole('r1', [trusts({ AWS: [USERS[0] ?? '', ROLES[0] ?? ''] })], [allow('iam:Get*')]),
      aRole('r0', [trusts({ AWS: A })], [allow('s3:*')], { arn: roleArn('r0', B) }),
    ],
    resources: [{ arn: BUCKET, accountId: A, policy: null }],
  });
}, OPENING);
afterAll(() => services.remove());

const refOf = (arn: string) => {
  const ref = parsePrincipalRef(arn);
  if (ref === null) throw new Error(arn);
  return ref;
};

const SUBJECTS: readonly Subject[] = EVERYBODY.flatMap((arn) =>
  [null, ...ROLES.filter((one) => one !== arn)].map((assumedRole) => ({
    principal: refOf(arn),
    assumedRole,
    session: null,
  })),
);

function tools() {
  const { directory, catalog, access } = services;
  // Everything is decided in one request each: nothing runs into a limit of it.
  return { directory, catalog, actions: access.assumptionActions, work: new Work({ time: 600_000, cpu: 600_000 }) };
}

/** Null: it is not there. */
async function permissionsOf(subject: Subject): Promise<EffectivePermissions | null> {
  try {
    return await effectivePermissions(tools(), subject, new Map(), NOON);
  } catch (error) {
    if (error instanceof RolegateError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

const nameOf = ({ principal, assumedRole }: Pick<Subject, 'principal' | 'assumedRole'>): string =>
  assumedRole === null ? principalIdOf(principal) : `${principalIdOf(principal)} in ${assumedRole}`;

/** Null: the changes cannot be made, and not previewed either, for the same reason. */
async function begun(steps: readonly ChangeStep[]): Promise<Preview | null> {
  const { previews, entities } = services.directory;
  try {
    return await previews.begin(steps);
  } catch (error) {
    if (!(error instanceof FailedChange)) throw error;
    const why = await entities.make(steps).then(
      () => 'they can be made',
      (real: Error) => real.message,
    );
    if (why === error.message) return null;
    throw new Error(`a preview says ${error.message}, and making the changes says ${why}`, { cause: error });
  }
}

/** First what is easily read. */
const summary = (told: ReadonlyMap<string, readonly PreviewedDifference[]>): readonly string[] =>
  [...told]
    .map(([name, all]) => `${name}: ${all.map(({ change, action }) => `${change} ${action}`).join(', ')}`)
    .sort();

test('a preview says what making the changes and asking again says', async () => {
  let previewed = 0;
  let told = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (steps) => {
      const { directory, catalog } = services;
      const preview = await begun(steps);
      if (preview === null) return;
      const said = await previewChange(tools(), preview, null, NOON);
      const before = await Promise.all(SUBJECTS.map(permissionsOf));
      expect(await directory.revision()).toBe(preview.revision);
      const made = await directory.entities.make(steps);
      expect(made.touched).toEqual(preview.touched);
      const expected = new Map<string, readonly PreviewedDifference[]>();
      for (const [index, subject] of SUBJECTS.entries()) {
        const after = await permissionsOf(subject);
        const compared = await new Work().run(comparePermissions(catalog, before[index] ?? null, after));
        if (compared.differences.length > 0) expected.set(nameOf(subject), compared.differences);
      }
      expect(said.isComplete).toBe(true);
      expect(summary(new Map(said.accesses.map((access) => [nameOf(access), access.differences])))).toEqual(
        summary(expected),
      );
      expect(new Map(said.accesses.map((access) => [nameOf(access), access.differences]))).toEqual(expected);
      previewed += 1;
      told += said.accesses.length;
    }),
    { numRuns: runs(8), endOnFailure: true, examples: [[MADE_AND_TRUSTED]] },
  );
  expect(previewed).toBeGreaterThan(1);
  expect(told).toBeGreaterThan(1);
}, 240_000);
