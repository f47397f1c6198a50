import type { GuardContext } from './context.ts';

/** By request: the parts of each entity (by its ARN) that its deletion, or what takes some of them away, was decided with. */
const asked = new WeakMap<object, Map<string, readonly string[]>>();

/** Notes with which parts the deletion of an entity is decided, or which are taken away: it may have others when it comes to it. */
export function noteParts({ request }: Pick<GuardContext, 'request'>, arn: string, parts: readonly string[]): void {
  const known = asked.get(request) ?? new Map<string, readonly string[]>();
  asked.set(request, known.set(arn, [...(known.get(arn) ?? []), ...parts]));
}

/** The parts with which the deletion of an entity was decided in this request; undefined: its caller needs nobody's leave. */
export function partsAsked({ request }: Pick<GuardContext, 'request'>, arn: string): readonly string[] | undefined {
  return asked.get(request)?.get(arn);
}
