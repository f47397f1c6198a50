import { beforeEach, describe, expect, test } from 'vitest';
import { CallerLimiter, type CallerLimits } from '../../src/guard/caller-limits.ts';
import { Throttled } from '../../src/guard/throttled.ts';
import type { Caller } from '../../src/session/caller.ts';

const LIMIT = { concurrent: 2, costPerSecond: 100 };
const NONE = { concurrent: Infinity, costPerSecond: Infinity };
const LIMITS: CallerLimits = { principal: LIMIT, checker: LIMIT, anonymous: LIMIT, operator: NONE };

const user = (name: string): Caller => ({
  kind: 'principal',
  ref: { kind: 'user', accountId: '111111111111', arn: `arn:aws:iam::111111111111:user/${name}` },
  keyId: 'AKIA',
  session: null,
});
const ALICE = user('alice');
const NOBODY: Caller = { kind: 'anonymous' };
const ADDRESS = '192.0.2.1';

let now: number;
let limiter: CallerLimiter;
beforeEach(() => {
  now = 0;
  limiter = new CallerLimiter(LIMITS, () => now);
});

/** Seconds to wait, and why; null: it is admitted. */
function refusal(caller: Caller, address: string | null = ADDRESS) {
  try {
    limiter.admit(caller, address).end();
    return null;
  } catch (error) {
    if (!(error instanceof Throttled)) throw error;
    return [error.code, error.retryAfterSeconds, error.message];
  }
}

describe('requests at the same time', () => {
  test('have a limit, and make room when they end', () => {
    const [first] = [limiter.admit(ALICE, ADDRESS), limiter.admit(ALICE, ADDRESS)];
    expect(refusal(ALICE)).toEqual([
      'Throttling',
      1,
      'Rate exceeded: there are 2 requests of this caller under way already; try again in 1 s',
    ]);
    first?.end();
    expect(refusal(ALICE)).toBeNull();
  });

  test('end once', () => {
    const [first] = [limiter.admit(ALICE, ADDRESS), limiter.admit(ALICE, ADDRESS)];
    first?.end();
    first?.end();
    limiter.admit(ALICE, ADDRESS);
    expect(refusal(ALICE)).not.toBeNull();
  });

  test('are those of one caller', () => {
    limiter.admit(ALICE, ADDRESS);
    limiter.admit(ALICE, '192.0.2.2');
    expect(refusal(ALICE, '192.0.2.3')).not.toBeNull();
    expect(refusal(user('bob'))).toBeNull();
    expect(refusal(NOBODY)).toBeNull();
  });
});

describe('cost', () => {
  test('beyond ten seconds’ worth makes the next request wait until it is paid', () => {
    limiter.admit(ALICE, ADDRESS).spend(1_500);
    expect(refusal(ALICE)).toEqual([
      'Throttling',
      6,
      'Rate exceeded: this caller has asked for too much in a short time; try again in 6 s',
    ]);
    now = 5_000;
    expect(refusal(ALICE)).not.toBeNull();
    now = 5_010;
    expect(refusal(ALICE)).toBeNull();
  });

  test('is not saved up for longer than that', () => {
    limiter.admit(ALICE, ADDRESS).end();
    now = 3_600_000;
    limiter.admit(ALICE, ADDRESS).spend(1_000);
    expect(refusal(ALICE)).not.toBeNull();
  });
});

describe('who has no credentials', () => {
  test('is its address, or its /64 network', () => {
    for (const n of [1, 2]) limiter.admit(NOBODY, `2001:db8::${n}`);
    expect(refusal(NOBODY, '2001:db8::3')).not.toBeNull();
    expect(refusal(NOBODY, '2001:db8:0:1::3')).toBeNull();
    expect(refusal(NOBODY, ADDRESS)).toBeNull();
  });

  test('is one with all others if no address is known', () => {
    for (let n = 0; n < 2; n++) limiter.admit(NOBODY, null);
    expect(refusal(NOBODY, null)).not.toBeNull();
  });
});

test('the operator has no limit unless it is set', () => {
  const operator: Caller = { kind: 'operator' };
  for (let n = 0; n < 100; n++) limiter.admit(operator, ADDRESS).spend(1e9);
  expect(refusal(operator)).toBeNull();
});

test('what is remembered is bounded', () => {
  limiter.admit(user('first'), ADDRESS).spend(1e9);
  expect(refusal(user('first'))).not.toBeNull();
  for (let n = 0; n < 20_000; n++) limiter.admit(user(`u${n}`), ADDRESS);
  expect(refusal(user('first'))).toBeNull();
});
