import { createHash } from 'node:crypto';
import type { IndexedDocument, PrincipalIndex } from '../directory/principals/indexed-principals.ts';
import { CallerDependence } from '../evaluation/caller-marks.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';
import { actionName } from '../evaluation/layer-set.ts';
import { Rule } from '../evaluation/rule.ts';
import { actionMatches } from '../policy/action-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { Steps } from '../policy/steps.ts';
import type { Numbered } from './numbered.ts';
import type { AskedOfAll } from './open-request.ts';

/** A statement that depends on more than the request. */
interface OpenRule {
  readonly token: number;
  /** Null: it is the same for all callers of one kind. */
  readonly dependence: CallerDependence | null;
}

/** What a document says about the request. */
export interface Said {
  /** Whether a statement allows, or denies, whatever else is given. */
  readonly always: number;
  /** Whether one allows, or may. */
  readonly mayAllow: boolean;
  readonly open: readonly OpenRule[];
}

const ALWAYS_ALLOWS = 1;
const ALWAYS_DENIES = 2;

/** What the documents of all principals say about an open request. Those that say nothing are left out. */
export class SaidByDocuments {
  readonly identity = new Map<IndexedDocument, Said>();
  readonly boundary = new Map<IndexedDocument, Said>();
  /** A policy of some principal depends on whose the resource is. */
  asksForOwner = false;
  readonly #index: PrincipalIndex;
  readonly #asked: AskedOfAll;
  readonly #numbered: Numbered;

  constructor(index: PrincipalIndex, asked: AskedOfAll, numbered: Numbered) {
    this.#index = index;
    this.#asked = asked;
    this.#numbered = numbered;
  }

  /** Equal for requests about which the documents say the same in the same statements; null: the action makes a difference. */
  likeness(): string | null {
    const all = createHash('sha256');
    for (const [document, { always, mayAllow, open }] of this.identity) {
      if (open.some(({ dependence }) => dependence?.dependsOnAction === true)) return null;
      all.update(`${document.hash} ${always} ${mayAllow} ${open.map(({ token }) => token).join(',')}\n`);
    }
    return `${this.asksForOwner} ${all.digest('base64')}`;
  }

  *read(): Steps<void> {
    for (const document of this.#index.documentsAbout(this.#asked.open.action.service)) {
      if (this.#readOne(document)) yield 1;
    }
  }

  /** False: it cannot be read. */
  #readOne(document: IndexedDocument): boolean {
    const { action } = this.#asked.open;
    if (!document.isWhole) return false;
    const policy = this.#index.compiled(document);
    const name = actionName(action);
    const about = policy.statements.filter(({ actions }) => actionMatches(actions, action.service, name));
    if (about.length === 0) return true;
    this.asksForOwner ||= about.some(asksForOwner);
    const attached = { policy, id: document.hash, name: null, arn: null };
    const read = (layer: PolicyLayer): Said => {
      let always = 0;
      let mayAllow = false;
      const open: OpenRule[] = [];
      for (const statement of about) {
        const relevance = this.#asked.relevanceOf(statement);
        if (relevance === 'NEVER') continue;
        mayAllow ||= statement.allows;
        if (relevance === 'ALWAYS') {
          always |= statement.allows ? ALWAYS_ALLOWS : ALWAYS_DENIES;
          continue;
        }
        const rule = new Rule(statement, attached, layer, 0);
        const token = this.#numbered.text(`${document.hash} ${statement.index}`);
        open.push({ token, dependence: CallerDependence.of(rule) });
      }
      return { always, mayAllow, open };
    };
    const said = read('IDENTITY_POLICY');
    if (said.always === 0 && said.open.length === 0) return true;
    this.identity.set(document, said);
    this.boundary.set(document, read('PERMISSIONS_BOUNDARY'));
    return true;
  }
}

export function asksForOwner({ conditions }: CompiledStatement): boolean {
  return conditions.some(({ keys }) => keys.some(({ owner, tag }) => owner === 'resource' && tag === null));
}
