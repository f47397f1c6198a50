import type { Catalog } from '../../catalog/catalog.ts';
import type { DocumentFinding } from '../../validation/validate-policy.ts';
import { type CheckedDocument, checkedDocument, isUnreadable } from '../policy-checks/checked-document.ts';
import type { Work } from '../work.ts';
import { type Danger, dangerousGrants, dangersIn } from './dangerous-grant.ts';
import type { FindingKind, NewFinding } from './finding.ts';
import type { FoundDocument } from './found-document.ts';
import { grantsNothing, isWithoutGrant } from './grants-nothing.ts';
import { type Shadow, shadowedStatements, shadowsIn } from './shadowed-statement.ts';
import { unreadableDocument } from './unreadable-document.ts';

/** What is found in a text, wherever it stands. */
interface OfText {
  /** Null: it cannot be read. */
  readonly document: CheckedDocument | null;
  readonly unreadable: readonly DocumentFinding[];
  readonly dangers: readonly Danger[];
  readonly shadows: readonly Shadow[];
  readonly isWithoutGrant: boolean;
}

/** Texts whose findings are kept: holders of one document come one after the other, mostly. */
const MOST_TEXTS = 1_000;

/** Finds what documents say by themselves. A text that stands in several places is gone through once. */
export class DocumentFindings {
  readonly #catalog: Catalog;
  readonly #kinds: ReadonlySet<FindingKind>;
  readonly #work: Work;
  readonly #now: number;
  readonly #texts = new Map<string, OfText>();

  constructor(catalog: Catalog, kinds: ReadonlySet<FindingKind>, work: Work, now: number) {
    this.#catalog = catalog;
    this.#kinds = kinds;
    this.#work = work;
    this.#now = now;
  }

  async of(found: FoundDocument): Promise<readonly NewFinding[]> {
    const { text } = found.attached.policy.source;
    if (found.attached.policy.closed || text === null) {
      return this.#kinds.has('UNREADABLE_DOCUMENT') ? [unreadableDocument(found, [])] : [];
    }
    const { document, unreadable, dangers, shadows, isWithoutGrant: grantsNone } = await this.#ofText(text, found.kind);
    if (document === null) {
      return this.#kinds.has('UNREADABLE_DOCUMENT') ? [unreadableDocument(found, unreadable)] : [];
    }
    return [
      ...dangerousGrants(found, document, dangers),
      ...shadowedStatements(found, document, shadows),
      ...(grantsNone ? [grantsNothing(found, document)] : []),
    ];
  }

  async #ofText(text: string, kind: FoundDocument['kind']): Promise<OfText> {
    const key = `${kind} ${text}`;
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const made = await this.#goThrough(text, kind);
    if (this.#texts.size >= MOST_TEXTS) this.#texts.clear();
    this.#texts.set(key, made);
    return made;
  }

  async #goThrough(text: string, kind: FoundDocument['kind']): Promise<OfText> {
    const [catalog, work, kinds] = [this.#catalog, this.#work, this.#kinds];
    const document = await work.run(checkedDocument(text, kind));
    const nothing = { document: null, unreadable: [], dangers: [], shadows: [], isWithoutGrant: false };
    if (isUnreadable(document)) return { ...nothing, unreadable: document.findings };
    const isIdentity = kind === 'identity';
    const dangers = isIdentity ? await work.run(dangersIn(catalog, document, kinds, this.#now)) : [];
    const shadows = kinds.has('SHADOWED_STATEMENT') ? await work.run(shadowsIn(catalog, document)) : [];
    const grantsNone =
      isIdentity &&
      dangers.length === 0 &&
      kinds.has('GRANTS_NOTHING') &&
      (await work.run(isWithoutGrant(catalog, document, this.#now)));
    return { document, unreadable: [], dangers, shadows, isWithoutGrant: grantsNone };
  }
}
