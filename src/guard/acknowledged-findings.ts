import { FINDING_KINDS, type Finding } from '../access/findings/finding.ts';
import type { AcknowledgedId, Acknowledgement } from '../directory/stores/acknowledgement-store.ts';
import { RolegateError } from '../policy/errors.ts';
import type { GuardContext } from './context.ts';
import { knownFindings } from './findings.ts';

/** A finding, with how it was set apart; null: it was not. */
export interface ListedFinding {
  readonly finding: Finding;
  readonly acknowledgement: Acknowledgement | null;
}

interface Ready {
  readonly ids: readonly AcknowledgedId[];
  /** Where none is set apart. */
  readonly listed: readonly ListedFinding[];
}

/** The same for all pages of what was found. */
const ready = new WeakMap<readonly Finding[], Ready>();

function readyOf(findings: readonly Finding[]): Ready {
  const known = ready.get(findings);
  if (known !== undefined) return known;
  const ids = findings.flatMap(({ accountId, id }) => (accountId === null ? [] : [{ accountId, findingId: id }]));
  const made = { ids, listed: findings.map((finding) => ({ finding, acknowledgement: null })) };
  ready.set(findings, made);
  return made;
}

/** Those that are set apart now, or those that are not, in their order. */
export async function byAcknowledgement(
  context: GuardContext,
  findings: readonly Finding[],
  isAcknowledged: boolean,
): Promise<readonly ListedFinding[]> {
  const { ids, listed } = readyOf(findings);
  const all = await context.directory.acknowledgements.of(ids, context.now);
  if (all.length === 0) return isAcknowledged ? [] : listed;
  const known = new Map(all.map((one) => [`${one.accountId} ${one.findingId}`, one]));
  return findings
    .map((finding) => ({ finding, acknowledgement: known.get(`${finding.accountId} ${finding.id}`) ?? null }))
    .filter(({ acknowledgement }) => (acknowledgement !== null) === isAcknowledged);
}

/**
 * The finding whose acknowledgement is ended. Null: it is gone, and what was said of it is still there; only the operator may end that.
 * Throws NoSuchEntity.
 */
export async function endedFinding(context: GuardContext, accountId: string, id: string): Promise<Finding | null> {
  try {
    return await knownFinding(context, accountId, id);
  } catch (error) {
    const isGone = error instanceof RolegateError && error.code === 'NoSuchEntity';
    if (!isGone || context.caller.kind !== 'operator') throw error;
    const left = await context.directory.acknowledgements.of([{ accountId, findingId: id }], context.now);
    if (left.length === 0) throw error;
    return null;
  }
}

/** A finding of an account, among those that the caller may know. Throws NoSuchEntity. */
export async function knownFinding(context: GuardContext, accountId: string, id: string): Promise<Finding> {
  const kind = FINDING_KINDS.find((each) => id.startsWith(`${each}.`));
  const { findings } =
    kind === undefined ? { findings: [] } : await knownFindings(context, new Set([kind]), [accountId]);
  const found = findings.find((one) => one.id === id && one.accountId === accountId);
  if (found !== undefined) return found;
  const message = `there is no such finding in the account ${accountId}: it was mended, changed, or may not be read`;
  throw new RolegateError('NoSuchEntity', message, { field: 'findingId' });
}
