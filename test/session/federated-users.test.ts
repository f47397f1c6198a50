import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Subject } from '../../src/access/question.ts';
import { parsePrincipalRef } from '../../src/policy/principal-id.ts';
import type { Caller } from '../../src/session/caller.ts';
import { A, allow, aUser, deny, policy, trusts, userArn } from '../support/policies.ts';
import { aQuestion, NOON } from '../support/questions.ts';
import { bearer, type Gateway, openShared, signIn, subjectOfCaller } from './gateway.ts';

const FRANK = `arn:aws:sts::${A}:federated-user/frank`;
const BUCKET = 'arn:aws:s3:::b';
const GET = ['s3:GetObject', `${BUCKET}/x`] as const;
const PUT = ['s3:PutObject', `${BUCKET}/x`] as const;
const HOUR = 3_600_000;
const MANAGED = `arn:aws:iam::${A}:policy/Own`;

function named(arn: string): Subject {
  const principal = parsePrincipalRef(arn);
  if (principal === null) throw new Error(`${arn} names no principal`);
  return { principal, assumedRole: null, session: null };
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html */
describe('a federated user that is asked about by its ARN', () => {
  let gateway: Gateway;
  let alice: Caller;

  beforeAll(async () => {
    const grant = (arn: string, action: string) => ({
      ...trusts({ AWS: arn }, { action }),
      Resource: `${BUCKET}/*`,
    });
    gateway = await openShared({
      accounts: [{ id: A, membership: 'NONE' }],
      policies: [
        { arn: MANAGED, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: policy(allow('s3:Get*')) }] },
      ],
      users: [
        aUser('alice', [allow(['s3:*', 'iam:*', 'sts:*', 'ec2:*'])], { tags: { team: 'red' } }),
        aUser('gone', [allow('*')]),
      ],
      resources: [
        {
          arn: BUCKET,
          accountId: A,
          policy: policy(grant(FRANK, 's3:DeleteObject')),
          objectOwnership: 'BucketOwnerEnforced',
        },
      ],
    });
    alice = await signIn(gateway, { userArn: userArn('alice') }, NOON);
  });
  afterAll(() => gateway.directory.close());

  const ask = async (subject: Subject, [action, resource]: readonly [string, string], now = NOON) => {
    const [answer] = await gateway.access.decide([aQuestion(subject, action, resource)], now);
    if (answer === undefined) throw new Error('no answer');
    return { allowed: answer.decision.allowed, deniedBy: answer.decision.deniedBy, gaps: answer.gaps };
  };
  const token = async (
    name: string,
    input: { sessionPolicies?: string[]; sessionPolicyArns?: string[]; durationSeconds?: number },
    at = NOON,
    caller = alice,
  ) => {
    const made = await gateway.sessions.getFederationToken(caller, { name, ...input }, at);
    return gateway.sessions.authenticate(bearer(made), at);
  };

  it('is decided in its newest live session, as it is for itself', async () => {
    const first = await token('frank', { sessionPolicies: [policy(allow('s3:*'))] });
    expect(await ask(named(FRANK), PUT)).toEqual({ allowed: true, deniedBy: null, gaps: [] });
    const second = await token('frank', { sessionPolicyArns: [MANAGED], durationSeconds: 900 }, NOON + 1000);
    for (const question of [GET, PUT, ['ec2:RunInstances', '*'], ['sqs:SendMessage', '*']] as const) {
      const [asked, itself] = [named(FRANK), subjectOfCaller(second)];
      expect(await ask(asked, question, NOON + 1000)).toEqual(await ask(itself, question, NOON + 1000));
    }
    expect(await ask(named(FRANK), PUT, NOON + 1000)).toMatchObject({ deniedBy: 'SESSION_POLICY' });
    // The one before holds for itself, and again for the name when the newer one has expired.
    expect(await ask(subjectOfCaller(first), PUT, NOON + 1000)).toMatchObject({ allowed: true });
    expect(await ask(named(FRANK), PUT, NOON + HOUR)).toMatchObject({ allowed: true });
  });

  it('has what its maker has now, with its session tags', async () => {
    const grace = `arn:aws:sts::${A}:federated-user/grace`;
    await token('grace', { sessionPolicies: [policy(allow('*'))] });
    expect(await ask(named(grace), ['ec2:RunInstances', '*'])).toMatchObject({ allowed: true });
    const own = [allow(['s3:*', 'iam:*', 'sts:*', 'ec2:*']), deny('ec2:*')];
    await gateway.directory.apply({ users: [aUser('alice', own)] });
    expect(await ask(named(grace), ['ec2:RunInstances', '*'])).toMatchObject({ deniedBy: 'IDENTITY_POLICY' });
  });

  it('can call neither IAM nor STS, whatever policies say, in no kind of answer', async () => {
    const heidi = `arn:aws:sts::${A}:federated-user/heidi`;
    await token('heidi', { sessionPolicies: [policy(allow('*'))] });
    for (const action of ['iam:ListUsers', 'sts:GetSessionToken', 'sts:AssumeRole']) {
      // No policy denies it: AWS does.
      expect(await ask(named(heidi), [action, '*'])).toMatchObject({ allowed: false, deniedBy: null });
    }
    expect(await ask(named(heidi), ['sts:GetCallerIdentity', '*'])).toMatchObject({ allowed: true });
    const all = await gateway.access.effectivePermissions(named(heidi), new Map(), NOON);
    const allowed = new Map((await all.summary()).map(({ service, allowedActions }) => [service, allowedActions]));
    expect([allowed.get('iam') ?? 0, allowed.get('sts') ?? 0]).toEqual([0, 1]);
    expect(allowed.get('s3')).toBeGreaterThan(100);
  });

  it('without a live session has what resources grant it, and the answer says that no more is known', async () => {
    const ivan = FRANK.replace('frank', 'ivan');
    const gap = (arn: string) =>
      `${arn} has no live session: it is taken to have what resource-based policies grant it and nothing else`;
    expect(await ask(named(ivan), GET)).toEqual({ allowed: false, deniedBy: 'SESSION_POLICY', gaps: [gap(ivan)] });
    const later = NOON + 48 * HOUR;
    expect(await ask(named(FRANK), GET, later)).toMatchObject({ allowed: false, gaps: [gap(FRANK)] });
    expect(await ask(named(FRANK), ['s3:DeleteObject', `${BUCKET}/x`], later)).toMatchObject({ allowed: true });
    // What is made later is seen.
    await token('ivan', { sessionPolicies: [policy(allow('s3:*'))] });
    expect(await ask(named(ivan), GET)).toEqual({ allowed: true, deniedBy: null, gaps: [] });
  });

  it('is gone with its maker', async () => {
    const judy = FRANK.replace('frank', 'judy');
    const gone = await signIn(gateway, { userArn: userArn('gone') }, NOON);
    await token('judy', { sessionPolicies: [policy(allow('*'))] }, NOON, gone);
    expect(await ask(named(judy), GET)).toMatchObject({ allowed: true });
    await gateway.directory.entities.deleteUser({ userArn: userArn('gone'), withDependents: true });
    expect(await ask(named(judy), GET)).toMatchObject({ allowed: false, gaps: [expect.stringContaining(judy)] });
    await gateway.directory.apply({ users: [aUser('gone', [allow('*')])] });
    expect(await ask(named(judy), GET)).toMatchObject({ allowed: false });
  });

  it('of a root user has everything that its session policies allow', async () => {
    const root: Caller = {
      kind: 'principal',
      ref: { kind: 'root', arn: `arn:aws:iam::${A}:root`, accountId: A },
      keyId: 'AKIAROOT',
      session: null,
    };
    const made = await token('mallory', { sessionPolicies: [policy(allow('sqs:*'))] }, NOON, root);
    const mallory = FRANK.replace('frank', 'mallory');
    expect(await ask(named(mallory), ['sqs:SendMessage', '*'])).toMatchObject({ allowed: true });
    expect(await ask(named(mallory), GET)).toEqual(await ask(subjectOfCaller(made), GET));
  });

  it('costs no more than others: nothing when it is in memory', async () => {
    await ask(named(FRANK), GET);
    gateway.statements.length = 0;
    await ask(named(FRANK), GET);
    expect(gateway.statements).toEqual([]);
  });
});
