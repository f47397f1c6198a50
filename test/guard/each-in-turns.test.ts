import { expect, onTestFinished, test, vi } from 'vitest';
import { Work } from '../../src/access/work.ts';
import type { GuardContext } from '../../src/guard/context.ts';
import { eachInTurns } from '../../src/guard/each-in-turns.ts';
import { escalationScope } from '../../src/guard/escalation-scope.ts';
import { previewScope } from '../../src/guard/preview-scope.ts';
import { asFarAsKnown } from '../../src/guard/veils.ts';
import { readPolicy } from '../../src/policy/load.ts';
import type { PrincipalRef } from '../../src/policy/principal-id.ts';
import { A, allow, policy, userArn } from '../support/policies.ts';

/** By this clock each look at it comes later than the end of a turn. */
function withSlowClock(): Work {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
  onTestFinished(() => clock.mockRestore());
  return new Work();
}

test('many are asked about with room for others between them where nothing is waited for, in their order', async () => {
  const work = withSlowClock();
  const items = Array.from({ length: 1_000 }, (_, n) => n);
  const answers = await eachInTurns({ work }, items, (n) => (n % 2 === 0 ? n : Promise.resolve(n)));
  expect(answers).toEqual(items);
  expect(work.turns).toBe(500 + 32);
});

test('what is waited for is begun for some together', async () => {
  const work = withSlowClock();
  const items = Array.from({ length: 1_000 }, (_, n) => n);
  expect(await eachInTurns({ work }, items, (n) => Promise.resolve(n))).toEqual(items);
  expect(work.turns).toBe(Math.ceil(1_000 / 32));
});

test('an error of what is waited for is told when others have had their turn meanwhile', async () => {
  const work = withSlowClock();
  const failing = eachInTurns({ work }, [0, 1, 2, 3], (n) => (n === 0 ? Promise.reject(new Error('away')) : n));
  await expect(failing).rejects.toThrow('away');
  expect(work.turns).toBe(3);
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
  expect(work.turns).toBe(1_000);
  expect(await previewScope(context)?.visible(refs)).toEqual(refs.map(() => false));
  expect(work.turns).toBe(2_000);
});

test('and so are policies that are met behind a veil', async () => {
  const arns = Array.from({ length: 300 }, (_, n) => `arn:aws:s3:::bucket-${n}`);
  const statement = { ...allow('s3:Get*'), Principal: '*', Condition: { StringEquals: { 'aws:UserAgent': 'one' } } };
  const compiled = readPolicy(policy(statement), 'resource');
  const attached = arns.map((arn) => ({ policy: compiled, id: arn, arn, name: arn }));
  const access = { behind: () => access, decideEach: () => [{ decision: { allowed: true } }] };
  const work = withSlowClock();
  const ref: PrincipalRef = { kind: 'user', arn: userArn('one'), accountId: A };
  // as: what of the services is used when all is in memory
  const context = {
    access,
    work,
    caller: { kind: 'principal', ref, session: null },
    directory: { remember: () => ({ resource: () => ({ value: { facts: { accountId: A } } }) }) },
    origin: { sourceIp: null, userAgent: null, secureTransport: false, context: new Map() },
    request: {},
    now: 0,
  } as unknown as GuardContext;
  const subject = { principal: { ...ref, arn: userArn('two') }, assumedRole: null, session: null };
  let rounds = 0;
  const read = await asFarAsKnown(context, subject, new Map(), async (_access, veil) => {
    rounds += 1;
    return attached.map((one) => veil?.inRole.attached(one, 'RESOURCE_POLICY').policy === compiled);
  });
  expect(read).toEqual(arns.map(() => true));
  expect(rounds).toBe(2);
  expect(work.turns).toBe(300);
});
