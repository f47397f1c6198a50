import { remembering } from './remember.ts';
import { type Marks, marksOfResource } from './resource-marks.ts';

/** `arn:partition:service:region:account:resource`; the last part keeps its own colons and slashes. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
}

const SEGMENTS_BEFORE_RESOURCE = 5;
const SEGMENTS_TO_SERVICE = 3;

/**
 * Splits the text at its first five colons: six parts, or fewer if it has fewer colons.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function splitArn(text: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  while (parts.length < SEGMENTS_BEFORE_RESOURCE) {
    const colon = text.indexOf(':', from);
    if (colon < 0) break;
    parts.push(text.slice(from, colon));
    from = colon + 1;
  }
  parts.push(text.slice(from));
  return parts;
}

/** Null: the text is not an ARN. Partition, service and resource must not be empty; Region and account may be. */
export function parseArn(text: string): Arn | null {
  const [scheme, partition, service, region, accountId, resource] = splitArn(text);
  if (scheme !== 'arn' || !partition || !service || !resource) return null;
  if (region === undefined || accountId === undefined) return null;
  return { partition, service, region, accountId, resource };
}

/** The resource of a request, split once so that every pattern compares parts. */
export interface ResourceText {
  /** As asked. */
  readonly text: string;
  /** `*`, or a text that is not an ARN: only a bare `*` of a policy matches it. */
  readonly arn: boolean;
  /** Everything up to and including the fifth colon, in lower case: these parts compare without case. */
  readonly head: string;
  /** `head` up to and including the third colon. */
  readonly service: string;
  /** `arn`, partition, service, Region and account, in lower case; empty if the text is not an ARN. */
  readonly segments: readonly string[];
  /** What follows the fifth colon; compares with case. */
  readonly rest: string;
  /** The marks of its prefixes. */
  readonly marks: Marks;
}

/** The same string object for equal texts: comparing it with itself does not read its characters. */
export const sameText: (text: string) => string = remembering((text) => text);

/** Splits the resource of a request. Never fails: a text that is not an ARN stays whole. */
export function resourceText(text: string): ResourceText {
  const parts = splitArn(text);
  const rest = parts[SEGMENTS_BEFORE_RESOURCE];
  if (rest === undefined) {
    return { text, arn: false, head: '', service: '', segments: [], rest: text, marks: marksOfResource(null, text) };
  }
  const head = sameText(text.slice(0, text.length - rest.length).toLowerCase());
  const segments = head.slice(0, -1).split(':');
  const service = sameText(`${segments.slice(0, SEGMENTS_TO_SERVICE).join(':')}:`);
  return { text, arn: true, head, service, segments, rest, marks: marksOfResource(head, rest) };
}
