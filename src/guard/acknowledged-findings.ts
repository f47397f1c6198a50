import { FINDING_KINDS, type Finding } from '../access/findings/finding.ts';
import type { Acknowledgement } from '../directory/stores/acknowledgement-store.ts';
import { RolegateError } from '../policy/errors.ts';
import type { GuardContext } from './context.ts';
import { knownFindings } from './findings.ts';

/** A finding, with how it was set apart; null: it was not. */
export interface ListedFinding {
  readonly finding: Finding;
  readonly acknowledgement: Acknowledgement | null;
}

/** Those that are set apart now, or those that are not, in their order. */
export async function byAcknowledgement(
  context: GuardContext,
  findings: readonly Finding[],
  isAcknowledged: boolean,
): Promise<readonly ListedFinding[]> {
  const ids = findings.map(({ id }) => id);
  const all = await context.directory.acknowledgements.of(ids, context.now);
  const known = new Map(all.map((one) => [`${one.accountId} ${one.findingId}`, one]));
  return findings
    .map((finding) => ({ finding, acknowledgement: known.get(`${finding.accountId} ${finding.id}`) ?? null }))
    .filter(({ acknowledgement }) => (acknowledgement !== null) === isAcknowledged);
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
