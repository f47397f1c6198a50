import { FailedChange } from '../../directory/entities/failed-change.ts';
import { performAll } from '../../guard/perform.ts';
import { InvalidInput, type RolegateError } from '../../policy/errors.ts';
import type { Attempted } from '../../session/audited.ts';
import { type ChangeRequest, targetOf } from '../../session/entity-changes.ts';
import { AccessDenied, AuthenticationError } from '../../session/errors.ts';
import type { GatewayContext } from '../context.ts';
import { asFailure, ChangeFailedFailure, ExpectedFailure } from '../failures.ts';
import { notSignedIn } from '../guards/forbidden.ts';
import { MAX_CHANGES } from '../limits.ts';
import type { GivenChange } from './directory-change.ts';
import { plannedChanges } from './planned-changes.ts';

/**
 * Does `work` with a list of changes if the caller is allowed all of them. Throws ChangeFailedFailure for the first change that is
 * refused or that fails. `about`: ARNs or ids of what they are about. `marks`: what the trail says of refusals.
 */
export async function performChanges<T>(
  context: GatewayContext,
  changes: readonly GivenChange[],
  work: (requests: readonly ChangeRequest[], about: readonly string[]) => Promise<T>,
  marks?: Attempted['parameters'],
): Promise<T> {
  if (changes.length > MAX_CHANGES) {
    throw new InvalidInput('changes', `\`changes\` has ${changes.length} entries; the limit is ${MAX_CHANGES}`);
  }
  try {
    return await performed(context, changes, work, marks);
  } catch (error) {
    throw error instanceof FailedChange ? changeFailed(error, changes) : error;
  }
}

async function performed<T>(
  context: GatewayContext,
  changes: readonly GivenChange[],
  work: (requests: readonly ChangeRequest[], about: readonly string[]) => Promise<T>,
  marks: Attempted['parameters'],
): Promise<T> {
  const planned = await plannedChanges(changes, context);
  const requests = planned.map(({ request }) => request);
  const operations = planned.map(({ operation }) => operation);
  const outcome = await performAll(context, operations, () => work(requests, requests.map(targetOf)), marks);
  switch (outcome.kind) {
    case 'done':
      return outcome.value;
    case 'notSignedIn':
      throw notSignedIn('applyChanges');
    case 'sessionEnded':
      throw new AuthenticationError('ExpiredToken');
    case 'refused': {
      const { index, denied, operatorsOnly } = outcome;
      const name = planned[index]?.name ?? '';
      throw new FailedChange(
        index,
        operatorsOnly ? new AccessDenied(`only the operator may perform \`${name}\``) : denied,
      );
    }
    default:
      return outcome satisfies never;
  }
}

/** The failure of the whole list; what no mutation expects is an error of the request, as it would be for the change alone. */
function changeFailed({ index, why }: FailedChange, changes: readonly object[]): RolegateError {
  const cause = asFailure(why);
  if (!(cause instanceof ExpectedFailure)) return cause;
  const change = Object.entries(changes[index] ?? {}).find(([, input]) => input != null)?.[0] ?? '';
  return new ChangeFailedFailure(cause, { index, change });
}
