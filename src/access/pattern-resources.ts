import { cellsOf } from '../analysis/cells.ts';
import { type Token, tokensOf } from '../analysis/wildcard.ts';
import type { Catalog, CatalogAction } from '../catalog/catalog.ts';
import { splitArn } from '../policy/arn.ts';
import { ANY_RUN, type Glob, globOf } from '../policy/pattern.ts';
import { isAccountId } from '../policy/principal-id.ts';
import { isPartition, PARTITIONS, regionsOf } from '../policy/regions.ts';
import type { Steps } from '../policy/steps.ts';
import { readTemplate, type Template } from '../policy/variable.ts';

/** Parts of an ARN before its resource. */
const HEADS = 5;
const REGION = 3;
const ACCOUNT = 4;

/** A set of resources, as a policy's Resource or a form of ARN describes it, part by part. */
export interface Form {
  readonly heads: readonly Glob[];
  /** Those parts as written. */
  readonly written: readonly string[];
  readonly rest: readonly Token[];
}

/** `parts`: the five parts before the resource. */
export function formOf(parts: readonly string[], rest: Template): Form {
  const written = parts.slice(0, HEADS).map((part) => part.toLowerCase());
  return { heads: written.map(globOf), written, rest: tokensOf(rest, false) };
}

/** The form of a pattern of version 2012-10-17: `${*}` is a literal star. */
export function formOfPattern(text: string): Form {
  const parts = splitArn(text);
  return formOf(parts, readTemplate(parts[HEADS] ?? '', { variables: true, wildcards: true }));
}

/** The parts of a question, besides the pattern, that the choice of resources depends on. */
export interface About {
  readonly catalog: Catalog;
  readonly action: CatalogAction;
  /** The caller's partition; empty: it belongs to none. */
  readonly partition: string;
  /** For a bare `*`: the account whose resources are meant. Null: any account that the pattern matches. */
  readonly owner: string | null;
  /** Accounts that make a difference. */
  readonly accounts: ReadonlySet<string>;
  /** The distinctions that policies and known facts about resources make. */
  readonly forms: readonly Form[];
  /** A policy depends on the Region. */
  readonly regionMatters: boolean;
}

/** Resources of a pattern; each represents all resources that get the same decision. */
export interface PatternResources {
  readonly arns: readonly string[];
  /** False: some resources are not represented. */
  readonly complete: boolean;
}

/** Greatest number of resources that are decided for one pattern. */
const MOST_RESOURCES = 4096;

/**
 * `*` and `?` are wildcards and do not cross parts. A bare `*` means everything of one account that the action
 * can be asked on.
 */
export function* resourcesOf(pattern: string, about: About): Steps<PatternResources> {
  const parts = pattern === '*' ? Array<string>(HEADS + 1).fill('*') : splitArn(pattern);
  const wanted = formOf(parts, readTemplate(parts[HEADS] ?? '', { variables: false, wildcards: true }));
  const types = about.action.resourceTypes.flatMap(({ type }) => type.arns.map(formOfTemplate));
  const heads = new Set(types.flatMap((type) => headsOf(wanted, type, about)));
  // Not a type of the catalogue: the pattern itself is decided, and the answer says that it was not checked.
  if (heads.size === 0 && !wanted.written.some(hasWildcard)) heads.add(parts.slice(0, HEADS).join(':'));
  const arns = new Map<string, 'fits' | 'unknown'>();
  const known = new Map<string, readonly string[] | null>();
  const alike = new Set<string>();
  let complete = !(
    about.owner === null &&
    hasWildcard(wanted.written[ACCOUNT] ?? '') &&
    about.forms.some(dividesAccounts)
  );
  for (const head of heads) {
    const here = head.split(':');
    yield about.forms.length;
    const forms = [...about.forms, ...types].flatMap(({ heads: globs, rest }, index) =>
      globs.every((glob, i) => glob.matches((here[i] ?? '').toLowerCase())) ? [{ index, rest }] : [],
    );
    const key = forms.map(({ index }) => index).join();
    if (!about.regionMatters && isAlike(alike, here, key)) continue;
    if (!known.has(key)) {
      const rests = forms.map(({ rest }) => rest);
      known.set(key, yield* cellsOf(wanted.rest, [...rests, WITH_SLASH, ...OF_AWS]));
    }
    const cells = known.get(key) ?? null;
    const few = cells !== null && arns.size + cells.length <= MOST_RESOURCES;
    if (!few) complete = false;
    // If there are too many, one is enough: the answer then still has a decision.
    for (const rest of few
      ? cells
      : ((yield* cellsOf(
          wanted.rest,
          types.map((type) => type.rest),
        )) ?? [])) {
      yield 1;
      const arn = `${head}:${rest}`;
      const { kind } = about.catalog.fit(about.action, arn);
      if (kind !== 'misfit') arns.set(arn, kind);
    }
  }
  // If the action can be asked on some type that the pattern can match, resources of unknown form are not meant.
  const fitting = [...arns].filter(([, kind]) => kind === 'fits');
  return { arns: (fitting.length > 0 ? fitting : [...arns]).map(([arn]) => arn), complete };
}

/** One Region represents all Regions to which the same forms apply. */
function isAlike(
  seen: Set<string>,
  [scheme, partition, service, region, account]: readonly string[],
  key: string,
): boolean {
  const place = [scheme, partition, service, region === '', account, key].join();
  if (seen.has(place)) return true;
  seen.add(place);
  return false;
}

function tokens(text: string): readonly Token[] {
  return tokensOf(readTemplate(text, { variables: false, wildcards: true }), false);
}

/** Distinguishes an object from a bucket. */
const WITH_SLASH = tokens('*/*');
/** Distinctions that decisions make besides policies: kinds of resources, what belongs to AWS, access points. */
const OF_AWS = [
  'role/*',
  'key/*',
  'policy/*',
  'alias/aws/*',
  'role/aws-reserved/*',
  'role/aws-service-role/*',
  'accesspoint/*',
].map(tokens);

function hasWildcard(text: string): boolean {
  return text.includes('*') || text.includes('?');
}

/** It distinguishes accounts by something other than whole ids. */
function dividesAccounts({ written }: Form): boolean {
  const account = written[ACCOUNT] ?? '';
  return hasWildcard(account) && !/^\*+$/.test(account);
}

const PLACEHOLDER = /\$\{[^}]*\}/g;

/** The form of a template of the catalogue: a placeholder matches any text. */
function formOfTemplate(template: string): Form {
  const parts = splitArn(template);
  const rest: (string | typeof ANY_RUN)[] = [];
  for (const [i, text] of (parts[HEADS] ?? '').split(PLACEHOLDER).entries()) {
    if (i > 0) rest.push(ANY_RUN);
    if (text !== '') rest.push(text);
  }
  return formOf(
    parts.map((part) => part.replace(PLACEHOLDER, '*')),
    rest,
  );
}

/** The five parts, for every way in which the pattern and a type of the catalogue agree on them. */
function headsOf(wanted: Form, type: Form, about: About): readonly string[] {
  let heads: readonly (readonly string[])[] = [['arn']].filter(() => wanted.heads[0]?.matches('arn') === true);
  for (let i = 1; i < HEADS; i += 1) {
    heads = heads.flatMap((head) => partsAt(i, wanted, type, about, head).map((part) => [...head, part]));
  }
  return heads.map((head) => head.join(':'));
}

function partsAt(i: number, wanted: Form, type: Form, about: About, head: readonly string[]): readonly string[] {
  const text = wanted.written[i] ?? '';
  const ofType = type.written[i] ?? '';
  if (!hasWildcard(ofType)) return wanted.heads[i]?.matches(ofType) === true ? [ofType] : [];
  if (!hasWildcard(text)) return [text];
  const [, partition = '', service = ''] = head;
  if (i === 1) return partitionsOf(about).filter((part) => wanted.heads[i]?.matches(part) === true);
  const ofAws = service === 'iam' ? ['aws'] : [];
  const accounts = about.owner === null ? [...accountsOf(text, about), ...ofAws] : [about.owner];
  const all = i === REGION ? regionsOf(partition) : accounts;
  return all.filter((part) => wanted.heads[i]?.matches(part) === true);
}

/** Access never crosses partitions: of all partitions, only the caller's is meant. */
function partitionsOf({ partition }: About): readonly string[] {
  return isPartition(partition) ? [partition] : PARTITIONS;
}

/** The accounts that make a difference, and one that makes none. */
function accountsOf(text: string, { accounts, forms }: About): readonly string[] {
  const named = new Set(accounts);
  for (const { written } of forms) if (isAccountId(written[ACCOUNT] ?? '')) named.add(written[ACCOUNT] ?? '');
  const other = otherAccount(globOf(text), text, named);
  return other === null ? [...named] : [...named, other];
}

const DIGITS = 12;

/** An account id that the pattern matches and that is none of these; null: none was found. */
function otherAccount(glob: Glob, text: string, named: ReadonlySet<string>): string | null {
  const fixed = text.replaceAll('*', '').length;
  for (let i = 0; i < 100; i += 1) {
    const fill = String(i).padStart(Math.max(0, DIGITS - fixed), '7');
    const id = text
      .replace('*', fill)
      .replaceAll('*', '')
      .replaceAll('?', String(i % 10));
    if (isAccountId(id) && glob.matches(id) && !named.has(id)) return id;
  }
  return null;
}
