import { afterAll } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { describeDirectory, type Place } from './directory.contract.ts';

const catalog = await openCatalog();
const server = await startPostgres();
afterAll(() => server.stop());

async function fresh(): Promise<Place> {
  const url = await server.createDatabase();
  return (onStatement) => openDirectory({ kind: 'server', url, onStatement }, catalog);
}

describeDirectory('on a server', { shared: true, fresh, kept: fresh });
