import type { IdentityStores } from '../directory/stores/identity-stores.ts';
import type { CredentialRecord, MasterKeyRecord, RetiredCounts } from '../directory/stores/master-key-store.ts';
import { RolegateError } from '../policy/errors.ts';
import { auditEvent, audited } from './audited.ts';
import type { Call } from './call.ts';
import { LAST_GENERATION, markOf } from './key-id.ts';
import type { Secrets } from './secrets.ts';

/** What the generations of the master key are managed with. Whoever calls is the operator. */
export interface MasterKeyTools {
  readonly directory: Pick<IdentityStores, 'audit' | 'masterKeys'>;
  readonly secrets: Pick<Secrets, 'masterKeys'>;
}

/** The generations, oldest first. */
export function masterKeyGenerations({ directory }: MasterKeyTools): Promise<readonly MasterKeyRecord[]> {
  return directory.masterKeys.list();
}

/**
 * Begins the next generation with a key of the file that has none yet. Keys and tokens that are made from now on are of it;
 * others go on. Returns its number. Throws CONFLICT if the file has no such key, LIMIT_EXCEEDED.
 */
export function rotateMasterKey({ directory, secrets }: MasterKeyTools, call: Call): Promise<number> {
  return audited(directory.audit, call, { event: 'RotateMasterKey' }, async (event) => {
    await secrets.masterKeys.reread();
    const known = await directory.masterKeys.list();
    const { fingerprints } = secrets.masterKeys;
    const missing = known.find(
      ({ fingerprint, retiredAt }) => retiredAt === null && !fingerprints.includes(fingerprint),
    );
    if (missing !== undefined) {
      throw new RolegateError('CONFLICT', `the master key file lacks generation ${missing.generation}`);
    }
    const unused = fingerprints.find((each) => !known.some(({ fingerprint }) => fingerprint === each));
    if (unused === undefined) {
      throw new RolegateError('CONFLICT', 'the master key file has no key that is not in use: it needs another line');
    }
    if ((known.at(-1)?.generation ?? 0) >= LAST_GENERATION) {
      throw new RolegateError(
        'LIMIT_EXCEEDED',
        `there are no more than ${LAST_GENERATION} generations of a master key`,
      );
    }
    const generation = await directory.masterKeys.begin({ fingerprint: unused, markOf, at: call.now }, event);
    await secrets.masterKeys.hold(generation);
    return generation;
  });
}

/** Ends a generation and everything of it. Throws NoSuchEntity, CONFLICT for the newest one. */
export function retireMasterKey({ directory }: MasterKeyTools, call: Call, generation: number): Promise<RetiredCounts> {
  const attempted = { event: 'RetireMasterKey', target: `master-key/${generation}` };
  return audited(directory.audit, call, attempted, () =>
    directory.masterKeys.retire(generation, call.now, (counts) =>
      auditEvent(call, {
        ...attempted,
        parameters: Object.fromEntries(Object.entries(counts).map(([kind, count]) => [kind, String(count)])),
      }),
    ),
  );
}

/** What is used of a generation (null: of all). */
export function credentialsOfMasterKey(
  { directory }: MasterKeyTools,
  generation: number | null,
  now: number,
): AsyncGenerator<CredentialRecord> {
  return directory.masterKeys.credentials(generation, now);
}
