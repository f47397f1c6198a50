import { afterAll } from 'vitest';
import { startPostgres } from '../support/postgres-server.ts';
import { describeDirectory } from './directory.contract.ts';

const server = await startPostgres();
afterAll(() => server.stop());

describeDirectory('on a server', {
  shared: true,
  fresh: async () => ({ kind: 'server', url: await server.createDatabase() }),
});
