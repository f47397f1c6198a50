import { overlap, type Token, tokensOf } from '../analysis/wildcard.ts';
import { splitArn } from '../policy/arn.ts';
import { globOf } from '../policy/pattern.ts';
import { readTemplate } from '../policy/variable.ts';
import type { KnownAction, KnownType } from './known-names.ts';

/** Types of resource by the service in their ARNs; types with ARNs of any service are under `*`. */
export type TypesByService = ReadonlyMap<string, ReadonlySet<KnownType>>;

const LAST = 5;
const BUCKET = '${BucketName}';
const VARIABLES = /\$\{[^}]*\}/g;
/** Characters; no ARN of IAM is longer. */
const LONGEST_ARN = 2048;

const taken = new WeakMap<ReadonlySet<KnownAction>, TypesByService>();

/** The types that some of the actions take. */
export function takenTypes(actions: ReadonlySet<KnownAction>): TypesByService {
  let types = taken.get(actions);
  if (types === undefined) {
    types = readTypes(actions);
    taken.set(actions, types);
  }
  return types;
}

function readTypes(actions: ReadonlySet<KnownAction>): TypesByService {
  // Actions share their lists of types.
  const lists = new Set([...actions].map((action) => action.resourceTypes));
  const byService = new Map<string, Set<KnownType>>();
  for (const { type } of [...lists].flat()) {
    for (const arn of type.arns) {
      const service = arn.split(':', 3)[2] ?? '';
      const key = service.includes('${') ? '*' : service;
      const types = byService.get(key);
      if (types === undefined) byService.set(key, new Set([type]));
      else types.add(type);
    }
  }
  return byService;
}

/** Those of `types` that could be the type of a resource that the policy's `text` matches. */
export function fittingTypes(types: Iterable<KnownType>, text: string, variables: boolean): readonly KnownType[] {
  const parts = splitArn(text);
  return [...types].filter((type) => type.arns.some((arn) => fits(splitArn(arn), parts, variables)));
}

/**
 * Whether some ARN of the catalogue's form could match the policy's pattern. True is not a proof: placeholders match
 * any text, also the empty one.
 */
function fits(form: readonly string[], pattern: readonly string[], variables: boolean): boolean {
  for (let i = 0; i < LAST; i += 1) {
    const wanted = form[i] ?? '';
    if (wanted.includes('${') || wanted === '*') continue;
    if (!globOf((pattern[i] ?? '').toLowerCase()).matches(wanted)) return false;
  }
  return resourcesMeet(form[LAST] ?? '', pattern[LAST] ?? '', variables);
}

function resourcesMeet(form: string, pattern: string, variables: boolean): boolean {
  // The name of a bucket contains no slash: `bucket/*` matches only objects.
  if (form === BUCKET && (variables ? pattern.replace(VARIABLES, '') : pattern).includes('/')) return false;
  const literal = beginning(pattern, variables ? /[*?]|\$\{/ : /[*?]/);
  const prefix = beginning(form, /\*|\$\{/);
  if (!literal.startsWith(prefix)) {
    // A wildcard before the type is known (`*`, `inst*`): only the text before it is compared, for speed.
    return literal !== pattern && prefix.startsWith(literal);
  }
  if (pattern.length > LONGEST_ARN) return true;
  return overlap(formTokens(form), tokensOf(readTemplate(pattern, { variables, wildcards: true }), false));
}

function beginning(text: string, wildcard: RegExp): string {
  const end = text.search(wildcard);
  return end < 0 ? text : text.slice(0, end);
}

/** At most as many entries as the catalogue has forms. */
const tokensOfForms = new Map<string, readonly Token[]>();

function formTokens(form: string): readonly Token[] {
  let tokens = tokensOfForms.get(form);
  if (tokens === undefined) {
    const pattern = form.replace(/\$\{[^}]*\}/g, '*');
    tokens = tokensOf(readTemplate(pattern, { variables: false, wildcards: true }), false);
    tokensOfForms.set(form, tokens);
  }
  return tokens;
}
