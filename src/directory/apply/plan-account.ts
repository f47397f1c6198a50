import { isDeepStrictEqual } from 'node:util';
import { InvalidInput } from '../../policy/errors.ts';
import type { AccountInput, KnowledgeInput, PublicAccessBlock } from '../document.ts';
import { toIso } from '../instants.ts';
import type { ChangeSet } from './change-set.ts';
import { type Outcome, outcomeOf } from './counts.ts';
import { instant } from './instant.ts';
import type { StoredAccount, StoredKnowledge } from './stored.ts';

/** An account of the document, or one that is only known because something belongs to it (`input` null). */
export interface NamedAccount {
  readonly id: string;
  readonly partition: string;
  readonly input: AccountInput | null;
}

/** Only what the type says, so that equal settings are equal rows. Undefined: what is stored stays. */
export function publicAccessBlockOf(
  given: PublicAccessBlock | null | undefined,
  stored: PublicAccessBlock | null | undefined,
): PublicAccessBlock | null {
  if (given === undefined) return stored ?? null;
  if (given === null) return null;
  const { blockPublicAcls, ignorePublicAcls, blockPublicPolicy, restrictPublicBuckets } = given;
  return { blockPublicAcls, ignorePublicAcls, blockPublicPolicy, restrictPublicBuckets };
}

function membershipOf(
  input: AccountInput | null,
  stored: StoredAccount | null,
): Pick<StoredAccount, 'membership' | 'organizationId' | 'unitId'> {
  const given = input?.membership;
  if (given === 'NONE') return { membership: 'NONE', organizationId: null, unitId: null };
  if (given !== undefined) return { membership: 'MEMBER', organizationId: given.organizationId, unitId: given.unitId };
  const { membership = 'UNKNOWN', organizationId = null, unitId = null } = stored ?? {};
  return { membership, organizationId, unitId };
}

type Place = Pick<StoredAccount, 'membership' | 'organizationId'>;

/** Whether it is in no organization, or in another than before: what the one before set for it does not count. */
function isElsewhere(before: Place | null, { membership, organizationId }: Place): boolean {
  if (membership === 'NONE') return true;
  const former = before?.organizationId ?? null;
  return former !== null && organizationId !== null && former !== organizationId;
}

/** Whether it came into an organization from another, or from none: nothing that is stored says what this one sets for it. */
export function isNewcomer(stored: StoredAccount, input: AccountInput | null): boolean {
  if (typeof input?.membership !== 'object' || input.organizationPublicAccessBlock !== undefined) return false;
  return stored.membership !== 'UNKNOWN' && stored.organizationId !== input.membership.organizationId;
}

/** `stored` is the row; `kept` is what of it stays where the document says nothing. */
export function planAccount(
  { id, partition, input }: NamedAccount,
  kept: StoredAccount | null,
  stored: StoredAccount | null,
  changes: ChangeSet,
): void {
  const place = membershipOf(input, kept);
  const row: StoredAccount = {
    id,
    partition: input?.partition ?? kept?.partition ?? partition,
    name: input?.name ?? kept?.name ?? null,
    alias: input?.alias === undefined ? (kept?.alias ?? null) : input.alias,
    ...place,
    publicAccessBlock: publicAccessBlockOf(input?.publicAccessBlock, kept?.publicAccessBlock),
    organizationPublicAccessBlock: publicAccessBlockOf(
      input?.organizationPublicAccessBlock,
      isElsewhere(kept, place) ? null : kept?.organizationPublicAccessBlock,
    ),
  };
  const changed = !isDeepStrictEqual(row, stored);
  changes.count(id, 'accounts', id, outcomeOf(stored, changed));
  if (!changed) return;
  changes.upsert('Account', { ...row });
  changes.touch('Account', id);
}

/** The name of a layer, as an error gives it. */
function nameOf({ accountId, layer, service }: KnowledgeInput): string {
  return `knowledge of account ${accountId}, ${layer}${service === undefined ? '' : ` of ${service}`}`;
}

/** Earlier versions did not keep the time: unless it is given, it is that of the next import. */
function completedAt(input: KnowledgeInput, stored: StoredKnowledge | null, now: number): number | null {
  if (input.at === undefined) return (stored?.state === 'COMPLETE' ? stored.at : null) ?? now;
  return input.at === null ? null : instant(input.at, nameOf(input));
}

/**
 * What is known of one layer of an account. A layer that is complete already keeps its time: the same import again changes
 * nothing.
 */
export function planKnowledge(
  input: KnowledgeInput,
  stored: StoredKnowledge | null,
  now: number,
  changes: ChangeSet,
): void {
  const { accountId, layer, state } = input;
  if ((layer === 'RESOURCE_POLICIES') !== (input.service !== undefined)) {
    throw new InvalidInput('document', `${nameOf(input)}: RESOURCE_POLICIES names a service, and no other layer does`);
  }
  const service = input.service ?? '';
  const count = (outcome: Outcome): void => changes.counts.add(accountId, 'knowledge', outcome);
  if (state === 'NONE') {
    if (stored === null) return;
    changes.delete('AccountKnowledge', { accountId, layer, service });
    count('gone');
  } else {
    const missing = state === 'PARTIAL' ? [...(input.missing ?? [])] : [];
    const at = state === 'COMPLETE' ? completedAt(input, stored, now) : null;
    const concerns = state === 'PARTIAL' ? [...(input.concerns ?? [])] : [];
    if (concerns.length > 0 && concerns.length !== missing.length) {
      throw new InvalidInput('document', `${nameOf(input)}: \`concerns\` has one entry for each of \`missing\``);
    }
    const isSame = stored !== null && isDeepStrictEqual([missing, concerns], [stored.missing, stored.concerns]);
    if (isSame && stored.state === state && stored.at === at) {
      count('unchanged');
      return;
    }
    const since = at === null ? null : toIso(at);
    changes.upsert('AccountKnowledge', { accountId, layer, service, state, at: since, missing, concerns });
    count(outcomeOf(stored, true));
  }
  changes.touch('Account', accountId);
}
