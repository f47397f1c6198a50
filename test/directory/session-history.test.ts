import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { type SessionFilter, whereOf } from '../../src/directory/stores/session-history.ts';
import type { RoleSessionRecord } from '../../src/directory/stores/session-store.ts';
import { A, allow, aRole, aUser, roleArn, trusts, userArn } from '../support/policies.ts';
import { type TakenDatabase, takeDatabase, takeServerDatabase } from '../support/recycled-database.ts';

const B = '222222222222';
const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
const ALICE = userArn('alice');
const ROLES = ['R', 'team/S', 'T'].map((name) => roleArn(name));
const OTHERS = `arn:aws:iam::${B}:role/R`;
const KEEP = { sessions: Infinity, changes: Infinity, documents: Infinity, events: Infinity };

/** Filters of each kind, with each state. */
const FILTERS: readonly SessionFilter[] = [
  {},
  { role: ROLES[0] ?? '' },
  { role: 'arn:aws:iam::111111111111:role/None' },
  { roleId: 'AROATHERE' },
  { assumedBy: ALICE },
  { rolesBelow: `arn:aws:iam::${A}:role/` },
  { rolesBelow: `arn:aws:iam::${B}:role/`, assumedBy: ALICE },
  { visible: { roles: [OTHERS], own: null } },
  { visible: { roles: [OTHERS], own: { kind: 'by', assumedBy: ALICE, userId: 'AIDAALICE' } } },
  { visible: { roles: [], own: { kind: 'by', assumedBy: ALICE, userId: 'AIDANOBODY' } } },
  { visible: { roles: [], own: { kind: 'in', sessionId: 's1' } } },
  { role: OTHERS, visible: { roles: ROLES, own: { kind: 'in', sessionId: 's1' } } },
];

describe.each([
  ['in a folder', takeDatabase],
  ['on a server', takeServerDatabase],
])('the history of sessions, %s', (_where, take) => {
  let taken: TakenDatabase;
  let directory: OpenDirectory;
  let made = 0;

  beforeEach(async () => {
    taken = await take();
    directory = await taken.openDirectory();
    await directory.apply({
      accounts: [A, B].map((id) => ({ id, membership: 'NONE' as const })),
      users: [aUser('alice', [allow('*')])],
      roles: [
        ...['R', 'team/S', 'T'].map((name) => aRole(name, [trusts({ AWS: A })])),
        { ...aRole('R', [trusts({ AWS: A })]), arn: OTHERS, id: 'AROATHERE' },
      ],
    });
    made = 0;
  });
  afterEach(async () => {
    await directory.close();
    taken.giveBack();
  });

  async function make(roleArnOf: string, rest: Partial<RoleSessionRecord> = {}): Promise<void> {
    const [row] = await taken.database.query<{ id: string }>('SELECT id FROM "Role" WHERE arn = $1', [roleArnOf]);
    const id = `s${++made}`;
    await directory.sessions.create({
      id,
      accessKeyId: `ASIA${made}`,
      arn: `arn:aws:sts::${A}:assumed-role/x/${id}`,
      roleArn: roleArnOf,
      roleId: row?.id ?? '',
      roleSessionName: id,
      sourceIdentity: null,
      tags: {},
      transitiveTagKeys: [],
      sessionPolicies: [],
      sessionPolicyArns: [],
      assumedBy: ALICE,
      assumedById: 'AIDAALICE',
      parentId: null,
      issuedAt: NOW,
      expiresAt: NOW + 3_600_000,
      federatedProvider: null,
      ...rest,
    });
  }

  /** The counts of all filters, and what the read model counts. */
  async function counts(now: number) {
    const told: number[] = [];
    const read: number[] = [];
    for (const filter of FILTERS) {
      for (const state of [null, 'LIVE', 'ENDED'] as const) {
        told.push(await directory.sessionHistory.count(filter, state, now));
        read.push(await directory.prisma.roleSession.count({ where: whereOf(filter, state, now) }));
      }
    }
    return { told, read };
  }

  it('is counted as it is read, whatever was made, ended and removed since it was counted', async () => {
    const agree = async (now: number) => {
      const { told, read } = await counts(now);
      expect(told).toEqual(read);
      expect((await directory.sessionHistory.live(now)).role).toBe(told[1]);
      return told[0];
    };
    expect(await agree(NOW)).toBe(0);
    await make(ROLES[0] ?? '');
    await make(ROLES[1] ?? '', {
      parentId: 's1',
      assumedBy: `arn:aws:sts::${A}:assumed-role/R/s1`,
      assumedById: 'ASIA1',
    });
    await make(OTHERS, { assumedBy: 'arn:aws:iam::222222222222:user/bob', assumedById: 'AIDABOB' });
    expect(await agree(NOW)).toBe(3);
    await make(OTHERS, { expiresAt: NOW + 60_000 });
    expect(await agree(NOW + 120_000)).toBe(4);
    await directory.sessions.end('s1', NOW + 1, 'EXITED');
    await directory.entities.deleteRole({ roleArn: ROLES[1] ?? '' });
    expect(await agree(NOW + 120_000)).toBe(4);
    await make(ROLES[2] ?? '');
    expect((await directory.prune({ ...KEEP, sessions: 1 }, NOW + DAY + 60_002)).roleSessions).toBe(2);
    expect(await agree(NOW + 120_000)).toBe(3);
    // What the log of changes no longer says.
    await make(ROLES[2] ?? '');
    await directory.prune({ ...KEEP, changes: 1 }, Date.now() + 2 * DAY);
    await make(ROLES[2] ?? '');
    expect(await agree(NOW + 120_000)).toBe(5);
  });

  it('names the roles below each beginning, once each, of deleted ones too', async () => {
    for (const arn of [...ROLES, ...ROLES, OTHERS]) await make(arn);
    await directory.entities.deleteRole({ roleArn: ROLES[1] ?? '' });
    const below = [A, B].map((id) => `arn:aws:iam::${id}:role/`);
    const { sessionHistory } = directory;
    expect((await sessionHistory.roles(below.slice(0, 1), 10)).toSorted()).toEqual(ROLES.toSorted());
    expect(new Set(await sessionHistory.roles(below, 10))).toEqual(new Set([...ROLES, OTHERS]));
    expect(await sessionHistory.roles(below, 2)).toHaveLength(2);
    expect(await sessionHistory.roles([], 10)).toEqual([]);
    expect(await sessionHistory.roles(['arn:aws:iam::333333333333:role/'], 10)).toEqual([]);
  });

  it('reads no more than a few of many sessions to count again', async () => {
    for (let count = 0; count < 5; count++) await make(ROLES[0] ?? '');
    await directory.sessionHistory.count({}, null, NOW);
    await make(ROLES[0] ?? '');
    await directory.close();
    const statements: string[] = [];
    directory = await taken.openDirectory((sql) => void statements.push(sql));
    await directory.sessionHistory.count({}, null, NOW);
    await directory.sessionHistory.count({}, null, NOW);
    const counting = statements.filter((sql) => sql.includes('AS live'));
    expect(counting.map((sql) => sql.includes('made AS MATERIALIZED'))).toEqual([false, true]);
  });
});
