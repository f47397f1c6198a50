import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { type PrincipalRef, principalIdOf } from '../../src/policy/principal-id.ts';
import type { AssumeRoleInput } from '../../src/session/assume-role-parameters.ts';
import type { Caller } from '../../src/session/caller.ts';
import { AccessDenied } from '../../src/session/errors.ts';
import { A, allow, aRole, aUser, B, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { aQuestion, NOON, refOf } from '../support/questions.ts';
import { bearer, type Gateway, open, signIn } from './gateway.ts';

const alice = userArn('alice');
const bob = userArn('bob', B);
const R = roleArn('team/R');
const HOUR = 3_600_000;
const EVERY_ACTION = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];

/** Alice of A and bob of B; R of A that trusts both; Next, which trusts R; Service, for EC2. */
function aDocument(trust?: readonly JsonObject[], rest: { maxSessionDuration?: number } = {}): DirectoryDocument {
  return {
    users: [
      aUser('alice', [allow('sqs:*')]),
      aUser('bob', [allow(EVERY_ACTION, R)], { arn: bob }),
      aUser('carol', [], { arn: userArn('carol', B) }),
    ],
    roles: [
      aRole('R', trust ?? [trusts({ AWS: [alice, B] }, { action: EVERY_ACTION })], [allow('s3:GetObject')], {
        arn: R,
        ...rest,
      }),
      aRole('Next', [trusts({ AWS: R }, { action: EVERY_ACTION })], [], { maxSessionDuration: 43_200 }),
      aRole('Service', [trusts({ Service: 'ec2.amazonaws.com' })], [allow('s3:*')]),
    ],
  };
}

const user = (gateway: Gateway, arn: string): Promise<Caller> => signIn(gateway, { userArn: arn }, NOON);
const input = (rest: Partial<AssumeRoleInput> = {}): AssumeRoleInput => ({ role: R, roleSessionName: 's1', ...rest });

async function chained(gateway: Gateway, rest: Partial<AssumeRoleInput> = {}): Promise<Caller> {
  const assumed = await gateway.sessions.assumeRole(await user(gateway, alice), input(rest), NOON);
  return gateway.sessions.authenticate(bearer(assumed), NOON);
}

function refOfCaller(caller: Caller): PrincipalRef {
  if (caller.kind !== 'principal') throw new Error('not a principal');
  return caller.ref;
}

describe('assuming a role', () => {
  it.each([
    ['a user of the same account', { userArn: alice }, R],
    ['a user of another account', { userArn: bob }, R],
    ['a service', { service: 'ec2.amazonaws.com' }, roleArn('Service')],
  ])('gives %s temporary credentials', async (_, owner, role) => {
    const gateway = await open(aDocument());
    const caller = await signIn(gateway, owner, NOON);
    const assumed = await gateway.sessions.assumeRole(caller, input({ role }), NOON + 400);
    expect(assumed.session).toMatchObject({
      arn: `arn:aws:sts::${A}:assumed-role/${role.slice(role.lastIndexOf('/') + 1)}/s1`,
      roleArn: role,
      assumedBy: principalIdOf(refOfCaller(caller)),
      parentId: null,
      issuedAt: NOON + 400,
      expiresAt: NOON + HOUR,
      endedAt: null,
    });
    expect(assumed.session.assumedById ?? 'none').toMatch('service' in owner ? /^none$/ : /^AIDA/);
    expect(assumed.credentials).toMatchObject({ expiration: NOON + HOUR });
    expect(assumed.credentials.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(assumed.credentials.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(assumed.packedPolicySize).toBeNull();
    const session = await gateway.sessions.authenticate(bearer(assumed), NOON);
    expect(principalIdOf(refOfCaller(session))).toBe(assumed.session.arn);
  });

  it('gives up the own permissions for those of the role, and gives them back', async () => {
    const gateway = await open(aDocument());
    const may = async (who: Caller): Promise<readonly boolean[]> => {
      const held = who.kind === 'principal' ? who.session : null;
      const subject = { principal: refOfCaller(who), heldSession: held, assumedRole: null, session: null };
      const questions = [
        aQuestion(subject, 'sqs:SendMessage', `arn:aws:sqs:eu-west-1:${A}:q`),
        aQuestion(subject, 's3:GetObject', 'arn:aws:s3:::b/x'),
      ];
      return (await gateway.access.decide(questions, NOON)).map((answer) => answer.decision.allowed);
    };
    const caller = await user(gateway, alice);
    expect(await may(caller)).toEqual([true, false]);
    const session = await gateway.sessions.authenticate(
      bearer(await gateway.sessions.assumeRole(caller, input(), NOON)),
      NOON,
    );
    expect(await may(session)).toEqual([false, true]);
    const exited = await gateway.sessions.exitRole(session, NOON + 5000);
    expect(exited).toMatchObject({ endedSession: { endedAt: NOON + 5000 }, restoresTo: { kind: 'user', arn: alice } });
    expect(await may({ kind: 'principal', ref: exited.restoresTo, keyId: '', session: null })).toEqual([true, false]);
  });

  it('holds each of two sessions of one name to its own session policies', async () => {
    const gateway = await open(aDocument());
    const caller = await user(gateway, alice);
    const narrow = await gateway.sessions.assumeRole(
      caller,
      input({ sessionPolicies: [policy(allow('sqs:*'))] }),
      NOON,
    );
    const wide = await gateway.sessions.assumeRole(caller, input(), NOON + 1000);
    const decide = async (heldSession: typeof wide.session): Promise<string | null> => {
      const subject = { principal: refOf(heldSession.arn), heldSession, assumedRole: null, session: null };
      const [answer] = await gateway.access.decide([aQuestion(subject, 's3:GetObject', 'arn:aws:s3:::b/x')], NOON);
      return answer?.decision.deniedBy ?? null;
    };
    expect([await decide(narrow.session), await decide(wide.session)]).toEqual(['SESSION_POLICY', null]);
  });

  it('leaves a session limited by a managed policy that is gone without permissions', async () => {
    const name = `arn:aws:iam::${A}:policy/limit`;
    const versions = [{ versionId: 'v1', document: policy(allow('s3:*')) }];
    const limited = await open({ ...aDocument(), policies: [{ arn: name, defaultVersionId: 'v1', versions }] });
    const { session } = await limited.sessions.assumeRole(
      await user(limited, alice),
      input({ sessionPolicyArns: [name] }),
      NOON,
    );
    const without = await open(aDocument());
    const role = (await without.directory.gather({ principals: [], roles: [R], resources: [] })).role(R);
    const heldSession = { ...session, roleId: role?.value.facts.id ?? '' };
    const subject = { principal: refOf(session.arn), heldSession, assumedRole: null, session: null };
    const [answer] = await without.access.decide([aQuestion(subject, 's3:GetObject', 'arn:aws:s3:::b/x')], NOON);
    expect(answer?.decision.deniedBy).toBe('SESSION_POLICY');
    expect(answer?.gaps).toContain(`the session policy ${name} is no longer known`);
  });
});

describe('a refusal', () => {
  const refused = async (gateway: Gateway, caller: Caller, given: AssumeRoleInput): Promise<AccessDenied> => {
    const error: unknown = await gateway.sessions.assumeRole(caller, given, NOON).catch((reason: unknown) => reason);
    if (!(error instanceof AccessDenied)) throw new Error(`no refusal: ${String(error)}`);
    return error;
  };

  it('carries the decision it rests on', async () => {
    const gateway = await open(aDocument([trusts({ AWS: A })]));
    const error = await refused(gateway, await user(gateway, alice), input());
    expect(error).toMatchObject({
      code: 'AccessDenied',
      answer: { decision: { deniedBy: 'IDENTITY_POLICY' }, revision: await gateway.directory.revision() },
    });
    expect(error.message).toBe(
      `User: ${alice} is not authorized to perform: sts:AssumeRole on resource: ${R} because no identity-based policy allows the sts:AssumeRole action`,
    );
  });

  it('says the same of a role that is not there as of one that may not be assumed', async () => {
    const gateway = await open(aDocument([trusts({ Service: 'ec2.amazonaws.com' })]));
    const describe = async (role: string, caller: Caller): Promise<unknown> => {
      const { message, code, answer } = await refused(gateway, caller, input({ role }));
      const { decision } = answer ?? {};
      const { effect, deniedBy, layers, missingContextKeys } = decision ?? {};
      return JSON.stringify({
        message,
        code,
        effect,
        deniedBy,
        layers,
        missingContextKeys,
        gaps: answer?.gaps,
      }).replaceAll(role, 'ROLE');
    };
    for (const arn of [alice, userArn('carol', B)]) {
      const caller = await user(gateway, arn);
      expect(await describe(roleArn('none'), caller)).toBe(await describe(R, caller));
    }
  });

  it('meets the operator, a code of a device that is not there, and half of one', async () => {
    const gateway = await open(aDocument());
    const caller = await user(gateway, alice);
    const serialNumber = `arn:aws:iam::${A}:mfa/alice`;
    expect((await refused(gateway, { kind: 'operator' }, input())).message).toMatch(
      /^the operator is not a principal of IAM/,
    );
    const both = await refused(gateway, caller, input({ serialNumber, tokenCode: '123456' }));
    expect(both.message).toMatch(/unable to validate MFA code.\s+Please verify your MFA serial number is valid/);
    const half = await refused(gateway, caller, input({ serialNumber }));
    expect(half.message).toMatch(/must provide both MFA serial number and one time pass code\.$/);
  });

  it('meets a root user and nobody', async () => {
    const gateway = await open(aDocument([trusts('*')]));
    const root: Caller = { kind: 'principal', ref: refOf(A), keyId: 'AKIAROOT', session: null };
    expect((await refused(gateway, root, input())).message).toBe('Roles may not be assumed by root accounts.');
    const nobody = gateway.sessions.assumeRole({ kind: 'anonymous' }, input(), NOON);
    await expect(nobody).rejects.toMatchObject({ code: 'MissingAuthenticationToken' });
  });

  it('comes after the parameters and before the duration', async () => {
    const gateway = await open(aDocument([trusts({ AWS: A })], { maxSessionDuration: 3600 }));
    const caller = await user(gateway, alice);
    const attempt = gateway.sessions.assumeRole(caller, input({ roleSessionName: 'x' }), NOON);
    await expect(attempt).rejects.toMatchObject({ code: 'ValidationError', field: 'roleSessionName' });
    expect((await refused(gateway, caller, input({ durationSeconds: 7200 }))).code).toBe('AccessDenied');
  });

  it('makes no session', async () => {
    const gateway = await open(aDocument([trusts({ AWS: A })]));
    await refused(gateway, await user(gateway, alice), input());
    expect(await gateway.directory.sessions.live(`arn:aws:sts::${A}:assumed-role/R/s1`, NOON)).toEqual([]);
  });
});

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
describe('a parameter out of its limits', () => {
  const tag = { key: 'k', value: 'v' };
  const tags = (count: number): (typeof tag)[] =>
    Array.from({ length: count }, (_, index) => ({ ...tag, key: `k${index}` }));
  it.each<[Partial<AssumeRoleInput>, string, string]>([
    [
      { roleSessionName: 'x' },
      'roleSessionName',
      "1 validation error detected: Value 'x' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [{ roleSessionName: 'x'.repeat(65) }, 'roleSessionName', 'Member must have length less than or equal to 64'],
    [{ roleSessionName: 'a b' }, 'roleSessionName', 'Member must satisfy regular expression pattern: [\\w+=,.@-]*'],
    [{ roleSessionName: 'a\n' }, 'roleSessionName', 'Member must satisfy regular expression pattern'],
    [{ role: 'arn:aws:iam::1' }, 'role', 'Member must have length greater than or equal to 20'],
    [{ role: 'arn:aws:s3:::a-bucket' }, 'role', 'Member must be the ARN of a role'],
    [{ role: alice }, 'role', 'Member must be the ARN of a role'],
    [
      { durationSeconds: 899 },
      'durationSeconds',
      "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [{ durationSeconds: 43_201 }, 'durationSeconds', 'Member must have value less than or equal to 43200'],
    [{ externalId: 'x' }, 'externalId', 'Member must have length greater than or equal to 2'],
    [{ externalId: 'a b' }, 'externalId', 'pattern: [\\w+=,.@:\\/-]*'],
    [{ sourceIdentity: 'aws:x' }, 'sourceIdentity', 'pattern'],
    [{ sourceIdentity: 'x'.repeat(65) }, 'sourceIdentity', 'less than or equal to 64'],
    [{ serialNumber: 'short', tokenCode: '123456' }, 'serialNumber', 'greater than or equal to 9'],
    [{ serialNumber: 'arn:aws:iam::1:mfa/x', tokenCode: '12345' }, 'tokenCode', "Value '******' at 'tokenCode'"],
    [{ tags: tags(51) }, 'tags', 'less than or equal to 50'],
    [{ tags: [{ key: 'aws:x', value: '' }] }, 'tags[0].key', 'the prefix aws: is reserved'],
    [{ tags: [tag, { key: 'x'.repeat(129), value: '' }] }, 'tags[1].key', 'less than or equal to 128'],
    [{ tags: [{ key: 'k', value: 'x'.repeat(257) }] }, 'tags[0].value', 'less than or equal to 256'],
    [
      { tags: [tag, { ...tag, key: 'K' }] },
      'tags[1].key',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    ],
    [{ tags: [tag], transitiveTagKeys: ['other'] }, 'transitiveTagKeys[0]', 'must be included in the requested tags'],
    [
      { sessionPolicyArns: Array.from({ length: 11 }, () => 'arn:aws:iam::aws:policy/ReadOnlyAccess') },
      'sessionPolicyArns',
      'less than or equal to 10',
    ],
    [{ sessionPolicies: ['x'.repeat(2049)] }, 'sessionPolicies', "Value '2049 characters' at 'sessionPolicies'"],
    [
      { sessionPolicyArns: ['arn:aws:iam::aws:policy/None'] },
      'sessionPolicyArns[0]',
      "is not a policy of the role's account or of AWS",
    ],
    [
      { sessionPolicyArns: [`arn:aws:iam::${B}:policy/p`] },
      'sessionPolicyArns[0]',
      "is not a policy of the role's account or of AWS",
    ],
  ])('%o', async (given, field, message) => {
    const gateway = await open(aDocument());
    const attempt = gateway.sessions.assumeRole(await user(gateway, alice), input(given), NOON);
    await expect(attempt).rejects.toMatchObject({
      code: 'ValidationError',
      field,
      message: expect.stringContaining(message),
    });
  });

  it('is told with all the others', async () => {
    const gateway = await open(aDocument());
    const given = input({ roleSessionName: 'x', durationSeconds: 1, externalId: 'x' });
    const attempt = gateway.sessions.assumeRole(await user(gateway, alice), given, NOON);
    await expect(attempt).rejects.toMatchObject({
      message: expect.stringMatching(/^3 validation errors detected: .*; .*; /),
    });
  });

  it('takes null for what is left out', async () => {
    const gateway = await open(aDocument());
    const empty = { durationSeconds: null, externalId: null, sessionPolicies: null, tags: null, tokenCode: null };
    const assumed = await gateway.sessions.assumeRole(await user(gateway, alice), input(empty), NOON);
    expect(assumed.session.expiresAt).toBe(NOON + HOUR);
  });
});

describe('how long a session lasts', () => {
  it('is within the maximum of the role', async () => {
    const gateway = await open(aDocument(undefined, { maxSessionDuration: 7200 }));
    const caller = await user(gateway, alice);
    const assumed = await gateway.sessions.assumeRole(caller, input({ durationSeconds: 7200 }), NOON);
    expect(assumed.credentials.expiration).toBe(NOON + 2 * HOUR);
    const attempt = gateway.sessions.assumeRole(caller, input({ durationSeconds: 7201 }), NOON);
    await expect(attempt).rejects.toMatchObject({
      code: 'ValidationError',
      field: 'durationSeconds',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    });
  });

  it('is an hour at most for a chained one, which is looked at after the maximum of the role', async () => {
    const gateway = await open(aDocument());
    const caller = await chained(gateway);
    const next = input({ role: roleArn('Next'), durationSeconds: 3601 });
    await expect(gateway.sessions.assumeRole(caller, next, NOON)).rejects.toMatchObject({
      code: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    });
    const longer = gateway.sessions.assumeRole(caller, { ...next, durationSeconds: 43_200 }, NOON);
    await expect(longer).rejects.toMatchObject({ message: expect.stringContaining('1 hour session limit') });
    const hour = await gateway.sessions.assumeRole(caller, { ...next, durationSeconds: 3600 }, NOON);
    expect(hour.session.expiresAt).toBe(NOON + HOUR);
  });

  // https://github.com/mmmorris1975/aws-runas/issues/11, https://github.com/99designs/aws-vault/issues/263
  it('is an hour at most with credentials of GetSessionToken, which AWS counts as chaining', async () => {
    const gateway = await open(aDocument(undefined, { maxSessionDuration: 43_200 }));
    const key = await user(gateway, alice);
    const credentials = await gateway.sessions.getSessionToken(key, {}, NOON);
    const caller = await gateway.sessions.authenticate(bearer({ credentials }), NOON);
    await expect(gateway.sessions.assumeRole(caller, input({ durationSeconds: 7200 }), NOON)).rejects.toMatchObject({
      code: 'ValidationError',
      field: 'durationSeconds',
      message: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    });
    const hour = await gateway.sessions.assumeRole(caller, input({ durationSeconds: 3600 }), NOON);
    expect(hour.session.expiresAt).toBe(NOON + HOUR);
    const longKey = await gateway.sessions.assumeRole(key, input({ durationSeconds: 7200 }), NOON);
    expect(longKey.session.expiresAt).toBe(NOON + 2 * HOUR);
  });
});

describe('a chain', () => {
  it('is remembered', async () => {
    const gateway = await open(aDocument());
    const caller = await chained(gateway);
    const session = caller.kind === 'principal' ? caller.session : null;
    const next = await gateway.sessions.assumeRole(caller, input({ role: roleArn('Next') }), NOON);
    expect(next.session).toMatchObject({
      assumedBy: `arn:aws:sts::${A}:assumed-role/R/s1`,
      assumedById: session?.accessKeyId,
      parentId: session?.id,
    });
    const back = await gateway.sessions.exitRole(await gateway.sessions.authenticate(bearer(next), NOON), NOON);
    expect(back.restoresTo).toMatchObject({ kind: 'roleSession', arn: session?.arn });
  });

  it('hands on transitive tags and the source identity, and no others', async () => {
    const gateway = await open(aDocument());
    const tags = [
      { key: 'Team', value: 'red' },
      { key: 'Cost', value: '1' },
    ];
    const caller = await chained(gateway, { tags, transitiveTagKeys: ['team'], sourceIdentity: 'alice' });
    const next = await gateway.sessions.assumeRole(
      caller,
      input({ role: roleArn('Next'), tags: [{ key: 'Stage', value: 'prod' }] }),
      NOON,
    );
    expect(next.session).toMatchObject({
      tags: { Team: 'red', Stage: 'prod' },
      transitiveTagKeys: ['Team'],
      sourceIdentity: 'alice',
    });
  });

  it('refuses another source identity, takes the same again, and refuses a tag that is handed on', async () => {
    const gateway = await open(aDocument());
    const given = { tags: [{ key: 'Team', value: 'red' }], transitiveTagKeys: ['Team'], sourceIdentity: 'alice' };
    const caller = await chained(gateway, given);
    const next = (rest: Partial<AssumeRoleInput>): Promise<unknown> =>
      gateway.sessions.assumeRole(caller, input({ role: roleArn('Next'), ...rest }), NOON);
    await expect(next({ sourceIdentity: 'bob' })).rejects.toMatchObject({
      code: 'ValidationError',
      message: 'The source identity is already set for this assume role session',
    });
    await expect(next({ sourceIdentity: 'alice' })).resolves.toMatchObject({ session: { sourceIdentity: 'alice' } });
    await expect(next({ tags: [{ key: 'TEAM', value: 'blue' }] })).rejects.toMatchObject({
      code: 'ValidationError',
      field: 'tags',
    });
  });

  it('needs the permission to hand on what it hands on', async () => {
    const document = aDocument();
    const plain = aRole('Plain', [trusts({ AWS: R })]);
    const gateway = await open({ ...document, roles: [...(document.roles ?? []), plain] });
    const caller = await user(gateway, alice);
    const attempt = async (given: Partial<AssumeRoleInput>): Promise<unknown> => {
      const first = await gateway.sessions.assumeRole(caller, input(given), NOON);
      const session = await gateway.sessions.authenticate(bearer(first), NOON);
      return gateway.sessions.assumeRole(session, input({ role: plain.arn }), NOON);
    };
    await expect(attempt({})).resolves.toBeDefined();
    const tags = [{ key: 'Team', value: 'red' }];
    await expect(attempt({ tags })).resolves.toBeDefined();
    await expect(attempt({ tags, transitiveTagKeys: ['Team'] })).rejects.toThrow(/perform: sts:TagSession/);
    await expect(attempt({ sourceIdentity: 'alice' })).rejects.toThrow(/perform: sts:SetSourceIdentity/);
  });
});

describe('asking in a chain', () => {
  it('answers as assuming the next role would', async () => {
    const document = aDocument();
    const plain = aRole('Plain', [trusts({ AWS: R })], [allow('s3:*')]);
    const gateway = await open({ ...document, roles: [...(document.roles ?? []), plain] });
    const caller = await chained(gateway, { tags: [{ key: 'Team', value: 'red' }], transitiveTagKeys: ['Team'] });
    const held = caller.kind === 'principal' ? caller.session : null;
    const principal = refOfCaller(caller);
    // The session that asks, and the newest one of its name, which is the same here.
    for (const heldSession of [held, null]) {
      const subject = { principal, heldSession, assumedRole: plain.arn, session: null };
      const [answer] = await gateway.access.decide([aQuestion(subject, 's3:GetObject', 'arn:aws:s3:::b/x')], NOON);
      expect(answer?.decision.reason).toContain(
        `${principalIdOf(principal)} is not authorized to perform: sts:TagSession`,
      );
      const found = await gateway.access.assumableRoles({ ...subject, assumedRole: null }, {}, NOON);
      expect(found.map((role) => role.roleArn)).toEqual([roleArn('Next')]);
    }
    const again = { principal, heldSession: held, assumedRole: roleArn('Next'), session: { tags: { TEAM: 'blue' } } };
    const asked = gateway.access.decide([aQuestion(again, 's3:GetObject', 'arn:aws:s3:::b/x')], NOON);
    await expect(asked).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'request.session.tags' });
  });

  it('knows no session that has expired', async () => {
    const gateway = await open(aDocument());
    const caller = await chained(gateway);
    const subject = { principal: refOfCaller(caller), assumedRole: null, session: null };
    const question = aQuestion(subject, 's3:GetObject', 'arn:aws:s3:::b/x');
    expect((await gateway.access.decide([question], NOON))[0]?.decision.allowed).toBe(true);
    await expect(gateway.access.decide([question], NOON + HOUR)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('session policies and tags', () => {
  it('have to be policies', async () => {
    const gateway = await open(aDocument());
    const attempt = gateway.sessions.assumeRole(await user(gateway, alice), input({ sessionPolicies: ['{'] }), NOON);
    await expect(attempt).rejects.toMatchObject({ code: 'MalformedPolicyDocument', field: 'sessionPolicies[0]' });
  });

  it('take room, and have to find it', async () => {
    const gateway = await open(aDocument());
    const caller = await user(gateway, alice);
    const little = await gateway.sessions.assumeRole(caller, input({ tags: [{ key: 'team', value: 'red' }] }), NOON);
    expect(little.packedPolicySize).toBeGreaterThan(0);
    expect(little.packedPolicySize).toBeLessThan(5);
    const tags = Array.from({ length: 50 }, (_, index) => ({
      key: `key-${index}`,
      value: createHash('sha512').update(String(index)).digest('base64url'),
    }));
    await expect(gateway.sessions.assumeRole(caller, input({ tags }), NOON)).rejects.toMatchObject({
      code: 'PackedPolicyTooLarge',
      message: expect.stringMatching(/^Packed size of session tags consumes \d{3,}% of allotted space\.$/),
    });
  });
});

describe('leaving a role', () => {
  it('needs one to be left', async () => {
    const gateway = await open(aDocument());
    for (const caller of [await user(gateway, alice), { kind: 'operator' }, { kind: 'anonymous' }] as const) {
      await expect(gateway.sessions.exitRole(caller, NOON)).rejects.toMatchObject({
        code: 'ValidationError',
        message: 'the caller has assumed no role',
      });
    }
  });

  it('can be done twice, and ends once', async () => {
    const gateway = await open(aDocument());
    const caller = await chained(gateway);
    await gateway.sessions.exitRole(caller, NOON + 1000);
    const again = await gateway.sessions.exitRole(caller, NOON + 9000);
    expect(again.endedSession.endedAt).toBe(NOON + 1000);
  });
});
