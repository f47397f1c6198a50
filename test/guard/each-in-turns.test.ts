import { expect, onTestFinished, test, vi } from 'vitest';
import { Work } from '../../src/access/work.ts';
import type { GuardContext } from '../../src/guard/context.ts';
import { eachInTurns } from '../../src/guard/each-in-turns.ts';
import { escalationScope } from '../../src/guard/escalation-scope.ts';
import { previewScope } from '../../src/guard/preview-scope.ts';
import type { PrincipalRef } from '../../src/policy/principal-id.ts';
import { A, userArn } from '../support/policies.ts';

/** By this clock each look at it comes later than the end of a turn. */
function withSlowClock(): Work {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
  onTestFinished(() => clock.mockRestore());
  return new Work();
}

test('many are asked about with room for others between some of them, in their order', async () => {
  const work = withSlowClock();
  const items = Array.from({ length: 1_000 }, (_, n) => n);
  const answers = await eachInTurns({ work }, items, (n) => (n % 2 === 0 ? n : Promise.resolve(n)));
  expect(answers).toEqual(items);
  expect(work.turns).toBe(8);
});

test('and so are the principals of searches', async () => {
  const refs = Array.from({ length: 1_000 }, (_, n): PrincipalRef => {
    return { kind: 'user', arn: userArn(`u${n}`), accountId: A };
  });
  const work = withSlowClock();
  // as: nobody without credentials may ask, which is known without anything else
  const context = { caller: { kind: 'anonymous' }, work, request: {} } as unknown as GuardContext;
  const seen = (await escalationScope(context))?.principals(refs);
  expect(await seen).toEqual(refs.map(() => false));
  expect(work.turns).toBe(8);
  expect(await previewScope(context)?.visible(refs)).toEqual(refs.map(() => false));
  expect(work.turns).toBe(16);
});
