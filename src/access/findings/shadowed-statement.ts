import { covers } from '../../analysis/grants/covers.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Steps } from '../../policy/steps.ts';
import type { CheckedDocument } from '../policy-checks/checked-document.ts';
import { actionsNamed } from './action-sets.ts';
import { type NewFinding, NOTHING_ELSE } from './finding.ts';
import { type FoundDocument, named, statementIn } from './found-document.ts';

/** An Allow, and another one of its document that contains it, by their places in the list of statements. */
export interface Shadow {
  readonly narrow: number;
  readonly wide: number;
}

/** Documents with more Allows are not gone through: each is compared with all others. */
const MOST_ALLOWS = 100;

/** The Allows that another Allow of the document contains, whatever a request is. Of two that are alike, the later one. */
export function* shadowsIn(catalog: Catalog, { statements }: CheckedDocument): Steps<readonly Shadow[]> {
  // What stands beside the document (RCPFullAWSAccess) allows everything, and is none of its statements.
  const allows = [...statements.entries()].filter(([, { statement }]) => statement.allows && statement.index >= 0);
  if (allows.length < 2 || allows.length > MOST_ALLOWS) return [];
  const about = new Map<number, ReadonlySet<unknown>>();
  for (const [at, { statement }] of allows) about.set(at, yield* actionsNamed(catalog, statement));
  const contained = new Set<number>();
  const found: Shadow[] = [];
  // From the end, so that the first of those that are alike remains.
  for (const [narrow, one] of allows.toReversed()) {
    const actions = about.get(narrow) ?? new Set();
    if (actions.size === 0) continue;
    for (const [wide, other] of allows) {
      if (wide === narrow || contained.has(wide)) continue;
      yield actions.size;
      const others = about.get(wide);
      if (others === undefined || ![...actions].every((action) => others.has(action))) continue;
      if (!(yield* covers(other, one))) continue;
      contained.add(narrow);
      found.push({ narrow, wide });
      break;
    }
  }
  return found.toReversed();
}

export function shadowedStatements(
  document: FoundDocument,
  { statements }: CheckedDocument,
  shadows: readonly Shadow[],
): readonly NewFinding[] {
  return shadows.flatMap(({ narrow, wide }): NewFinding[] => {
    const [one, other] = [statements[narrow]?.statement, statements[wide]?.statement];
    if (one === undefined || other === undefined) return [];
    return [
      {
        ...NOTHING_ELSE,
        kind: 'SHADOWED_STATEMENT',
        weight: 'LOW',
        arn: document.arn,
        accountId: document.accountId,
        policyName: document.policyName,
        message: `Statement[${one.index}] of ${named(document)} allows nothing that Statement[${other.index}] does not allow`,
        statements: [statementIn(document, one), statementIn(document, other)],
      },
    ];
  });
}
