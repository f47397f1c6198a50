import { NEW_SESSION_NAME, SESSION_NAME, type Unsaid } from '../policy/context-key.ts';
import { ANY_ONE, ANY_RUN, globOf, type Piece } from '../policy/pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import { readTemplate, resolveTemplate } from '../policy/variable.ts';
import type { Asked } from './asked.ts';
import { sessionsOf } from './principal-values.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const NAME = /^[\w+=,.@-]{2,64}$/;
const NAME_START = /^[\w+=,.@-]{2,64}/;

/** Names that no policy is likely to name: of the shortest, a middle and the greatest length, and with nothing in common. */
export const ANY_NAMES: readonly string[] = ['-=', `.${'_'.repeat(30)}`, '@'.repeat(64)];

/** Greatest number of names that are tried. Beyond it the worst case is assumed: policies are untrusted input. */
export const MAX_NAMES = 400;

/** Greatest number of names combined from the prefixes and suffixes that several patterns require. */
const COMBINED = 8;

type Named = Pick<CompiledStatement, 'conditions' | 'principal'>;

/**
 * Session names that cover every way in which `statements` can distinguish names: names that the statements contain
 * (for a pattern, a name that matches), names that the request contains, and some that no statement names.
 */
export function candidateNames(
  evaluation: Asked<unknown>,
  statements: readonly Named[],
  unsaid: Unsaid,
): readonly string[] {
  const names = new Set(ANY_NAMES);
  if ((unsaid & (SESSION_NAME | NEW_SESSION_NAME)) === 0) return [];
  const { facts } = evaluation.principal;
  const role = (unsaid & SESSION_NAME) !== 0 && facts.kind === 'roleSession' ? facts.role : null;
  const texts = new Set<string>();
  for (const { conditions, principal } of statements) {
    for (const condition of conditions) {
      if ((condition.unsaid & unsaid) === 0) continue;
      for (const value of condition.values) texts.add(value);
      const given = evaluation.value(condition.key);
      for (const one of typeof given === 'string' ? [given] : (given ?? [])) spokenOf(one, role?.id ?? null, names);
    }
    if (role === null) continue;
    const sessions = sessionsOf(role);
    for (const named of principal?.named ?? []) {
      if (names.size >= MAX_NAMES) break;
      if (named.kind === 'arn' && named.arn.startsWith(sessions)) add(named.arn.slice(sessions.length), names);
    }
  }
  spokenOf(evaluation.resource.text, role?.id ?? null, names);
  const parts: string[] = [];
  for (const text of texts) {
    if (names.size >= MAX_NAMES) break;
    const pieces = resolveTemplate(readTemplate(text, { variables: true, wildcards: true }), evaluation);
    if (pieces === null) continue;
    const pattern = ofRole(pieces, role?.id ?? null);
    if (pattern === null) continue;
    // A wildcard is replaced by nothing, or by something.
    const plain = written(pattern, '');
    parts.push(plain);
    for (const name of [plain, `${plain}x`, written(pattern, 'x'), written(pattern, 'xx')]) add(name, names);
  }
  const few = parts.slice(0, COMBINED);
  for (const one of few) for (const other of few) add(one + other, names);
  return [...names];
}

function add(name: string, names: Set<string>): void {
  if (NAME.test(name)) names.add(name);
}

/** The session name in a text of the request: the text may be a name, or contain `AROA…:name`. */
function spokenOf(text: string, roleId: string | null, names: Set<string>): void {
  add(text, names);
  if (roleId === null || roleId === '') return;
  const at = text.indexOf(`${roleId}:`);
  const name = at < 0 ? null : NAME_START.exec(text.slice(at + roleId.length + 1));
  if (name !== null) names.add(name[0]);
}

/** The part of an aws:userid pattern after its colon, if the part before it matches the role; null: it does not. */
function ofRole(pieces: readonly Piece[], roleId: string | null): readonly Piece[] | null {
  if (roleId === null) return pieces;
  const text = written(pieces, '*', '?');
  const colon = text.lastIndexOf(':');
  if (colon < 0) return pieces;
  return globOf(text.slice(0, colon)).matches(roleId)
    ? readTemplate(text.slice(colon + 1), WILDCARDS).filter(isPiece)
    : null;
}

const WILDCARDS = { variables: false, wildcards: true } as const;

function isPiece(piece: Piece | object): piece is Piece {
  return typeof piece !== 'object';
}

/** The text of a pattern, with `run` for every `*` and `one` for every `?`. */
function written(pieces: readonly Piece[], run: string, one = 'x'): string {
  return pieces.map((piece) => (piece === ANY_RUN ? run : piece === ANY_ONE ? one : piece)).join('');
}
