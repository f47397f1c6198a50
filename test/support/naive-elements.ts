/**
 * Action, NotAction, Resource and NotResource, for the naive evaluator. An entry that cannot be read opens no door: in an Allow
 * it matches nothing, in a Deny everything; in Not… elements it leaves nothing out of a Deny, and an Allow with it never applies.
 */
import type { ActionFacts } from '../../src/evaluation/request.ts';
import { substitute } from './naive-keys.ts';
import type { Doc, Json, Kind, NaiveRequest } from './naive-request.ts';
import { glob, globHidden, isEverything, list, partsOf } from './naive-text.ts';

type Verdict = boolean | 'unreadable';

/** Whether the statement is about what its entries, or all but its entries, match. */
function covers(statement: Doc, element: string, verdictOf: (entry: Json) => Verdict): boolean {
  const isDeny = statement['Effect'] === 'Deny';
  if (statement[element] !== undefined) {
    const verdicts = list(statement[element]).map(verdictOf);
    return verdicts.includes(true) || (isDeny && verdicts.includes('unreadable'));
  }
  const excluded = list(statement[`Not${element}`]).map(verdictOf);
  return !excluded.includes(true) && (isDeny || !excluded.includes('unreadable'));
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html */
export function actionMatches(statement: Doc, action: ActionFacts): boolean {
  return covers(statement, 'Action', (entry) => {
    if (typeof entry !== 'string') return 'unreadable';
    const text = entry.toLowerCase();
    if (text === '*' || text === '*:*') return true;
    return /^[a-z0-9.-]+:[^\s,:]+$/.test(text) ? glob(text, action.name.toLowerCase()) : 'unreadable';
  });
}

/**
 * Whether a statement is about the resource `arn`; one without the element (in a trust policy) is about whatever it is
 * attached to. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function resourceMatches(q: NaiveRequest, doc: Doc, kind: Kind, statement: Doc, arn: string): boolean {
  if (statement['Resource'] === undefined && statement['NotResource'] === undefined) return true;
  const starsRunOn = statement['Effect'] === 'Deny' && statement['Resource'] !== undefined;
  return covers(statement, 'Resource', (entry) => {
    if (typeof entry !== 'string') return 'unreadable';
    if (isEverything(entry)) return true;
    if (!isArn(kind, entry, starsRunOn)) return 'unreadable';
    const verdict = segmentsMatch(q, doc, kind, entry, arn);
    // A variable without a value: Resource matches nothing, and NotResource leaves nothing out that an Allow could be about.
    if (verdict === null) return statement['Resource'] === undefined ? 'unreadable' : false;
    return verdict || (starsRunOn && crossesColons(q, doc, entry, arn));
  });
}

/** Partition, service, Region and account hold letters, digits and hyphens, and wildcards. */
const HEAD = /^[a-z0-9*?-]*$/i;

/**
 * Whether it is an ARN that can match something: with all its parts, or with fewer where the kind of policy fills them up, or where
 * a star at the end of a part can run on.
 */
function isArn(kind: Kind, entry: string, starsRunOn: boolean): boolean {
  const parts = partsOf(entry);
  if (parts[0]?.toLowerCase() !== 'arn' || !parts.slice(1, 5).every((part) => HEAD.test(part))) return false;
  return parts.length === 6 || fillsUp(kind, entry) || (starsRunOn && parts.some((part) => part.endsWith('*')));
}

/** Which kinds fill up the parts that are missing with stars. */
function fillsUp(kind: Kind, entry: string): boolean {
  if (kind === 'rcp') return false;
  if (kind === 'scp') return entry.endsWith('*');
  return kind === 'identity' || kind === 'boundary' || kind === 'session' || /[*?]/.test(entry);
}

/** Part by part; null: it has a variable that the request has no value for. */
function segmentsMatch(q: NaiveRequest, doc: Doc, kind: Kind, entry: string, arn: string): boolean | null {
  let wanted = partsOf(entry);
  if (wanted.length < 6) {
    if (!fillsUp(kind, entry)) return false;
    wanted = [...wanted, ...Array<string>(6 - wanted.length).fill('*')];
  }
  const given = partsOf(arn);
  if (given.length < 6) return false;
  for (let i = 0; i < 5; i += 1) {
    if (!glob((wanted[i] ?? '').toLowerCase(), (given[i] ?? '').toLowerCase())) return false;
  }
  const last = substitute(q, doc, wanted[5] ?? '');
  return last === null ? null : globHidden(last, given[5] ?? '');
}

/** A star may run past colons: a Deny is never passed over because its author took the guide so. */
function crossesColons(q: NaiveRequest, doc: Doc, entry: string, arn: string): boolean {
  const wanted = substitute(q, doc, entry);
  return wanted !== null && globHidden(wanted, arn);
}
