/** Answers to one HTTP request repeat a bounded number of characters, at whichever door. */
import { isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/access/question.ts';
import { decisionOf } from '../../../src/authzen/decision.ts';
import { buildSchema } from '../../../src/graphql/schema.ts';
import type { GuardContext } from '../../../src/guard/context.ts';

const schema = buildSchema();
const LONG = 'x'.repeat(1_000_000);
const KEY = { key: LONG, statement: { layer: 'SESSION_POLICY', arn: null, holder: null } };

/** An answer whose texts have a million characters each. */
const answer = {
  revision: 1n,
  question: { resource: '*' },
  gaps: [LONG],
  decision: {
    allowed: true,
    effect: 'ALLOWED',
    reason: LONG,
    unnamedReason: LONG,
    missingKeys: [KEY],
    assumedKeys: [KEY],
    matchedStatements: [],
  },
} as unknown as Answer; // as: only what these fields read

// as: only what these fields read
const asked = () => ({ caller: { kind: 'operator' }, request: {} }) as unknown as GuardContext;

async function field(name: string, context: GuardContext): Promise<unknown> {
  const type = schema.getType('Decision');
  const resolve = isObjectType(type) ? type.getFields()[name]?.resolve : undefined;
  if (resolve === undefined) throw new Error(`no resolver of ${name}`);
  // as: resolvers of this type do not read it
  return resolve(answer, {}, context, {} as Parameters<typeof resolve>[3]);
}

describe('repeated text', () => {
  test.each(['gaps', 'missingContextKeys', 'assumedContextKeys'])('is bounded in Decision.%s', async (name) => {
    const context = asked();
    for (let i = 0; i < 10; i += 1) expect(await field(name, context)).toEqual([LONG]);
    await expect((async () => field(name, context))()).rejects.toThrow('would repeat more than 10000000 characters');
    // The next request has its own.
    expect(await field(name, asked())).toEqual([LONG]);
  });

  test('is counted over all fields', async () => {
    const context = asked();
    for (let i = 0; i < 5; i += 1) {
      await field('gaps', context);
      await field('missingContextKeys', context);
    }
    await expect((async () => field('assumedContextKeys', context))()).rejects.toThrow('would repeat more than');
  });

  test('is bounded in the answers of AuthZEN', async () => {
    const context = asked();
    for (let i = 0; i < 5; i += 1) expect(await decisionOf(context, answer, [])).toMatchObject({ decision: true });
    await expect(decisionOf(context, answer, [])).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(await decisionOf(asked(), answer, [])).toMatchObject({ decision: true });
  });
});
