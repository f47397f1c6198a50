import { isDeepStrictEqual } from 'node:util';
import type { Catalog } from '../../catalog/catalog.ts';
import { InvalidInput } from '../../policy/errors.ts';
import type { ChangeSet } from '../apply/change-set.ts';
import { outcomeOf } from '../apply/counts.ts';
import { uniqueBy } from '../apply/unique.ts';
import type { DirectoryDocument, OwnServiceInput } from '../document.ts';
import type { Sql } from '../prisma/database.ts';
import { checkPrefix, checkService } from './check-service.ts';
import { completed } from './own-service.ts';
import { OWN_SERVICE } from './own-services.ts';
import { checkTotal, storedServices } from './services.ts';

/** Throws InvalidInput that names the service. One that is stored keeps its prefix, also if AWS has it by now. */
function check(input: OwnServiceInput, isStored: boolean, catalog: Catalog): void {
  try {
    if (!isStored) checkPrefix(input.prefix, catalog.aws, 'prefix');
    checkService(input, '');
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput('document', `service ${input.prefix.slice(0, 100)}: ${error.message}`);
  }
}

/** Plans the services of applications: those that are not named stay. */
export async function planServices(
  { services }: DirectoryDocument,
  { sql, catalog, changes }: { readonly sql: Sql; readonly catalog: Catalog; readonly changes: ChangeSet },
): Promise<void> {
  if (services === undefined || services.length === 0) return;
  const inputs = uniqueBy(
    services,
    ({ prefix }) => prefix,
    ({ prefix }) => `service ${prefix}`,
  );
  const stored = await storedServices(sql);
  const all = new Map(stored);
  for (const [prefix, input] of inputs) {
    const before = stored.get(prefix) ?? null;
    check(input, before !== null, catalog);
    const service = completed(input);
    all.set(prefix, service);
    const changed = !isDeepStrictEqual(before, service);
    changes.counts.add(null, 'services', outcomeOf(before, changed));
    if (!changed) continue;
    changes.upsert('OwnService', { prefix, definition: service });
    changes.touch(OWN_SERVICE, prefix);
  }
  checkTotal(all.values());
}
