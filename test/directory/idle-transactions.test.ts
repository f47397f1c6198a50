/** Nothing that takes long happens while a transaction is open: a server ends one that waits, and others wait for its connection. */
import { afterEach, expect, test, vi } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { CompiledPolicies } from '../../src/directory/gather/compiled-policies.ts';
import type { Database } from '../../src/directory/prisma/database.ts';
import { directoryIn } from '../../src/directory/prisma/open-directory.ts';
import { openServerDatabase } from '../../src/directory/prisma/server-database.ts';
import { parsePrincipalRef } from '../../src/policy/principal-id.ts';
import { A, allow, aUser, userArn } from '../support/policies.ts';
import { sharedPostgres } from '../support/postgres-server.ts';

afterEach(() => vi.restoreAllMocks());

/** Documents, and how many of them are compiled at once. */
const MANY = 120;
const AT_ONCE = 50;

test('many policies are compiled after the transaction that reads them', async () => {
  const inner = openServerDatabase(await (await sharedPostgres()).createMigrated());
  let open = 0;
  const watched: Database = Object.assign(Object.create(inner) as Database, {
    transaction: async <T>(...[kind, work]: Parameters<Database['transaction']>): Promise<T> => {
      open += 1;
      try {
        return (await inner.transaction(kind, work)) as T; // as: what `work` returns
      } finally {
        open -= 1;
      }
    },
    query: inner.query.bind(inner),
    close: inner.close.bind(inner),
    ping: inner.ping.bind(inner),
  });
  const during: number[] = [];
  // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
  const { compile } = CompiledPolicies.prototype;
  vi.spyOn(CompiledPolicies.prototype, 'compile').mockImplementation(function noted(this: CompiledPolicies, ...asked) {
    during.push(open);
    return compile.apply(this, asked);
  });
  const directory = await directoryIn(watched, await openCatalog(), 64_000_000);
  const names = Array.from({ length: MANY }, (_, index) => `u${index}`);
  await directory.apply({
    accounts: [{ id: A }],
    users: names.map((name) => aUser(name, [allow('s3:*', `arn:aws:s3:::${name}`)])),
  });
  const principals = names.flatMap((name) => parsePrincipalRef(userArn(name)) ?? []);
  await directory.gather({ principals, roles: [], resources: [], now: Date.now() });
  // The first few take no longer than the answer to a statement.
  expect(during.filter((others) => others > 0).length).toBeLessThanOrEqual(AT_ONCE);
  expect(during).toHaveLength(MANY);
  await directory.close();
}, 60_000);
