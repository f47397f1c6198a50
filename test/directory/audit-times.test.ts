import { expect, test } from 'vitest';
import type { NewAuditEvent } from '../../src/directory/stores/audit-store.ts';
import { describeInBothStores } from './stores.ts';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 0, 1, 12);

const ADDED: NewAuditEvent = {
  at: NOON,
  requestId: null,
  event: 'SignIn',
  principal: 'arn:aws:iam::111111111111:user/alice',
  keyId: null,
  roleArn: null,
  roleSessionId: null,
  sourceIdentity: null,
  sourceIp: null,
  userAgent: null,
  action: null,
  target: null,
  outcome: 'SUCCEEDED',
  code: null,
  effect: null,
  deniedBy: null,
  revision: null,
};

describeInBothStores('the events of some time', (store) => {
  test('are all of it, in their order, though clocks differ and step back', async () => {
    const { audit } = await store.open({});
    // The third gateway's clock is a day ahead; then it is set right.
    const times = [NOON, NOON + 1, NOON + DAY, NOON + 2, NOON + DAY, NOON + DAY + 1, NOON + 2 * DAY];
    for (const at of times) await audit.record({ ...ADDED, at });
    const shown = async (from: number, until: number, more = {}) => {
      const filter = { principal: ADDED.principal, from, until, ...more };
      const [listed, newest] = await Promise.all([
        audit.list({ limit: 100, filter }),
        audit.list({ limit: 100, newest: true, filter }),
      ]);
      expect(newest.toReversed()).toEqual(listed);
      expect(await audit.count(filter)).toBe(listed.length);
      return listed.map(({ at }) => at);
    };
    for (const more of [{}, { accountIds: ['111111111111'] }, { event: 'SignIn' }]) {
      expect(await shown(NOON, NOON + 3, more)).toEqual([NOON, NOON + 1, NOON + 2]);
      expect(await shown(NOON + DAY, NOON + 2 * DAY, more)).toEqual([NOON + DAY, NOON + DAY, NOON + DAY + 1]);
      expect(await shown(NOON + 2 * DAY, NOON + 3 * DAY, more)).toEqual([NOON + 2 * DAY]);
      expect(await shown(NOON + 3 * DAY, NOON + 4 * DAY, more)).toEqual([]);
    }
  });
});

describeInBothStores('a count', (store) => {
  test('that is asked for again has what came since, and not what else came', async () => {
    const { audit } = await store.open({});
    const accountIds = ['111111111111'];
    const counts = () => Promise.all([audit.count({ event: 'SignIn' }), audit.count({ accountIds }), audit.count({})]);
    const [signIns, ofAccount, all] = await counts();
    for (const event of ['SignIn', 'SignOut', 'SignIn']) {
      await audit.record({ ...ADDED, event, principal: event === 'SignOut' ? 'operator' : ADDED.principal });
      await counts();
    }
    expect(await counts()).toEqual([(signIns ?? 0) + 2, (ofAccount ?? 0) + 2, (all ?? 0) + 3]);
  });
});
