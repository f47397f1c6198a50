import type { ContextReader } from '../../policy/context-key.ts';
import type { Steps } from '../../policy/steps.ts';
import { readTemplate, resolveTemplate } from '../../policy/variable.ts';
import { cellsOf, inEitherCase, PART_ONE, PART_RUN } from '../cells.ts';
import { ONE, RUN, type Token, tokensOf } from '../wildcard.ts';

/** The values of a condition that compares texts. */
export interface TextUse {
  readonly operator: string;
  readonly values: readonly string[];
  /** Its document supports policy variables. */
  readonly variables: boolean;
}

const COLON = 58;
/** Colons before the last part of an ARN, in which colons have no meaning. */
const COLONS = 5;

const ANY_TEXT: readonly Token[] = [RUN];
const ANY_ARN: readonly Token[] = [...Array.from({ length: COLONS }, () => [PART_RUN, COLON]).flat(), RUN];
/** With a partition, a service and a resource. */
const ARN: readonly Token[] = [
  ...tokens('arn:'),
  PART_ONE,
  PART_RUN,
  COLON,
  PART_ONE,
  PART_RUN,
  COLON,
  PART_RUN,
  COLON,
  PART_RUN,
  COLON,
  ONE,
  RUN,
];

/**
 * Texts of every set that the conditions divide all texts into. `isArn`: the key has ARNs. If there are too many, only some, and
 * `complete` is false.
 */
export function* textsOf(
  uses: readonly TextUse[],
  isArn: boolean,
  reader: ContextReader,
): Steps<{ readonly texts: readonly string[]; readonly complete: boolean }> {
  const patterns = uses.flatMap((use) => patternsOf(use, reader));
  if (uses.some(({ operator }) => operator.startsWith('Arn'))) patterns.push(ANY_ARN);
  const domain = isArn ? ARN : ANY_TEXT;
  const cells = yield* cellsOf(domain, patterns);
  // The empty text is a text, too.
  const empty = isArn ? [] : [''];
  if (cells !== null) return { texts: [...cells, ...empty], complete: true };
  const texts: string[] = [];
  for (const pattern of patterns.slice(0, MOST_ALONE))
    texts.push(...((yield* cellsOf(pattern, [domain])) ?? []).slice(0, 1));
  return { texts: [...texts, ...empty], complete: false };
}

/** Patterns of which a text is tried when there are too many. */
const MOST_ALONE = 200;

/** Those that cannot match anything are left out. */
export function patternsOf({ operator, values, variables }: TextUse, reader: ContextReader): (readonly Token[])[] {
  const isArn = operator.startsWith('Arn');
  const wildcards = isArn || operator === 'StringLike' || operator === 'StringNotLike';
  const withoutCase = operator.endsWith('IgnoreCase');
  return values.flatMap((value) => {
    const pieces = resolveTemplate(readTemplate(value, { variables, wildcards }), reader);
    if (pieces === null) return [];
    const pattern = tokensOf(pieces, false);
    if (isArn) return arnTokens(pattern);
    return [withoutCase ? inEitherCase(pattern) : pattern];
  });
}

/** A bare star is any ARN; wildcards before the last part do not cross colons. */
function arnTokens(pattern: readonly Token[]): readonly (readonly Token[])[] {
  if (pattern.length > 0 && pattern.every((token) => token === RUN)) return [ANY_ARN];
  let colons = 0;
  const found = pattern.map((token) => {
    if (token === COLON) colons += 1;
    if (colons >= COLONS) return token;
    if (token === RUN) return PART_RUN;
    return token === ONE ? PART_ONE : token;
  });
  return colons < COLONS ? [] : [found];
}

function tokens(text: string): readonly Token[] {
  return tokensOf([text], false);
}
