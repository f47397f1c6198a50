import type { IndexedDocument, IndexedHolder, IndexedPrincipal } from '../directory/principals/indexed-principals.ts';
import type { CallerDependence } from '../evaluation/caller-marks.ts';
import { Evaluation } from '../evaluation/evaluation.ts';
import { type AccountOfCaller, callerOf } from './caller-facts.ts';
import type { Numbered } from './numbered.ts';
import type { AskedOfAll } from './open-request.ts';
import type { Said } from './said-by-documents.ts';

/** The reading of one principal: what it holds becomes one number. */
export class PrincipalReading {
  readonly #one: IndexedPrincipal;
  readonly #account: AccountOfCaller;
  readonly #asked: AskedOfAll;
  readonly #numbered: Numbered;
  #evaluation: Evaluation | null = null;
  #always = 0;
  #isAlone = false;
  key = 0;

  constructor(one: IndexedPrincipal, account: AccountOfCaller, asked: AskedOfAll, numbered: Numbered) {
    this.#one = one;
    this.#account = account;
    this.#asked = asked;
    this.#numbered = numbered;
  }

  begin(key: number): void {
    this.key = key;
  }

  mark(dependence: CallerDependence): void {
    const { action, resource, request } = this.#asked.open;
    this.#evaluation ??= new Evaluation(callerOf(this.#one, this.#account), action, resource, request);
    // Which of many resources a statement is about is not seen on one of them.
    const marks = this.#asked.isOfMany && dependence.namesResources ? null : dependence.marks(this.#evaluation);
    if (marks === null) this.#isAlone = true;
    else this.key = this.#numbered.pair(this.key, this.#numbered.text(marks));
  }

  addHolder({ arn, inline, attached }: IndexedHolder, said: ReadonlyMap<IndexedDocument, Said>): void {
    for (const document of inline) this.add(document, said, arn);
    for (const policy of attached) this.add(policy.document, said, policy.arn);
  }

  add(document: IndexedDocument, said: ReadonlyMap<IndexedDocument, Said>, place: string): void {
    if (!document.isWhole) this.#isAlone = true;
    const about = said.get(document);
    if (about === undefined) return;
    this.#always |= about.always;
    for (const { token, dependence } of about.open) {
      this.key = this.#numbered.pair(this.key, token);
      if (this.#asked.options.byPlace) this.key = this.#numbered.pair(this.key, this.#numbered.text(place));
      if (dependence !== null) this.mark(dependence);
    }
  }

  /** The number of a layer that is read; null: it is like that of nobody else. */
  end(): number | null {
    this.key = this.#numbered.pair(this.key, this.#always);
    this.#always = 0;
    return this.#isAlone ? null : this.key;
  }
}

/** Whether a policy that the principal holds allows, or may, or cannot be read. */
export function mayBeAllowed(
  { inline, attached, groups, boundary }: IndexedPrincipal,
  said: ReadonlyMap<IndexedDocument, Said>,
): boolean {
  if (boundary !== null && !boundary.document.isWhole) return true;
  if (holderMayAllow(inline, attached, said)) return true;
  for (const group of groups) if (holderMayAllow(group.inline, group.attached, said)) return true;
  return false;
}

function holderMayAllow(
  inline: IndexedHolder['inline'],
  attached: IndexedHolder['attached'],
  said: ReadonlyMap<IndexedDocument, Said>,
): boolean {
  for (const document of inline) if (!document.isWhole || said.get(document)?.mayAllow === true) return true;
  for (const { document } of attached) if (!document.isWhole || said.get(document)?.mayAllow === true) return true;
  return false;
}
