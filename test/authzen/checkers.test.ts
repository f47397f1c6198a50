import { describe, expect, test } from 'vitest';
import type { Caller } from '../../src/session/caller.ts';
import type { NewCheckerInput } from '../../src/session/checkers.ts';
import { NOW, OPERATOR } from '../graphql/gateway.ts';
import { A, B } from '../support/policies.ts';
import { openedDecisionPoint } from './world.ts';

const point = openedDecisionPoint();

async function checker(input: Partial<NewCheckerInput>): Promise<Caller> {
  const { sessions } = point.services;
  const { token } = await sessions.createChecker(
    OPERATOR,
    { name: 'pep', accountIds: [A], actions: null, search: false, expiresAt: null, ...input },
    NOW,
  );
  return sessions.authenticate(`Bearer ${token}`, NOW);
}

const ASKED = {
  subject: { type: 'user', id: 'ann' },
  action: { name: 'send' },
  resource: { type: 'queue', id: 'live' },
};

describe('a checker', () => {
  test('gets decisions, and nothing of statements', async () => {
    const { decision, context } = await point.ask(await checker({}), 'evaluation', ASKED);
    expect(decision).toBe(true);
    expect(context).toMatchObject({ effect: 'ALLOWED', reason: expect.stringContaining('sqs:SendMessage') });
    expect(context.reason).not.toMatch(/policy\/|inline/);
  });

  test('is told of nobody outside its scope', async () => {
    const asked = { ...ASKED, subject: { type: 'principal', id: `arn:aws:iam::${B}:user/eve` } };
    const absent = { ...ASKED, subject: { type: 'principal', id: `arn:aws:iam::${B}:user/nobody` } };
    const pep = await checker({});
    for (const one of [asked, absent]) {
      await expect(point.ask(pep, 'evaluation', one)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  test.each([
    ['subject', [{ type: 'user', id: 'ann' }]],
    // A checker lists no resources of the directory, and the table lists none of this type.
    ['resource', []],
    ['action', [{ name: 'purge' }, { name: 'send' }]],
  ])('searches for a %s only if it was made for that', async (what, found) => {
    const body = { ...ASKED, ...(what === 'action' ? {} : { [what]: { type: ASKED[what as 'subject'].type } }) };
    await expect(point.ask(await checker({}), `search/${what}`, body)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: 'this needs a checker that was made with `search`',
    });
    const { results } = await point.ask(await checker({ search: true }), `search/${what}`, body);
    expect(results).toEqual(found);
  });

  test('asks about its actions only', async () => {
    const pep = await checker({ actions: ['sqs:PurgeQueue'] });
    await expect(point.ask(pep, 'evaluation', ASKED)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await point.ask(pep, 'evaluation', { ...ASKED, action: { name: 'purge' } })).decision).toBe(true);
  });
});
