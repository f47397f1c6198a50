import { type ResourceText, sameText, splitArn } from './arn.ts';
import { arnFault, withoutHeadVariables } from './arn-fault.ts';
import type { ContextKey, ContextReader } from './context-key.ts';
import { ANY_RUN, Glob, globOf, type Piece } from './pattern.ts';
import type { PolicyKind } from './policy-kind.ts';
import { remembering } from './remember.ts';
import { EVERY_MARK, type Marks, marksOfPattern } from './resource-marks.ts';
import { fixedPieces, readTemplate, resolveTemplate, type Template, templateKeys } from './variable.ts';
import { widerReadings } from './wider-reading.ts';

/** The result of comparing one entry of Resource or NotResource with a resource. */
export type ResourceVerdict = 'match' | 'noMatch' | 'unresolved';

/** One entry of Resource or NotResource, in the order of use. */
export interface ResourcePattern {
  /** A bare `*`: also matches a request without a resource. */
  readonly everything: boolean;
  /** Marks of the resources that it can cover. */
  readonly marks: Marks;
  /** `arn:aws:s3:::` in lower case when the five parts before the resource hold no wildcard; null when they do. */
  readonly head: string | null;
  /** The parts after `start` that are not just `*`; null when `head` is enough. */
  readonly segments: readonly Segment[] | null;
  /** For a head with wildcards: the parts before the first one that holds a wildcard, in lower case; empty otherwise. */
  readonly start: string;
  /** What follows the fifth colon; null when it holds policy variables. */
  readonly rest: Glob | null;
  readonly template: Template | null;
  /** The six parts as written, those before the resource in lower case; empty for a bare `*`. */
  readonly parts: readonly string[];
}

/** One of the five parts before the resource. */
interface Segment {
  readonly at: number;
  readonly glob: Glob;
}

/** Resource or NotResource of a statement. */
export interface ResourceElement {
  readonly negated: boolean;
  /** Entries that cannot be read are left out. */
  readonly patterns: readonly ResourcePattern[];
}

/** A bare `*`. */
export const EVERY_RESOURCE: ResourcePattern = {
  everything: true,
  marks: EVERY_MARK,
  head: null,
  segments: null,
  start: '',
  rest: null,
  template: null,
  parts: [],
};
const HEAD_SEGMENTS = 5;
const ONLY_STARS = /^\*+$/;

/** Reads one entry. Null: it cannot be read. */
type Reader<T> = (text: string) => T | null;

/** How the entries of a document of some kind are read. */
export interface ResourceReader {
  /** As an Allow and as NotResource have it. */
  readonly narrow: Reader<ResourcePattern>;
  /**
   * The reading for the Resource of a Deny: a star may also cross colons. AWS's documentation says so of a star at the end of a
   * part, AWS's engine does not do so everywhere; a Deny must not be missed for that.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
   */
  readonly wide: Reader<readonly ResourcePattern[]>;
}

/** Reads the entries of a document, according to its kind and with or without policy variables. */
export function resourceReader(kind: PolicyKind, variables: boolean): ResourceReader {
  const read = READERS[kind];
  return variables ? read.withVariables : read.plain;
}

/** Like `resourceReader`, for one entry as in an Allow. Null: it cannot be read. */
export function readResourcePattern(text: string, kind: PolicyKind, variables: boolean): ResourcePattern | null {
  return resourceReader(kind, variables).narrow(text);
}

interface Readers {
  readonly withVariables: ResourceReader;
  readonly plain: ResourceReader;
}

function readersFor(kind: PolicyKind): Readers {
  return { withVariables: readerFor(kind, true), plain: readerFor(kind, false) };
}

function readerFor(kind: PolicyKind, variables: boolean): ResourceReader {
  return {
    narrow: remembering((text) => readPattern(text, kind, variables)),
    wide: remembering((text) => readWide(text, kind, variables)),
  };
}

const READERS: Readonly<Record<PolicyKind, Readers>> = {
  identity: readersFor('identity'),
  boundary: readersFor('boundary'),
  session: readersFor('session'),
  trust: readersFor('trust'),
  resource: readersFor('resource'),
  vpce: readersFor('vpce'),
  scp: readersFor('scp'),
  rcp: readersFor('rcp'),
};

/** The ids of REST APIs in API Gateway have ten characters. */
const ANY_API = '?'.repeat(10);
const OF_THIS_API = /^execute-api:\/?(.+)$/;

/**
 * The ARN that a service makes from a short form when it saves a policy of its resource. Only API Gateway documents one:
 * `execute-api:/stage/GET/pets` means the API that has the policy, and such a policy governs no other API.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
 */
function inFullResource(text: string, kind: PolicyKind): string {
  const path = kind === 'resource' ? OF_THIS_API.exec(text)?.[1] : undefined;
  return path === undefined ? text : `arn:*:execute-api:*:*:${ANY_API}/${path}`;
}

/** The entry as read in an Allow, if possible, and with its stars crossing colons. */
function readWide(written: string, kind: PolicyKind, variables: boolean): readonly ResourcePattern[] | null {
  if (ONLY_STARS.test(written)) return [EVERY_RESOURCE];
  const text = inFullResource(written, kind);
  if (arnFault(text) !== null) return null;
  const plain = withoutHeadVariables(text);
  const narrow = readPattern(plain, kind, variables);
  const wider = widerReadings(plain, narrow === null ? null : narrow.parts);
  if (wider === null || (narrow === null && wider.length === 0)) return null;
  const patterns = wider.map((parts) => patternOf(parts, variables));
  return narrow === null ? patterns : [narrow, ...patterns];
}

function readPattern(written: string, kind: PolicyKind, variables: boolean): ResourcePattern | null {
  if (written === '*' || ONLY_STARS.test(written)) return EVERY_RESOURCE;
  const text = inFullResource(written, kind);
  if (arnFault(text) !== null) return null;
  const parts = padded(splitArn(text), text, kind);
  return parts === null ? null : patternOf(parts, variables);
}

/** An entry of six parts, which may hold wildcards and, behind the fifth colon, policy variables. */
export function patternOf(parts: readonly string[], variables: boolean): ResourcePattern {
  // Everything before the fifth colon compares without case; policy variables have no meaning there.
  const heads = parts.slice(0, HEAD_SEGMENTS).map((part) => part.toLowerCase());
  const template = readTemplate(parts[HEAD_SEGMENTS] ?? '', { variables, wildcards: true });
  const fixed = fixedPieces(template);
  const open = heads.findIndex(hasWildcard);
  const rest = fixed === null ? null : restGlob(fixed);
  const head = open < 0 ? sameText(`${heads.join(':')}:`) : null;
  return {
    everything: false,
    // For an entry with variables only the head counts: it is unresolved, whatever precedes the variable.
    marks: marksOfPattern(head, rest === null ? '' : rest.prefix),
    head,
    segments: open < 0 ? null : segmentsOf(heads, open),
    start: open < 1 ? '' : sameText(`${heads.slice(0, open).join(':')}:`),
    rest,
    template: fixed === null ? template : null,
    parts: [...heads, parts[HEAD_SEGMENTS] ?? ''],
  };
}

/** After the fifth colon there is mostly just a star: one glob serves all of those. */
function restGlob(pieces: readonly Piece[]): Glob {
  return pieces.length === 1 && pieces[0] === ANY_RUN ? ANYTHING : new Glob(pieces);
}

const ANYTHING = globOf('*');

function segmentsOf(heads: readonly string[], from: number): readonly Segment[] {
  const segments = heads.slice(from).map((part, i) => ({ at: from + i, glob: globOf(part) }));
  return segments.filter(({ glob }) => !glob.everything);
}

function hasWildcard(text: string): boolean {
  return text.includes('*') || text.includes('?');
}

/**
 * An ARN of fewer than six parts (`arn:aws:sns:us-east-1:*`) is completed with stars, if the kind of policy accepts
 * it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
function padded(parts: readonly string[], text: string, kind: PolicyKind): readonly string[] | null {
  if (parts.length > HEAD_SEGMENTS) return parts;
  if (kind === 'rcp') return null;
  if (kind === 'scp' && !text.endsWith('*')) return null;
  if ((kind === 'resource' || kind === 'vpce' || kind === 'trust') && !hasWildcard(text)) return null;
  return [...parts, ...Array<string>(HEAD_SEGMENTS + 1 - parts.length).fill('*')];
}

/** Whether one entry covers the resource. */
export function resourceMatches(
  pattern: ResourcePattern,
  resource: ResourceText,
  reader: ContextReader,
): ResourceVerdict {
  if (pattern.everything) return 'match';
  if ((pattern.marks & resource.marks) === 0) return 'noMatch';
  if (!resource.arn || !headMatches(pattern, resource)) return 'noMatch';
  if (pattern.rest !== null) return pattern.rest.matches(resource.rest) ? 'match' : 'noMatch';
  const pieces = resolveTemplate(pattern.template ?? NOTHING, reader);
  if (pieces === null) return 'unresolved';
  return new Glob(pieces).matches(resource.rest) ? 'match' : 'noMatch';
}

const NOTHING: readonly Piece[] = [];

function headMatches(pattern: ResourcePattern, resource: ResourceText): boolean {
  if (pattern.segments === null) return pattern.head === resource.head;
  const { start } = pattern;
  // Mostly the Region is the first wildcard: then `start` is one string with the resource's.
  if (start !== resource.service && !beginsWith(resource.head, start)) return false;
  for (const { at, glob } of pattern.segments) {
    if (!glob.matches(resource.segments[at] ?? '')) return false;
  }
  return true;
}

/** Like `startsWith`, which costs several times as much. */
function beginsWith(text: string, start: string): boolean {
  if (text.length < start.length) return false;
  for (let i = start.length - 1; i >= 0; i -= 1) {
    if (text.charCodeAt(i) !== start.charCodeAt(i)) return false;
  }
  return true;
}

/**
 * Whether Resource or NotResource covers the resource. An entry whose variable has no value matches nothing; in
 * NotResource AWS does not say what follows, so the safe side is taken: an Allow does not apply, a Deny excludes nothing.
 */
export function resourceElementMatches(
  element: ResourceElement,
  allows: boolean,
  resource: ResourceText,
  reader: ContextReader,
): boolean {
  for (const pattern of element.patterns) {
    const verdict = resourceMatches(pattern, resource, reader);
    if (verdict === 'match') return !element.negated;
    if (verdict === 'unresolved' && element.negated && allows) return false;
  }
  return element.negated;
}

/** Keys that the policy variables of the element read. */
export function resourceElementKeys(element: ResourceElement): readonly ContextKey[] {
  return element.patterns.flatMap((pattern) => (pattern.template === null ? [] : templateKeys(pattern.template)));
}
