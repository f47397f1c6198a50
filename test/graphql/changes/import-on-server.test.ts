import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCatalog } from '../../../src/catalog/catalog.ts';
import type { StatementListener } from '../../../src/directory/prisma/database.ts';
import { openDirectory } from '../../../src/directory/prisma/open-directory.ts';
import { filesOf } from '../../support/import-folder.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { takeDatabase } from '../../support/recycled-database.ts';
import { OPERATOR } from '../gateway.ts';
import { liveGateway } from '../live.ts';
import { OPENING, openServicesOn, type TestServices } from '../services.ts';

// What a directory takes in does not depend on its database.

const catalog = await openCatalog();
let server: PostgresServer;
let stores: readonly TestServices[];

beforeAll(async () => {
  server = await startPostgres();
  const url = await server.createDatabase();
  const onServer = {
    openDirectory: (onStatement?: StatementListener) =>
      openDirectory({ kind: 'server', url, ...(onStatement && { onStatement }) }, catalog),
    query: () => Promise.reject(new Error('its directory is enough')),
    empty: () => Promise.reject(new Error('it is used once')),
    giveBack: () => undefined,
  };
  stores = [await openServicesOn(await takeDatabase(), {}), await openServicesOn(onServer, {})];
}, OPENING);
afterAll(async () => {
  for (const services of stores) await services.remove();
  await server.stop();
});

const REPORT = `... on ImportDirectorySuccess { changed warnings
  accounts { account { accountId } counts { kind new changed unchanged gone } knowledge { layer service state missing } }
  organizations { organizationId counts { kind new changed unchanged gone } }
  recognised { form count } notRecognised { file } notUnderstood { file place message } }`;
const FOUND = `{ principals(first: 100) { totalCount nodes { arn } } resources(first: 100) { nodes { arn } }
  policies(first: 100, search: "a") { nodes { arn } } organizations(first: 9) { nodes { units(first: 9) { nodes { name } } } } }`;

test('an organization goes into a server as into a folder: the same report, the same to be found; again, nothing changes', async () => {
  const files = filesOf('iam-collect').map(({ path, text }) => ({ name: path, content: text }));
  const [inFolder, onServer] = await Promise.all(
    stores.map(async (services) => {
      const live = liveGateway(services);
      const first = await live.mutate(OPERATOR, 'importDirectory', { files }, REPORT);
      const again = await live.mutate(OPERATOR, 'importDirectory', { files }, REPORT);
      return { first, again, found: await live.ask(OPERATOR, FOUND) };
    }),
  );
  expect(onServer).toEqual(inFolder);
  expect(onServer?.first).toMatchObject({ __typename: 'ImportDirectorySuccess', changed: true });
  expect(onServer?.again).toMatchObject({ changed: false });
  expect(onServer?.found.principals.totalCount).toBeGreaterThan(0);
});

test('files that contradict each other leave nothing on a server', async () => {
  const [, services] = stores;
  if (services === undefined) throw new Error('no server');
  const before = await services.directory.revision();
  const account = '777777777777';
  const user = (id: string) => ({ UserName: 'a', Arn: `arn:aws:iam::${account}:user/a`, UserId: id, Path: '/' });
  const files = ['AIDAONE', 'AIDATWO'].map((id) => ({
    name: `${id}.json`,
    content: JSON.stringify({ UserDetailList: [user(id)] }),
  }));
  expect(await liveGateway(services).mutate(OPERATOR, 'importDirectory', { files })).toMatchObject({
    __typename: 'ValidationError',
    message: expect.stringContaining('the files contradict each other'),
  });
  expect(await services.directory.revision()).toBe(before);
  expect(await services.directory.prisma.account.findUnique({ where: { id: account } })).toBeNull();
});
