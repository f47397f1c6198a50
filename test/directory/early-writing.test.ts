import { expect, it, vi } from 'vitest';
import { ChangeSet } from '../../src/directory/apply/change-set.ts';
import { EarlyWriting } from '../../src/directory/apply/early-writing.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { WritingSql } from '../../src/directory/prisma/database.ts';
import { A, aRole, trusts } from '../support/policies.ts';
import { takeDirectory, takeServerDirectory } from '../support/recycled-database.ts';

/** A database whose copies are done, or fail, when the test says so. */
function slowDatabase() {
  const copied: string[] = [];
  const waiting: { readonly done: () => void; readonly fail: (error: Error) => void }[] = [];
  const sql: WritingSql = {
    batch: 2,
    query: () => Promise.resolve([]),
    copy: (table) => {
      copied.push(table);
      return new Promise((done, fail) => waiting.push({ done, fail }));
    },
  };
  return { sql, copied, waiting };
}

const role = (id: string) => ({ id, trustPolicyHash: null });
const turn = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

it('one part is written while the next is planned, and the one after it waits', async () => {
  const { sql, copied, waiting } = slowDatabase();
  const changes = new ChangeSet();
  const early = new EarlyWriting(sql, changes);
  changes.insert('Role', role('1'));
  await early.next();
  expect(changes.written('Role')).toHaveLength(1);
  await early.begin();
  await early.next();
  await vi.waitFor(() => expect(copied).toEqual(['Role']));
  changes.insert('Role', role('2'));
  const next = early.next();
  await turn();
  // What is planned is taken and made ready meanwhile, and not written yet.
  expect({ copied, left: changes.written('Role') }).toEqual({ copied: ['Role'], left: [] });
  waiting[0]?.done();
  await next;
  await vi.waitFor(() => expect(waiting).toHaveLength(2));
  waiting[1]?.done();
  await early.end();
  expect({ copied, rows: early.rows, left: changes.written('Role') }).toEqual({
    copied: ['Role', 'Role'],
    rows: 2,
    left: [],
  });
});

it('a failure of what is written is the reason, not what statements say after it', async () => {
  const { sql, waiting } = slowDatabase();
  const changes = new ChangeSet();
  const early = new EarlyWriting(sql, changes);
  await early.begin();
  changes.insert('Role', role('1'));
  await early.next();
  await vi.waitFor(() => expect(waiting).toHaveLength(1));
  const full = new Error('no space is left');
  waiting[0]?.fail(full);
  expect(await early.causeOf(new Error('the transaction is aborted'))).toBe(full);
  const other = new Error('there is no policy');
  expect(await new EarlyWriting(sql, changes).causeOf(other)).toBe(other);
});

/** More roles than one statement takes, in either store. */
const MANY = 2_100;
const NOTHING = { Effect: 'Deny', Action: 's3:ListBucket', Resource: '*' };
const roles = Array.from({ length: MANY }, (_, i) => aRole(`R${i}`, [trusts({ AWS: A })]));

it.each([
  ['in a folder', takeDirectory],
  ['on a server', takeServerDirectory],
])('what cannot be stored is found behind what is written already, and nothing stays, %s', async (_where, take) => {
  const directory = await take();
  const group = `arn:aws:iam::${A}:group/nobodys`;
  const last = { arn: `arn:aws:iam::${A}:instance-profile/P`, role: `arn:aws:iam::${A}:role/nobodys` };
  const document: DirectoryDocument = { roles, instanceProfiles: [last] };
  await expect(directory.apply(document)).rejects.toThrow('there is no role');
  await expect(directory.apply({ users: [{ arn: `arn:aws:iam::${A}:user/u`, groups: [group] }] })).rejects.toThrow(
    'there is no group',
  );
  expect(await directory.isEmpty()).toBe(true);
  const progress: number[] = [];
  const { counts } = await directory.apply({ roles }, ({ done, total }) => progress.push(done, total));
  expect(counts).toContainEqual(expect.objectContaining({ kind: 'roles', new: MANY, unchanged: 0 }));
  expect(progress.at(-1)).toBe(progress.at(-2));
  expect(progress.at(-1)).toBeGreaterThan(MANY);
  const again = await directory.apply({ roles });
  expect(again.changed).toBe(false);
  await directory.close();
});

it.each([
  ['in a folder', takeDirectory],
  ['on a server', takeServerDirectory],
])(
  'a text that several parts have, and that nothing used any more, is stored once and used again, %s',
  async (_where, take) => {
    const directory = await take();
    await directory.apply({ roles: roles.slice(0, 1) });
    await directory.apply({ accounts: [{ id: A }], wholeLists: [{ accountId: A, kind: 'roles' }] });
    await directory.prune({ sessions: Infinity, changes: Infinity, events: Infinity, documents: 30 }, Date.now());
    const unused = await directory.prisma.policyDocument.findMany();
    expect(unused.map(({ unreferencedSince }) => unreferencedSince)).toEqual([expect.any(Date)]);
    // More texts in a part than one statement takes, and the last of them again in the next part.
    const said = (sid: string) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: sid, ...NOTHING }] });
    const policiesOf = (index: number) => [
      { name: 'own', document: said(`own${index}`) },
      { name: 'shared', document: said(`shared${Math.floor((index + 1) / 2)}`) },
    ];
    await directory.apply({ roles: roles.map((one, index) => ({ ...one, inlinePolicies: policiesOf(index) })) });
    const texts = 1 + MANY + MANY / 2 + 1;
    expect(await directory.prisma.policyDocument.count()).toBe(texts);
    expect(await directory.prisma.policyDocument.count({ where: { unreferencedSince: null } })).toBe(texts);
    expect(await directory.prisma.inlinePolicy.count()).toBe(2 * MANY);
    await directory.close();
  },
);

it.each([
  ['in a folder', takeDirectory],
  ['on a server', takeServerDirectory],
])('a value in a late part that no database stores is named, and nothing stays, %s', async (_where, take) => {
  const directory = await take();
  const last = aRole('Last', [trusts({ AWS: A })]);
  const unstorable = { ...last, tags: { team: 'a\u0000' } };
  await expect(directory.apply({ roles: [...roles, unstorable] })).rejects.toThrow(last.arn);
  expect(await directory.isEmpty()).toBe(true);
  expect(await directory.prisma.policyDocument.count()).toBe(0);
  expect((await directory.apply({ roles: [last] })).changed).toBe(true);
  await directory.close();
});
