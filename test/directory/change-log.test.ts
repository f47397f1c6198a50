import { describe, expect, it, onTestFinished } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { lockRevision, raiseRevision } from '../../src/directory/apply/revision.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { revisionText } from '../../src/directory/revision-text.ts';
import { endOf, type LoggedChange } from '../../src/directory/stores/change-log.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { ALICE, BASE, BUCKET, HERE } from './documents.ts';
import { describeInBothStores } from './stores.ts';

const catalog = await openCatalog();
const THERE = '222222222222';
const bucket = (accountId: string): DirectoryDocument => ({
  accounts: [{ id: accountId }],
  resources: [{ arn: BUCKET, accountId, policy: null }],
});

async function logged(directory: OpenDirectory, since: bigint): Promise<readonly LoggedChange[]> {
  return directory.history.changes.after(endOf(since), await directory.revision(), 1_000);
}

const about = (changes: readonly LoggedChange[], entityId: string) =>
  changes.filter((change) => change.entityId === entityId);

describeInBothStores('the log of changes', (store) => {
  it('says of which accounts a thing was, and is', async () => {
    const directory = await store.open(bucket(HERE));
    const { revision } = await directory.apply(bucket(THERE));
    const [change, ...others] = about(await logged(directory, revision - 1n), BUCKET);
    expect(others).toEqual([]);
    expect(change).toMatchObject({ revision, entity: 'Resource', accountIds: [HERE, THERE] });
    // Moved once, it belongs to one account again.
    const { revision: next } = await directory.apply({
      resources: [{ arn: BUCKET, accountId: THERE, policy: null, tags: { a: '1' } }],
    });
    expect(about(await logged(directory, next - 1n), BUCKET)).toMatchObject([{ accountIds: [THERE] }]);
  });

  it('is in the order of revisions as numbers: 10 comes after 9', async () => {
    const directory = await store.open(BASE);
    for (let tag = 0; tag < 10; tag += 1) await directory.apply({ users: [{ arn: ALICE, tags: { a: `${tag}` } }] });
    const revisions = (await logged(directory, 0n)).map(({ revision }) => revision);
    expect(revisions.at(-1)).toBeGreaterThanOrEqual(10n);
    expect(revisions).toEqual(revisions.toSorted((a, b) => Number(a - b)));
  });

  it('goes on from any place, and has no sessions and keys', async () => {
    const directory = await store.open(BASE);
    await directory.keys.create({ id: 'AKIAEXAMPLE00000KEYS', service: 'ec2.amazonaws.com' });
    await directory.apply({ users: [{ arn: ALICE, tags: { a: '1' } }] });
    const all = await logged(directory, 0n);
    expect(all.length).toBeGreaterThan(3);
    expect(all.map(({ entity }) => entity)).not.toContain('AccessKey');
    const pages: LoggedChange[] = [];
    const revision = await directory.revision();
    for (let place = endOf(0n); ; ) {
      const page = await directory.history.changes.after(place, revision, 2);
      const last = page.at(-1);
      if (last === undefined) break;
      pages.push(...page);
      place = last;
    }
    expect(pages).toEqual(all);
    expect(await directory.history.changes.after(endOf(0n), 0n, 10)).toEqual([]);
  });

  // A change of an access key stays in the log for good, so that the oldest change that is there says nothing.
  it('refuses to go on from what it does not keep, at the beginning and on the way', async () => {
    const directory = await store.open(BASE);
    await directory.keys.create({ id: 'AKIAEXAMPLE00000KEYS', service: 'ec2.amazonaws.com' });
    for (const tag of ['1', '2']) await directory.apply({ users: [{ arn: ALICE, tags: { a: tag } }] });
    const revision = await directory.revision();
    const { changes } = directory.history;
    await changes.checkRetained(0n);
    const keep = { sessions: Infinity, documents: Infinity, events: Infinity };
    await directory.prune({ ...keep, changes: 1 }, Date.now() + 2 * 86_400_000);
    const refused = {
      code: 'CONFLICT',
      field: 'since',
      message: `the changes after ${revisionText(revision - 1n)} are kept no more; the oldest revision to go on from is ${revisionText(revision)}: read the directory anew, and go on from there`,
    };
    await changes.checkRetained(revision);
    expect(await changes.after(endOf(revision), revision, 10)).toEqual([]);
    await expect(changes.checkRetained(revision - 1n)).rejects.toMatchObject(refused);
    await expect(changes.after(endOf(revision - 1n), revision, 10)).rejects.toMatchObject(refused);
    await expect(
      changes.after({ revision: revision - 1n, entity: 'User', entityId: ALICE }, revision, 10),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('the log of changes on a server', () => {
  const opened = async () => {
    const url = await (await sharedPostgres()).createMigrated();
    const database = openServerDatabase(url);
    const directory = await openDirectory({ kind: 'server', url }, catalog);
    onTestFinished(async () => {
      await directory.close();
      await database.close();
    });
    return { database, directory };
  };

  it('says of which account a thing was that is gone', async () => {
    const { database, directory } = await opened();
    const { revision: before } = await directory.apply(bucket(HERE));
    await database.transaction('write', async (sql) => {
      await lockRevision(sql);
      await sql.query('DELETE FROM "Resource" WHERE arn = $1', [BUCKET]);
      await raiseRevision(sql, [{ entity: 'Resource', entityId: BUCKET }], Date.now());
    });
    expect(await logged(directory, before)).toMatchObject([{ entityId: BUCKET, accountIds: [HERE] }]);
    expect(await database.query('SELECT * FROM "FormerOwner"')).toEqual([]);
  });
});

describe('places', () => {
  it('are after everything of a revision', () => {
    expect(endOf(3n)).toEqual({ revision: 4n, entity: '', entityId: '' });
  });
});
