import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/session/caller.ts';
import { A, allow, aRole, aUser, roleArn, trusts, userArn } from '../../support/policies.ts';
import { faultsOf, type Gateway, gatewayOn } from '../gateway.ts';
import { openLive } from '../live.ts';
import { OPENING, type TestServices } from '../services.ts';

// What a mutation has done is answered, whatever fails beneath it or behind it.

const WORKER = roleArn('Worker');
const NEXT = roleArn('Next');
const USERS = { alice: userArn('alice') };

let services: TestServices;
let gateway: Gateway;
let alice: Caller;

beforeAll(async () => {
  const { callers, ...opened } = await openLive(USERS, {
    accounts: [{ id: A, membership: 'NONE' }],
    users: [aUser('alice', [allow(['sts:AssumeRole', 'sts:GetFederationToken', 'iam:PutRolePolicy'])])],
    roles: [
      aRole('Worker', [trusts({ AWS: A })], [allow(['s3:*', 'sts:AssumeRole'])], { tags: { team: 'logs' } }),
      aRole('Next', [trusts({ AWS: A })]),
    ],
  });
  services = opened.services;
  gateway = gatewayOn(services);
  alice = callers.alice;
}, OPENING);
afterAll(() => services.remove());

const CREDENTIALS = 'credentials { accessKeyId sessionToken }';
const SHOWN = { accessKeyId: expect.stringMatching(/^ASIA/), sessionToken: expect.stringMatching(/^ey/) };
const assumeRole = (success: string): string =>
  `assumeRole(input: { role: "${WORKER}", roleSessionName: "alice" }) { ... on AssumeRoleSuccess { ${success} } }`;

const refused = (field: string, needs: string, path: readonly string[]) => ({
  message: `\`${field}\` needs ${needs}, which you are not allowed`,
  path,
  extensions: { code: 'FORBIDDEN' },
});

async function ask(query: string, caller: Caller = alice) {
  const { data, errors } = await gateway.ask(caller, query);
  const told = errors?.map(({ message, path, extensions }) => ({ message, path, extensions })) ?? [];
  return { data, errors: told };
}

describe('a role that was assumed gives its credentials', () => {
  test('where a field of the role is refused: that field is null, with its error', async () => {
    const { data, errors } = await ask(
      `mutation { ${assumeRole(`roleSession { role { name trustPolicy tags { key } } } ${CREDENTIALS}`)} }`,
    );
    expect(data).toEqual({
      assumeRole: { roleSession: { role: { name: 'Worker', trustPolicy: null, tags: null } }, credentials: SHOWN },
    });
    const role = ['assumeRole', 'roleSession', 'role'];
    expect(errors).toEqual([
      refused('trustPolicy', 'iam:GetRole or iam:ListRoles', [...role, 'trustPolicy']),
      refused('tags', 'iam:GetRole or iam:ListRoleTags', [...role, 'tags']),
    ]);
  });

  test('and tells how long a session can last, which a refusal would tell as well', async () => {
    const { data, errors } = await ask(
      `mutation { ${assumeRole(`roleSession { role { maxSessionDuration } } ${CREDENTIALS}`)} }`,
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      assumeRole: { roleSession: { role: { maxSessionDuration: 3600 } }, credentials: SHOWN },
    });
    const { data: asked } = await ask(
      `{ decision(request: { principal: "${USERS.alice}", assumedRole: "${WORKER}", action: "s3:GetObject", resource: "arn:aws:s3:::b/x" }) { assumedRole { maxSessionDuration } } }`,
    );
    expect(asked).toEqual({ decision: { assumedRole: null } });
  });

  test('and tells the same of the sessions that it was chained from', async () => {
    const { data: first } = await ask(`mutation { ${assumeRole(CREDENTIALS)} }`);
    const assumed = first?.['assumeRole'] as { readonly credentials: { readonly sessionToken: string } }; // as: asserted above
    const worker = await services.signInWith(assumed.credentials.sessionToken);
    const chained = `assumeRole(input: { role: "${NEXT}", roleSessionName: "next" }) { ... on AssumeRoleSuccess {
      roleSession { assumedBy { ... on RoleSession { roleSessionName role { maxSessionDuration trustPolicy } } } } ${CREDENTIALS} } }`;
    const { data, errors } = await ask(`mutation { ${chained} }`, worker);
    expect(data).toEqual({
      assumeRole: {
        roleSession: {
          assumedBy: { roleSessionName: 'alice', role: { maxSessionDuration: 3600, trustPolicy: null } },
        },
        credentials: SHOWN,
      },
    });
    expect(errors).toHaveLength(1);
  });

  test('where lists of its account are refused, and what another principal may do', async () => {
    const { data, errors } = await ask(
      `mutation { ${assumeRole(`roleSession { account { accountId users { totalCount } } assumedBy { ... on User { groups { name } } } role { sessions { totalCount } } } ${CREDENTIALS}`)} }`,
    );
    expect(data).toEqual({
      assumeRole: {
        roleSession: {
          account: { accountId: A, users: null },
          assumedBy: { groups: null },
          role: { sessions: null },
        },
        credentials: SHOWN,
      },
    });
    // In the order in which they were decided, which turns with others can change.
    expect(new Set(errors.map(({ path }) => path?.join('.')))).toEqual(
      new Set([
        'assumeRole.roleSession.account.users',
        'assumeRole.roleSession.assumedBy.groups',
        'assumeRole.roleSession.role.sessions',
      ]),
    );
  });

  test('where a later mutation of the operation fails', async () => {
    const later = `revokeRoleSessions(input: { roleArn: "${roleArn('Absent')}" }) { __typename }`;
    const unsigned = 'exitRole { ... on ExitRoleSuccess { endedSession { id } } }';
    const { data } = await ask(`mutation { ${assumeRole(CREDENTIALS)} ${later} ${unsigned} }`);
    expect(data).toEqual({
      assumeRole: { credentials: SHOWN },
      revokeRoleSessions: { __typename: 'NoSuchEntity' },
      exitRole: {},
    });
  });
});

test('a role that was left says so, where a field of it is refused', async () => {
  const { data } = await ask(`mutation { ${assumeRole(CREDENTIALS)} }`);
  const assumed = data?.['assumeRole'] as { readonly credentials: { readonly sessionToken: string } }; // as: asserted above
  const session = await services.signInWith(assumed.credentials.sessionToken);
  const held = `arn:aws:sts::${A}:assumed-role/Worker/alice`;
  expect(await ask('{ viewer { principal { __typename arn name account { accountId } } } }', session)).toEqual({
    data: { viewer: { principal: { __typename: 'RoleSession', arn: held, name: 'alice', account: { accountId: A } } } },
    errors: [],
  });
  const exited = await ask(
    `mutation { exitRole { ... on ExitRoleSuccess { endedSession { state role { trustPolicy } } viewer { principal { name } account { roles { totalCount } } } } } }`,
    session,
  );
  expect(exited.data).toEqual({
    exitRole: {
      endedSession: { state: 'ENDED', role: { trustPolicy: null } },
      viewer: { principal: { name: 'alice' }, account: { roles: null } },
    },
  });
  expect(exited.errors).toHaveLength(2);
});

test('a federation token is given, where a list of its account is refused', async () => {
  const { data, errors } = await ask(
    `mutation { getFederationToken(input: { name: "carol" }) { ... on GetFederationTokenSuccess { federatedUser { name account { groups { totalCount } } } ${CREDENTIALS} } } }`,
  );
  expect(data).toEqual({
    getFederationToken: { federatedUser: { name: 'carol', account: { groups: null } }, credentials: SHOWN },
  });
  expect(errors).toHaveLength(1);
});

test('sessions that were revoked are, where the role’s documents are refused', async () => {
  const { data } = await ask(
    `mutation { revokeRoleSessions(input: { roleArn: "${WORKER}" }) { ... on RevokeRoleSessionsSuccess { policyName role { arn } } } }`,
  );
  expect(data).toEqual({ revokeRoleSessions: { policyName: 'AWSRevokeOlderSessions', role: null } });
});

test('a mutation that nobody may ask for is null by itself, and not all of the answer', async () => {
  const result = await gateway.ask(
    { kind: 'anonymous' },
    'mutation { signOut { __typename } getSessionToken { __typename } }',
  );
  expect(result.data).toEqual({ signOut: { __typename: 'SignOutSuccess' }, getSessionToken: null });
  expect(faultsOf(result)).toMatchObject([{ code: 'UNAUTHENTICATED' }]);
});
