import { type Glob, globOf } from './pattern.ts';
import { remembering } from './remember.ts';

/** One entry of Action or NotAction. Everything in it is in lower case: actions compare without case. */
export interface ActionPattern {
  /** Null: every service. */
  readonly service: string | null;
  readonly name: Glob;
}

/** Action or NotAction of a statement. */
export interface ActionElement {
  readonly negated: boolean;
  /** Entries that cannot be read are left out. */
  readonly patterns: readonly ActionPattern[];
}

/** A bare `*`. */
export const EVERY_ACTION: ActionPattern = { service: null, name: globOf('*') };
const PREFIX = /^[a-z0-9.-]+$/;
const BLANK_OR_COMMA = /[\s,]/;

/**
 * Null: the entry cannot be read: it is empty, holds a blank or a comma, has no prefix, or has a wildcard in its prefix.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export const readActionPattern: (text: string) => ActionPattern | null = remembering((text) => {
  if (text === '*' || text === '*:*') return EVERY_ACTION;
  const lower = text.toLowerCase();
  const colon = lower.indexOf(':');
  if (colon < 1 || BLANK_OR_COMMA.test(lower)) return null;
  const service = lower.slice(0, colon);
  const name = lower.slice(colon + 1);
  if (!PREFIX.test(service) || name === '' || name.includes(':')) return null;
  return { service, name: globOf(name) };
});

/** Whether the element covers `service:name`, both in lower case. */
export function actionMatches(element: ActionElement, service: string, name: string): boolean {
  for (const pattern of element.patterns) {
    if ((pattern.service === null || pattern.service === service) && pattern.name.matches(name)) {
      return !element.negated;
    }
  }
  return element.negated;
}
