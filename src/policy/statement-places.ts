import { type Located, type Place, parseJsonText, placesIn } from './json-text.ts';
import { memberOf } from './unreadable.ts';

/** Where a statement begins and ends in the text of its document. */
export interface StatementPlace {
  readonly start: Place;
  readonly end: Place;
}

/**
 * The places of the statements of a document, in order, as AWS's policy simulator tells them. It tells where its JSON reader
 * stands: before a statement behind the bracket that opens the list, or behind the statement before; at a single statement without
 * a list behind its brace; and after a statement behind its last brace. Lines and columns are counted from 1.
 * https://github.com/aws/aws-cli/blob/v2/awscli/examples/iam/simulate-custom-policy.rst and simulate-principal-policy.rst show it.
 * Linear in the length of the text, which must be a policy document.
 */
export function statementPlaces(text: string): readonly StatementPlace[] {
  const statement = memberOf(parseJsonText(text), 'Statement');
  if (statement === undefined) return [];
  const placeOf = placesIn(text);
  const between = (start: number, { end }: Located): StatementPlace => ({ start: placeOf(start), end: placeOf(end) });
  const opened = statement.offset + 1;
  const { items } = statement;
  if (items === null) return [between(opened, statement)];
  return items.map((item, index) => between(items[index - 1]?.end ?? opened, item));
}
