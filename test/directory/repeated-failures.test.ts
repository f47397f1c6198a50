import { expect, test } from 'vitest';
import type { NewAuditEvent } from '../../src/directory/stores/audit-store.ts';
import { describeInBothStores } from './stores.ts';

const AT = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

const REFUSED: NewAuditEvent = {
  at: AT,
  requestId: null,
  event: 'SignIn',
  principal: 'anonymous',
  keyId: null,
  roleArn: null,
  roleSessionId: null,
  sourceIdentity: null,
  sourceIp: '2001:db8:1:2::1',
  userAgent: null,
  action: null,
  target: 'AKIAGUESSED',
  outcome: 'REFUSED',
  code: 'InvalidClientTokenId',
  effect: null,
  deniedBy: null,
  revision: null,
};

describeInBothStores('failures that are repeated', (store) => {
  async function recorded(...events: readonly Partial<NewAuditEvent>[]) {
    const { audit } = await store.open({});
    const [before] = await audit.list({ limit: 1, newest: true });
    for (const event of events) await audit.record({ ...REFUSED, ...event });
    const listed = await audit.list({ limit: 100, ...(before !== undefined && { after: before.sequence }) });
    return listed.map(({ at, lastAt, count }) => [at, lastAt, count]);
  }

  test('are one event with the first time, the last and their number', async () => {
    const again = { at: AT + MINUTE };
    const fromItsNetwork = {
      at: AT + 2 * MINUTE,
      sourceIp: '2001:db8:1:2:ffff::7',
      requestId: 'other',
      userAgent: 'x',
    };
    expect(await recorded({}, again, fromItsNetwork)).toEqual([[AT, AT + 2 * MINUTE, 3]]);
  });

  test.each<readonly [string, Partial<NewAuditEvent>]>([
    ['source', { sourceIp: '2001:db8:1:3::1' }],
    ['caller', { principal: 'arn:aws:iam::111111111111:user/alice' }],
    ['key of the caller', { keyId: 'AKIAOTHER' }],
    ['target', { target: 'AKIAOTHER' }],
    ['operation', { event: 'AssumeRole' }],
    ['outcome', { outcome: 'FAILED' }],
    ['reason', { code: 'SignatureDoesNotMatch' }],
  ])('of another %s are another event', async (_what, other) => {
    expect(await recorded({}, other)).toEqual([
      [AT, AT, 1],
      [AT, AT, 1],
    ]);
  });

  test('an hour later are another event', async () => {
    const later = AT + 60 * MINUTE;
    expect(await recorded({}, { at: later }, { at: later + 1 })).toEqual([
      [AT, AT, 1],
      [later, later + 1, 2],
    ]);
  });

  test('a clock that steps back takes nothing from the last time', async () => {
    expect(await recorded({}, { at: AT + MINUTE }, { at: AT - MINUTE })).toEqual([[AT, AT + MINUTE, 3]]);
  });

  test('a success is an event of its own every time', async () => {
    const succeeded = { outcome: 'SUCCEEDED', code: null } as const;
    expect(await recorded(succeeded, succeeded)).toEqual([
      [AT, AT, 1],
      [AT, AT, 1],
    ]);
  });

  test('at the same time are one event, whoever comes first', async () => {
    const { audit } = await store.open({});
    await Promise.all(Array.from({ length: 10 }, () => audit.record(REFUSED)));
    const listed = await audit.list({ limit: 100, filter: { target: 'AKIAGUESSED' } });
    expect(listed.map(({ count }) => count)).toEqual([10]);
    expect(await audit.count({ target: 'AKIAGUESSED' })).toBe(1);
  });
});
