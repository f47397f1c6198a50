import { expect, it } from 'vitest';
import type { Caller } from '../../src/session/caller.ts';
import { A, allow, aRole, aUser, roleArn, trusts, userArn } from '../support/policies.ts';
import { aQuestion, NOON } from '../support/questions.ts';
import { bearer, decide, open, signIn, subjectOfCaller } from './gateway.ts';

const TAGGED = { StringEquals: { 'aws:PrincipalTag/team': 'red' } };
const BUCKET = 'arn:aws:s3:::b';

/** Roles that trust each other in a row; the last one but one asks for a tag of whoever assumes it. */
const row = (name: string, from: string, condition?: object) =>
  aRole(
    name,
    [
      trusts(
        { AWS: from },
        {
          action: ['sts:AssumeRole', 'sts:TagSession'],
          ...(condition === undefined ? {} : { condition: { ...condition } }),
        },
      ),
    ],
    [allow(['sts:AssumeRole', 'sts:TagSession'])],
    { maxSessionDuration: 43_200 },
  );

it('routes of a session with transitive tags lead where its roles can be assumed one after the other', async () => {
  const gateway = await open({
    users: [aUser('alice', [allow(['sts:AssumeRole', 'sts:TagSession'])])],
    roles: [
      row('First', userArn('alice')),
      row('Second', roleArn('First')),
      row('Third', roleArn('Second'), TAGGED),
      aRole(
        'Last',
        [trusts({ AWS: roleArn('Third') }, { action: ['sts:AssumeRole', 'sts:TagSession'], condition: TAGGED })],
        [{ ...allow('s3:GetObject', `${BUCKET}/*`), Condition: TAGGED }],
      ),
    ],
    resources: [{ arn: BUCKET, accountId: A }],
  });
  const assume = async (caller: Caller, role: string, rest: object = {}): Promise<Caller> => {
    const input = { role: roleArn(role), roleSessionName: 's1', ...rest };
    return gateway.sessions.authenticate(bearer(await gateway.sessions.assumeRole(caller, input, NOON)), NOON);
  };
  const alice = await signIn(gateway, { userArn: userArn('alice') }, NOON);
  const tagged = await assume(alice, 'First', { tags: [{ key: 'team', value: 'red' }], transitiveTagKeys: ['team'] });
  const plain = await assume(alice, 'First');

  const routes = async (caller: Caller) => {
    const { subject, ...need } = aQuestion(subjectOfCaller(caller), 's3:GetObject', `${BUCKET}/x`);
    return gateway.access.accessRoutes(subject, [need], { maxDepth: 3 }, NOON);
  };
  const found = await routes(tagged);
  expect(found.map(({ roles, meetsAll }) => [roles.length, meetsAll])).toEqual([
    [3, true],
    [0, false],
    [1, false],
    [2, false],
  ]);
  for (const { roles, meetsAll, sessionLimit } of found) {
    let caller = tagged;
    for (const role of roles) {
      const name = role.split('/')[1] ?? '';
      // Nothing can last longer than the route says.
      await expect(assume(caller, name, { durationSeconds: (sessionLimit ?? 0) + 1 })).rejects.toThrow(
        /1 hour|MaxSession/,
      );
      caller = await assume(caller, name, { durationSeconds: sessionLimit });
    }
    const { allowed } = await decide(gateway, caller, ['s3:GetObject', `${BUCKET}/x`], NOON);
    expect(allowed).toBe(meetsAll);
  }

  // Without the tag nobody comes behind the second role, and no route does.
  expect((await routes(plain)).map(({ roles }) => roles.length)).toEqual([0, 1]);
  await expect(assume(await assume(plain, 'Second'), 'Third')).rejects.toThrow(/not authorized/);
});
