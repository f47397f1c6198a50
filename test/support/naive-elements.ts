/** Action, NotAction, Resource and NotResource, for the naive evaluator. */
import type { ActionFacts } from '../../src/evaluation/request.ts';
import { substitute } from './naive-keys.ts';
import type { Doc, Json, Kind, NaiveRequest } from './naive-request.ts';
import { glob, globHidden, isEverything, list, partsOf, textOf } from './naive-text.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html */
export function actionMatches(statement: Doc, action: ActionFacts): boolean {
  const asked = action.name.toLowerCase();
  const hits = (entry: Json): boolean => {
    const text = textOf(entry).toLowerCase();
    if (text === '*' || text === '*:*') return true;
    return /^[a-z0-9.-]+:[^\s,:]+$/.test(text) && glob(text, asked);
  };
  if (statement['Action'] !== undefined) return list(statement['Action']).some(hits);
  return !list(statement['NotAction']).some(hits);
}

/** One entry of Resource or NotResource; null: it has a variable that the request has no value for. */
function resourceEntry(q: NaiveRequest, doc: Doc, kind: Kind, entry: string, arn: string): boolean | null {
  if (isEverything(entry)) return true;
  let wanted = partsOf(entry);
  if (wanted.length < 6) {
    const wild = entry.includes('*') || entry.includes('?');
    if (kind === 'rcp') return false;
    if (kind === 'scp' && !entry.endsWith('*')) return false;
    if ((kind === 'resource' || kind === 'trust' || kind === 'vpce') && !wild) return false;
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

/**
 * Whether a statement is about the resource `arn`; one without the element (in a trust policy) is about whatever it is
 * attached to. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function resourceMatches(q: NaiveRequest, doc: Doc, kind: Kind, statement: Doc, arn: string): boolean {
  const positive = statement['Resource'] !== undefined;
  if (!positive && statement['NotResource'] === undefined) return true;
  for (const entry of list(positive ? statement['Resource'] : statement['NotResource'])) {
    const verdict = resourceEntry(q, doc, kind, textOf(entry), arn);
    if (verdict === true) return positive;
    if (verdict === null && !positive && statement['Effect'] === 'Allow') return false;
  }
  return !positive;
}
