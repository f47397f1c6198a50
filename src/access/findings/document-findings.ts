import type { Catalog } from '../../catalog/catalog.ts';
import {
  type CheckedDocument,
  checkedDocument,
  checkedPolicy,
  isUnreadable,
} from '../policy-checks/checked-document.ts';
import type { Work } from '../work.ts';
import { bytesOfWitness, type Danger, dangerousGrants, dangersIn } from './dangerous-grant.ts';
import type { FindingKind, NewFinding } from './finding.ts';
import type { FoundDocument } from './found-document.ts';
import { grantsNothing, isWithoutGrant } from './grants-nothing.ts';
import { dependsOnTime, RememberedByCatalog } from './remembered.ts';
import { type Shadow, shadowedStatements, shadowsIn } from './shadowed-statement.ts';
import { unreadableDocument } from './unreadable-document.ts';

/** What is found in a text that can be read, wherever it stands. */
interface OfText {
  readonly dangers: readonly Danger[];
  readonly shadows: readonly Shadow[];
  readonly isWithoutGrant: boolean;
}

/** By kind of document, what is looked for, and the text. */
const texts = new RememberedByCatalog<OfText>();

const NOTHING: OfText = { dangers: [], shadows: [], isWithoutGrant: false };

/** Finds what documents say by themselves. A text that stands in several places, or stood there before, is gone through once. */
export class DocumentFindings {
  readonly #catalog: Catalog;
  readonly #kinds: ReadonlySet<FindingKind>;
  readonly #work: Work;
  readonly #now: number;
  readonly #asked: string;

  constructor(catalog: Catalog, kinds: ReadonlySet<FindingKind>, work: Work, now: number) {
    this.#catalog = catalog;
    this.#kinds = kinds;
    this.#work = work;
    this.#now = now;
    this.#asked = [...kinds].sort().join();
  }

  async of(found: FoundDocument): Promise<readonly NewFinding[]> {
    const { kind, attached } = found;
    const { text } = attached.policy.source;
    const isAsked = this.#kinds.has('UNREADABLE_DOCUMENT');
    if (attached.policy.closed || text === null) return isAsked ? [unreadableDocument(found, [])] : [];
    const document = checkedPolicy(attached.policy, text) ?? (await this.#work.run(checkedDocument(text, kind)));
    if (isUnreadable(document)) return isAsked ? [unreadableDocument(found, document.findings)] : [];
    const { dangers, shadows, isWithoutGrant: grantsNone } = await this.#ofText(document, kind);
    return [
      ...dangerousGrants(found, document, dangers),
      ...shadowedStatements(found, document, shadows),
      ...(grantsNone ? [grantsNothing(found, document)] : []),
    ];
  }

  async #ofText(document: CheckedDocument, kind: FoundDocument['kind']): Promise<OfText> {
    if (!this.#isOfInterest(document, kind)) return NOTHING;
    const memory = texts.of(this.#catalog);
    const key = `${kind} ${this.#asked} ${document.text}`;
    const known = memory.get(key);
    if (known !== undefined) return known;
    const made = await this.#goThrough(document, kind);
    if (!dependsOnTime(document.policy.statements)) memory.set(key, made, bytesOf(made));
    return made;
  }

  /** Most trust policies, and policies of resources, have one Allow: nothing is found in those by themselves. */
  #isOfInterest({ statements }: CheckedDocument, kind: FoundDocument['kind']): boolean {
    const allows = statements.filter(({ statement }) => statement.allows).length;
    return kind === 'identity' ? allows > 0 : allows > 1 && this.#kinds.has('SHADOWED_STATEMENT');
  }

  async #goThrough(document: CheckedDocument, kind: FoundDocument['kind']): Promise<OfText> {
    const [catalog, work, kinds] = [this.#catalog, this.#work, this.#kinds];
    const isIdentity = kind === 'identity';
    const dangers = isIdentity ? await work.run(dangersIn(catalog, document, kinds, this.#now)) : [];
    const shadows = kinds.has('SHADOWED_STATEMENT') ? await work.run(shadowsIn(catalog, document)) : [];
    const grantsNone =
      isIdentity &&
      dangers.length === 0 &&
      kinds.has('GRANTS_NOTHING') &&
      (await work.run(isWithoutGrant(catalog, document, this.#now)));
    return dangers.length + shadows.length === 0 && !grantsNone
      ? NOTHING
      : { dangers, shadows, isWithoutGrant: grantsNone };
  }
}

/** About what it takes to keep it. */
function bytesOf({ dangers, shadows }: OfText): number {
  return dangers.reduce(
    (sum, { actions, witness }) => sum + 500 + 20 * actions.length + bytesOfWitness(witness),
    100 * shadows.length,
  );
}
