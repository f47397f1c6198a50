import { expect, test } from 'vitest';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import type { CheckerMaker, NewChecker } from '../../src/directory/stores/checker-store.ts';
import { A, aRole, aUser, B, roleArn, trusts, userArn } from '../support/policies.ts';
import { describeInBothStores } from './stores.ts';

const NOON = Date.parse('2026-06-01T12:00:00Z');
const MINUTE = 60_000;
const ALICE: CheckerMaker = {
  kind: 'user',
  id: 'AIDAALICE',
  arn: userArn('alice'),
  keyId: 'AKIA1',
  keySessionId: null,
};
const APP: CheckerMaker = { kind: 'role', id: 'AROAAPP', arn: roleArn('App'), roleSessionId: 'session-1' };
const DOCUMENT = {
  accounts: [A, B].map((id) => ({ id, membership: 'NONE' as const })),
  users: [aUser('alice', [], { id: 'AIDAALICE' })],
  roles: [aRole('App', [trusts({ AWS: userArn('alice') })], [], { id: 'AROAAPP' })],
};

let count = 0;

/** A checker as it is stored, made later than those before. */
function aChecker(values: Partial<NewChecker> = {}): NewChecker {
  count += 1;
  const end = String(count).padStart(12, '0');
  return {
    id: `00000000-0000-0000-0000-${end}`,
    name: `checker-${count}`,
    tokenHash: `hash-${count}`,
    maker: { kind: 'operator' },
    madeBy: values.maker === undefined ? 'operator' : 'maker',
    accountIds: null,
    actions: ['*'],
    search: false,
    createdAt: NOON + count,
    expiresAt: NOON + 90 * MINUTE,
    ...values,
  };
}

async function made(directory: OpenDirectory, values: Partial<NewChecker> = {}): Promise<NewChecker> {
  const checker = aChecker(values);
  await directory.checkers.create(checker);
  return checker;
}

describeInBothStores('checkers', (store) => {
  test('are found as they were made, by the hash of their token and by their id', async () => {
    const directory = await store.open(DOCUMENT);
    const { checkers } = directory;
    // What was looked up in vain is found once it is there.
    expect(await checkers.find(`hash-${count + 1}`)).toBeNull();
    for (const values of [
      {},
      { maker: ALICE, accountIds: [A, B], actions: ['s3:Get*', 'sqs:*'], search: true },
      { maker: { ...ALICE, keySessionId: 'key-session-1' }, accountIds: [A] },
      { maker: APP, accountIds: [A] },
    ]) {
      const { madeBy: _madeBy, ...checker } = await made(directory, values);
      const stored = { ...checker, rotatedAt: null, lastUsedAt: null };
      expect(await checkers.get(checker.id)).toEqual(stored);
      expect(await checkers.find(checker.tokenHash)).toEqual(stored);
    }
  });

  test('are for accounts that are there, and of makers that are there', async () => {
    const directory = await store.open(DOCUMENT);
    const nobody: CheckerMaker = { ...ALICE, id: 'AIDANOBODY' };
    await expect(made(directory, { maker: ALICE, accountIds: [A, '999999999999'] })).rejects.toMatchObject({
      code: 'NoSuchEntity',
      message: 'the account 999999999999 cannot be found',
    });
    await expect(made(directory, { maker: nobody, accountIds: [A] })).rejects.toMatchObject({ code: 'NoSuchEntity' });
    // Whoever is not the operator can have none for all accounts, whatever a guard says.
    await expect(made(directory, { maker: ALICE, accountIds: null })).rejects.toThrow('Checker_scope_check');
    expect(await directory.checkers.count(null)).toBe(0);
  });

  test('end with their maker, and with their old token', async () => {
    const directory = await store.open(DOCUMENT);
    const [ofAlice, ofApp] = [
      await made(directory, { maker: ALICE, accountIds: [A] }),
      await made(directory, { maker: APP, accountIds: [A] }),
    ];
    const { checkers } = directory;
    const rotation = { id: ofApp.id, at: NOON + 1, expiresAt: null, maker: null };
    await checkers.find(ofApp.tokenHash);
    await checkers.rotate({ ...rotation, tokenHash: 'next', replaced: ofApp.tokenHash });
    expect(await checkers.find(ofApp.tokenHash)).toBeNull();
    expect(await checkers.find('next')).toMatchObject({ id: ofApp.id, rotatedAt: NOON + 1, maker: APP });
    const again = checkers.rotate({ ...rotation, tokenHash: 'third', replaced: ofApp.tokenHash });
    await expect(again).rejects.toMatchObject({ code: 'NoSuchEntity' });
    await checkers.find(ofAlice.tokenHash);
    await directory.entities.deleteUser({ userArn: userArn('alice'), withDependents: true });
    expect(await checkers.find(ofAlice.tokenHash)).toBeNull();
    await directory.entities.deleteRole({ roleArn: roleArn('App'), withDependents: true });
    expect(await checkers.find('next')).toBeNull();
    expect(await checkers.count(null)).toBe(0);
  });

  test('are listed by their age, in both directions, and only those that are meant', async () => {
    const directory = await store.open(DOCUMENT);
    const { checkers } = directory;
    const all = [
      await made(directory),
      await made(directory, { maker: ALICE, accountIds: [A, B] }),
      await made(directory, { accountIds: [A] }),
      await made(directory, { maker: APP, accountIds: [B] }),
    ];
    const indexesOf = (found: readonly { id: string }[]) =>
      found.map(({ id }) => all.findIndex((one) => one.id === id));
    const list = async (page: object) => indexesOf(await checkers.list({ filter: null, limit: 10, ...page }));
    expect(await list({})).toEqual([0, 1, 2, 3]);
    expect(await list({ limit: 2, after: all[0] })).toEqual([1, 2]);
    expect(await list({ limit: 2, before: all[3], newest: true })).toEqual([2, 1]);
    const filter = { accountIds: [A], makerId: null };
    expect(await list({ filter })).toEqual([2]);
    expect(await list({ filter: { ...filter, makerId: 'AROAAPP' } })).toEqual([2, 3]);
    expect(await list({ filter: { accountIds: [], makerId: null } })).toEqual([]);
    expect(await checkers.count({ accountIds: [A, B], makerId: 'AIDAALICE' })).toBe(3);
  });

  test('are no part of the directory: no export has them, and no cursor ends with them', async () => {
    const directory = await store.open(DOCUMENT);
    const revision = await directory.revision();
    const checker = await made(directory, { maker: ALICE, accountIds: [A] });
    expect(await directory.changedSince(revision)).toBe(false);
    await directory.checkers.use({ ...checker, rotatedAt: null, lastUsedAt: null }, NOON);
    expect((await directory.checkers.get(checker.id))?.lastUsedAt).toBe(NOON);
    const documents: unknown[] = [];
    await directory.exports.all(async ({ document }) => void documents.push(document));
    expect(JSON.stringify(documents)).toContain(userArn('alice'));
    expect(JSON.stringify(documents)).not.toContain(checker.name);
  });
});
