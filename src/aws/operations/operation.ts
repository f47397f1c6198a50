import type { Work } from '../../access/work.ts';
import type { GuardContext } from '../../guard/context.ts';
import type { Sessions } from '../../session/sessions.ts';

/** The caller, time and origin of one request at this door. */
export interface AwsContext extends GuardContext {
  readonly sessions: Sessions;
  readonly work: Work;
}

/** An input as it was read: members that AWS requires are there. */
export type Given<Input> = {
  readonly [Name in keyof Input]: object extends Pick<Input, Name> ? Input[Name] : Exclude<Input[Name], undefined>;
};

/**
 * An operation of AWS: decides by the guards whether the caller may, does it, and answers its output in the types of AWS's
 * SDK. Throws RolegateError with AWS's codes.
 */
export type Operation<Input, Output> = (context: AwsContext, input: Given<Input>) => Promise<Output>;

/** An operation of the table: its input is what `readInput` reads by the shape of its name. Null: it has no output. */
type AnyOperation = (context: AwsContext, input: never) => Promise<object | null>;

/** Operations by AWS's names. */
export type Operations = Readonly<Record<string, AnyOperation>>;
