import { afterEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { type DirectoryOptions, type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { ALICE, BASE, ref } from './documents.ts';

const catalog = await openCatalog();
const REQUEST = { principals: [ref(ALICE)], roles: [], resources: [] };
const opened: OpenDirectory[] = [];

async function open(options: Omit<DirectoryOptions & { kind: 'server' }, 'kind'>): Promise<OpenDirectory> {
  const directory = await openDirectory({ kind: 'server', ...options }, catalog);
  opened.push(directory);
  return directory;
}

afterEach(async () => {
  for (const directory of opened.splice(0)) await directory.close();
});

/** A server with BASE in it, and a copy of it that never hears of anything more: a replica that is far behind. */
async function servers() {
  const postgres = await sharedPostgres();
  const url = await postgres.createMigrated();
  const first = await openDirectory({ kind: 'server', url }, catalog);
  await first.apply(BASE);
  await first.close();
  return { url, replicaUrl: await postgres.createDatabase(url) };
}

const policies = async (directory: OpenDirectory) =>
  (await directory.gather(REQUEST)).principal(ref(ALICE))?.value.policies?.source.identity.length;
const WITHOUT = { users: [{ arn: ALICE, inlinePolicies: [], attachedPolicies: [], groups: [] }] };

describe('a replica', () => {
  it('answers questions, also while it is behind, unless a later revision is asked for', async () => {
    const place = await servers();
    const [writer, reader] = [await open({ url: place.url }), await open(place)];
    expect(await policies(reader)).toBeGreaterThan(0);
    const { revision } = await writer.apply(WITHOUT);
    // Nobody has told this gateway.
    expect(await reader.revision()).toBe(1n);
    expect(await policies(reader)).toBeGreaterThan(0);
    await reader.history.reach(revision);
    expect(await policies(reader)).toBe(0);
    expect(await reader.revision()).toBe(revision);
  });

  it('is not asked about what this gateway has written, or decides a change on', async () => {
    const place = await servers();
    const [writer, reader] = [await open({ url: place.url }), await open(place)];
    const { revision } = await reader.apply(WITHOUT);
    expect(await reader.revision()).toBe(revision);
    expect(await policies(reader)).toBe(0);
    const { revision: next } = await writer.apply({ users: [{ arn: ALICE, tags: { a: '1' } }] });
    expect(await reader.revision()).toBe(revision);
    await reader.history.beforeChange();
    expect(await reader.revision()).toBe(next);
  });

  it('is not asked about credentials', async () => {
    const place = await servers();
    const [writer, reader] = [await open({ url: place.url }), await open({ ...place, isTold: true })];
    await writer.keys.create({ id: 'AKIAEXAMPLE00000KEYS', service: 'ec2.amazonaws.com' });
    expect(await reader.keys.find('AKIAEXAMPLE00000KEYS')).toMatchObject({ active: true });
    await writer.keys.remove('AKIAEXAMPLE00000KEYS', Date.now());
    expect(await reader.keys.find('AKIAEXAMPLE00000KEYS')).toBeNull();
  });

  it('that is away is missed by nobody', async () => {
    const { url } = await servers();
    const reader = await open({ url, replicaUrl: 'postgresql://rolegate:rolegate@127.0.0.1:1/none' });
    expect(await policies(reader)).toBeGreaterThan(0);
    expect(await reader.revision()).toBe(1n);
  });
});
