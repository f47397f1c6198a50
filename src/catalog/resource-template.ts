/**
 * An ARN template of the service authorization reference: literal text with placeholders `${Name}`. A placeholder matches
 * any text, as AWS means it: `${ObjectName}` may contain slashes, `${RoleNameWithPath}` a path. Only the name of a bucket that
 * is the whole resource contains no slash: this tells a bucket from an object.
 */
interface Template {
  readonly literals: readonly string[];
  readonly specificity: number;
}

const BUCKET = ':s3:::${BucketName}';
/** More than AWS has, several times over. */
const MOST_CACHED = 16_384;
const cache = new Map<string, Template>();

function parse(template: string): Template {
  const known = cache.get(template);
  if (known !== undefined) return known;
  const literals: string[] = [];
  let from = 0;
  for (let at = template.indexOf('${'); at >= 0; at = template.indexOf('${', from)) {
    literals.push(template.slice(from, at));
    from = template.indexOf('}', at) + 1;
  }
  literals.push(template.slice(from));
  const parsed = { literals, specificity: literals.reduce((sum, literal) => sum + literal.length, 0) };
  if (cache.size >= MOST_CACHED) cache.clear();
  cache.set(template, parsed);
  return parsed;
}

/** The number of literal characters: of two matching templates, the one with more is more specific. */
export function specificity(template: string): number {
  return parse(template).specificity;
}

/** Whether `arn` has the form of `template`. A placeholder may match nothing (the region). */
export function matchesTemplate(template: string, arn: string): boolean {
  return fixedIn(template, arn) >= 0;
}

/** How much of `arn` its form depends on: whatever follows it, the template matches. Null: on all of it, or it does not match. */
export function fixedPart(template: string, arn: string): string | null {
  const fixed = template.endsWith('}') && !template.endsWith(BUCKET) ? fixedIn(template, arn) : -1;
  return fixed < 0 ? null : arn.slice(0, fixed);
}

/** The place behind the last literal before the last one, if `arn` has the form of `template`; otherwise -1. */
function fixedIn(template: string, arn: string): number {
  const { literals } = parse(template);
  if (template.endsWith(BUCKET) && arn.includes('/')) return -1;
  const first = literals[0] ?? '';
  const last = literals[literals.length - 1] ?? '';
  if (literals.length === 1) return template === arn ? arn.length : -1;
  if (!arn.startsWith(first) || !arn.endsWith(last)) return -1;
  const end = arn.length - last.length;
  let at = first.length;
  // Leftmost matches suffice: a literal found later leaves less for those behind it.
  for (let index = 1; index < literals.length - 1; index++) {
    const literal = literals[index] ?? '';
    const found = arn.indexOf(literal, at);
    if (found < 0 || found + literal.length > end) return -1;
    at = found + literal.length;
  }
  return at <= end ? at : -1;
}
