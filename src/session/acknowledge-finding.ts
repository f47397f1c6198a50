import type { OpenDirectory } from '../directory/prisma/open-directory.ts';
import { storable } from '../directory/storable.ts';
import { InvalidInput } from '../policy/errors.ts';
import { audited } from './audited.ts';
import type { Call } from './call.ts';

/** A finding that is set apart, or listed again. */
export interface AcknowledgedFinding {
  readonly accountId: string;
  readonly findingId: string;
  /** ARN of what it is about, for the audit trail. */
  readonly target: string;
  readonly reason: string;
  /** Milliseconds since 1970; one that has passed ends the acknowledgement. Null: for good. */
  readonly until: number | null;
}

/** Characters of a reason. */
const LONGEST_REASON = 1_000;

/** Sets a finding apart until a time. Throws InvalidInput, whose field is that of the input, and LimitExceeded. */
export function acknowledgeFinding(
  { directory }: { readonly directory: Pick<OpenDirectory, 'acknowledgements' | 'audit'> },
  call: Call,
  { accountId, findingId, target, reason, until }: AcknowledgedFinding,
): Promise<void> {
  const ends = until !== null && until <= call.now;
  const attempted = {
    event: 'UpdateFindings',
    action: 'access-analyzer:UpdateFindings',
    target,
    parameters: { findingId, status: ends ? 'ACTIVE' : 'ARCHIVED' },
  };
  return audited(directory.audit, call, attempted, async (event) => {
    const text = storable(reason).trim();
    if (text === '' || text.length > LONGEST_REASON)
      throw new InvalidInput('reason', `the reason has 1 to ${LONGEST_REASON} characters`);
    const { acknowledgements } = directory;
    if (ends) return acknowledgements.remove(accountId, findingId, event);
    return acknowledgements.put({ accountId, findingId, reason: text, acknowledgedAt: call.now, until }, event);
  });
}
