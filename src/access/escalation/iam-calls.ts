import type { PreparedPrincipal } from '../../evaluation/prepare.ts';
import type { Answer } from '../question.ts';
import { type IamMethod, METHODS } from './methods.ts';

/** The keys that the caller chooses, in its partition. */
export function contextOf(
  { context = {} }: IamMethod,
  { partition }: PreparedPrincipal,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(context).map(([key, value]) => [key, value.replace('arn:aws:', `arn:${partition}:`)]),
  );
}

/** The key that calls on somebody with a boundary have. */
export function boundaryKey(arn: string): Readonly<Record<string, string>> {
  return { 'iam:permissionsboundary': arn };
}

/** Whether assuming the role is allowed, or fails for nothing that naming the caller in the trust policy does not change. */
export function trustIsEnough(answer: Answer | null): boolean {
  if (answer === null) return false;
  const { allowed, effect, deniedBy } = answer.decision;
  return allowed || (effect === 'IMPLICIT_DENY' && (deniedBy === 'TRUST_POLICY' || deniedBy === 'IDENTITY_POLICY'));
}

/** The method of that name. */
export function methodFor(id: string): IamMethod {
  const method = METHODS.iam.find((one) => one.id === id);
  if (method === undefined) throw new Error(`methods.json has no ${id}`);
  return method;
}
