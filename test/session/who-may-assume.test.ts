import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/policy/json.ts';
import type { Caller } from '../../src/session/caller.ts';
import { A, allow, aRole, aUser, B, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON, refOf } from '../support/questions.ts';
import { bearer, type Gateway, openShared, signIn } from './gateway.ts';

const C = '333333333333';
const ORGANIZATION = { organizationId: 'o-exampleorg1', unitId: null };
const MAY = [allow('sts:AssumeRole')];
const ROLES = `arn:aws:iam::${A}:role/*`;

/** The roles of A that are asked for, by what their trust policies name. */
const TRUST: Readonly<Record<string, readonly JsonObject[]>> = {
  alice: [trusts({ AWS: userArn('alice') })],
  'the account': [trusts({ AWS: A })],
  'the account by its root ARN': [trusts({ AWS: `arn:aws:iam::${A}:root` })],
  everybody: [trusts({ AWS: '*' })],
  'a role': [trusts({ AWS: roleArn('X') })],
  'a session': [trusts({ AWS: `arn:aws:sts::${A}:assumed-role/X/s1` })],
  'another account': [trusts({ AWS: B })],
  'a user of another account': [trusts({ AWS: userArn('bob', B) })],
  'both accounts': [trusts({ AWS: [B, C] })],
};
const nameOf = (trusted: string): string => trusted.replaceAll(' ', '-');

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html and …/reference_policies_evaluation-logic-cross-account.html */
describe('sts:AssumeRole', () => {
  let gateway: Gateway;
  const callers = new Map<string, Caller>();

  beforeAll(async () => {
    const scp = (id: string, document: string, targets: readonly string[]) =>
      ({ id, type: 'SERVICE_CONTROL_POLICY', name: id, document, targets }) as const;
    gateway = await openShared({
      organizations: [
        {
          id: ORGANIZATION.organizationId,
          rootId: 'r-ab12',
          managementAccountId: '999999999999',
          controlPolicies: [
            scp('p-full', policy(allow('*')), ['r-ab12', A, B]),
            scp('p-nosts', policy(allow('s3:*')), [C]),
            {
              id: 'p-rcp',
              type: 'RESOURCE_CONTROL_POLICY',
              name: 'p-rcp',
              document: policy({ ...deny('sts:AssumeRole', roleArn('Guarded')), Principal: '*' }),
              targets: [A],
            },
            {
              id: 'p-RCPFullAWSAccess',
              type: 'RESOURCE_CONTROL_POLICY',
              name: 'RCPFullAWSAccess',
              document: policy({ ...allow('*'), Principal: '*' }),
              targets: ['r-ab12', A, B, C],
            },
          ],
        },
      ],
      accounts: [A, B, C].map((id) => ({ id, membership: ORGANIZATION })),
      users: [
        aUser('alice'),
        aUser('allowed', MAY),
        aUser('admin', [allow('*')]),
        aUser('denied', [deny('sts:AssumeRole', ROLES)]),
        aUser('bob', [], { arn: userArn('bob', B) }),
        aUser('bea', MAY, { arn: userArn('bea', B) }),
        aUser('carol', MAY, { arn: userArn('carol', C) }),
      ],
      roles: [
        ...Object.entries(TRUST).map(([trusted, trust]) => aRole(nameOf(trusted), trust)),
        aRole('Denied', [trusts({ AWS: userArn('denied') })]),
        aRole('Bobs', [trusts({ AWS: userArn('bea', B) })]),
        aRole('Guarded', [trusts({ AWS: B })]),
        aRole('X', [trusts({ AWS: userArn('alice') })]),
        aRole('Itself', [trusts({ AWS: userArn('alice') })], [allow('*')]),
        aRole('ItselfNamed', [trusts({ AWS: [userArn('alice'), roleArn('ItselfNamed')] })]),
        aRole('ItselfByAccount', [trusts({ AWS: [userArn('alice'), A] })], MAY),
      ],
    });
    for (const name of ['alice', 'allowed', 'admin', 'denied']) {
      callers.set(name, await signIn(gateway, { userArn: userArn(name) }, NOON));
    }
    for (const name of ['bob', 'bea']) callers.set(name, await signIn(gateway, { userArn: userArn(name, B) }, NOON));
    callers.set('carol', await signIn(gateway, { userArn: userArn('carol', C) }, NOON));
    for (const [name, account] of [
      ['root', A],
      ['root of B', B],
    ] as const) {
      callers.set(name, { kind: 'principal', ref: refOf(account), keyId: 'AKIAROOT', session: null });
    }
    const alice = callers.get('alice') ?? { kind: 'anonymous' };
    for (const [name, role, roleSessionName] of [
      ['session s1 of X', 'X', 's1'],
      ['session s2 of X', 'X', 's2'],
      ['session of Itself', 'Itself', 's1'],
      ['session of ItselfNamed', 'ItselfNamed', 's1'],
      ['session of ItselfByAccount', 'ItselfByAccount', 's1'],
    ] as const) {
      const assumed = await gateway.sessions.assumeRole(alice, { role: roleArn(role), roleSessionName }, NOON);
      callers.set(name, await gateway.sessions.authenticate(bearer(assumed), NOON));
    }
  });
  afterAll(() => gateway.directory.close());

  const outcome = async (caller: string, role: string): Promise<unknown> => {
    const who = callers.get(caller);
    if (who === undefined) throw new Error(`who is ${caller}?`);
    const attempt = gateway.sessions.assumeRole(who, { role: roleArn(role), roleSessionName: 's1' }, NOON);
    return attempt.then(
      ({ session }) => (session.roleArn === roleArn(role) ? 'ALLOW' : session.roleArn),
      (error) => [error.code, error.answer?.decision.effect, error.answer?.decision.deniedBy],
    );
  };
  const implicit = (layer: string) => ['AccessDenied', 'IMPLICIT_DENY', layer];
  const explicit = (layer: string) => ['AccessDenied', 'EXPLICIT_DENY', layer];

  it.each<[caller: string, trusted: string, expected: unknown]>([
    ['alice', 'alice', 'ALLOW'],
    ['alice', 'the account', implicit('IDENTITY_POLICY')],
    ['alice', 'the account by its root ARN', implicit('IDENTITY_POLICY')],
    ['allowed', 'the account', 'ALLOW'],
    ['allowed', 'the account by its root ARN', 'ALLOW'],
    ['alice', 'everybody', 'ALLOW'],
    ['allowed', 'alice', implicit('TRUST_POLICY')],
    ['admin', 'alice', implicit('TRUST_POLICY')],
    ['session s1 of X', 'a role', 'ALLOW'],
    ['session s1 of X', 'a session', 'ALLOW'],
    ['session s2 of X', 'a session', implicit('TRUST_POLICY')],
  ])('within an account: %s, where %s is trusted', async (caller, trusted, expected) => {
    expect(await outcome(caller, nameOf(trusted))).toEqual(expected);
  });

  it('within an account: a user that is named, and denied by its own policy', async () => {
    expect(await outcome('denied', 'Denied')).toEqual(explicit('IDENTITY_POLICY'));
  });

  it.each<[caller: string, trusted: string, expected: unknown]>([
    ['bob', 'another account', implicit('IDENTITY_POLICY')],
    ['bob', 'a user of another account', implicit('IDENTITY_POLICY')],
    ['bea', 'another account', 'ALLOW'],
    ['bea', 'everybody', 'ALLOW'],
    ['bea', 'the account', implicit('TRUST_POLICY')],
    ['bea', 'both accounts', 'ALLOW'],
    ['carol', 'both accounts', implicit('SERVICE_CONTROL_POLICY')],
  ])('across accounts: %s, where %s is trusted', async (caller, trusted, expected) => {
    expect(await outcome(caller, nameOf(trusted))).toEqual(expected);
  });

  it('across accounts: a user that is named and allowed', async () => {
    expect(await outcome('bea', 'Bobs')).toBe('ALLOW');
  });

  it('across accounts: a user that is trusted and allowed, where a resource control policy denies', async () => {
    expect(await outcome('bea', 'Guarded')).toEqual(explicit('RESOURCE_CONTROL_POLICY'));
  });

  it.each(['root', 'root of B'])('never by the %s user', async (caller) => {
    for (const trusted of ['the account', 'another account', 'everybody']) {
      const who = callers.get(caller) ?? { kind: 'anonymous' };
      const attempt = gateway.sessions.assumeRole(who, { role: roleArn(nameOf(trusted)), roleSessionName: 's1' }, NOON);
      await expect(attempt).rejects.toMatchObject({
        code: 'AccessDenied',
        message: 'Roles may not be assumed by root accounts.',
      });
    }
  });

  /** https://aws.amazon.com/blogs/security/announcing-an-update-to-iam-role-trust-policy-behavior/ */
  it('by the role itself, only if its trust policy names it', async () => {
    expect(await outcome('session of Itself', 'Itself')).toEqual(implicit('TRUST_POLICY'));
    expect(await outcome('session of ItselfNamed', 'ItselfNamed')).toBe('ALLOW');
    expect(await outcome('session of ItselfByAccount', 'ItselfByAccount')).toBe('ALLOW');
  });
});
