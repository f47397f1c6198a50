import type { Answer } from '../access/question.ts';
import { revisionText } from '../directory/revision-text.ts';
import type { GuardContext } from '../guard/context.ts';
import { readableReason } from '../guard/readable-policy.ts';
import { isWithinRepeated, MOST_CHARACTERS } from '../guard/repeated-text.ts';
import { toldKeys } from '../guard/told-keys.ts';
import { RolegateError } from '../policy/errors.ts';

/** A decision as AuthZEN answers it. Without an answer it is a denial with an `error`. */
export interface Decision {
  readonly decision: boolean;
  readonly context: AnswerContext | { readonly error: Fault };
}

interface AnswerContext {
  /** The sentence of AWS; for an allowed request, one that names what allowed it. */
  readonly reason: string;
  readonly effect: Answer['decision']['effect'];
  /** Condition keys that the request does not have and that could have changed the outcome. */
  readonly missingContextKeys: readonly string[];
  /** The revision of the directory on which it was decided, as everywhere: `context.atLeast` takes it. */
  readonly revision: string;
  /** Places in the request of values that no condition key can have. Left out: none. */
  readonly ignored?: readonly string[];
}

/** Why an evaluation has no answer: AuthZEN's own example has statuses of HTTP. */
export interface Fault {
  readonly status: number;
  readonly message: string;
}

/** Statuses of errors that concern one evaluation. Others concern the whole request. */
const OF_ONE: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400,
  LIMIT_EXCEEDED: 400,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
};

const MAX_MESSAGE = 500;

/** Longer messages are shortened: they may repeat what the client has sent. */
export function shortMessage({ message }: Error): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
}

/** Why this one evaluation has no answer. Throws errors of the whole request. */
export function faultOf(error: Error): Fault {
  const status = error instanceof RolegateError ? OF_ONE[error.code] : undefined;
  if (status === undefined) throw error;
  return { status, message: shortMessage(error) };
}

/** Throws errors of the whole request, and LIMIT_EXCEEDED where its answers would repeat too much. */
export async function decisionOf(
  context: GuardContext,
  answer: Answer | Error,
  ignored: readonly string[],
): Promise<Decision> {
  if (answer instanceof Error) return { decision: false, context: { error: faultOf(answer) } };
  const { allowed, effect, missingKeys } = answer.decision;
  const reason = await readableReason(context, answer);
  const missingContextKeys = await toldKeys(context, answer, missingKeys);
  if (!isWithinRepeated(context, reason) || !isWithinRepeated(context, missingContextKeys)) {
    throw new RolegateError(
      'LIMIT_EXCEEDED',
      `the answer would repeat more than ${MOST_CHARACTERS} characters of reasons and condition keys: request fewer evaluations at once`,
    );
  }
  return {
    decision: allowed,
    context: {
      reason,
      effect,
      missingContextKeys,
      revision: revisionText(answer.revision),
      ...(ignored.length === 0 ? {} : { ignored }),
    },
  };
}
