import type { HypotheticalSession, Question, Subject } from '../../src/access/question.ts';
import { parseRequestContext } from '../../src/evaluation/context.ts';
import { type PrincipalRef, parsePrincipalRef } from '../../src/policy/principal-id.ts';

/** A moment: 2026-11-23T12:00:00Z. */
export const NOON = Date.UTC(2026, 10, 23, 12);

export function refOf(principalId: string): PrincipalRef {
  const ref = parsePrincipalRef(principalId);
  if (ref === null) throw new Error(`no principal: ${principalId}`);
  return ref;
}

export function aSubject(
  principalId: string,
  assumedRole: string | null = null,
  session: HypotheticalSession | null = null,
): Subject {
  return { principal: refOf(principalId), assumedRole, session };
}

/** May the subject do `action` on `resource`? At `request` in the client's words unless said otherwise. */
export function aQuestion(
  subject: Subject | string,
  action: string,
  resource: string,
  rest: {
    readonly context?: Readonly<Record<string, unknown>>;
    readonly path?: string;
    readonly resourceAccount?: string;
  } = {},
): Question {
  return {
    subject: typeof subject === 'string' ? aSubject(subject) : subject,
    action,
    resource,
    resourceAccount: rest.resourceAccount ?? null,
    context: parseRequestContext(rest.context, 'context'),
    path: rest.path ?? 'request',
  };
}
