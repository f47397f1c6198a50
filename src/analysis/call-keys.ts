import { ACTIONS_WITH_OWN_KEYS } from '../evaluation/call-keys.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import { homeRegion } from '../evaluation/home-regions.ts';
import type { PreparedPrincipal } from '../evaluation/prepare.ts';
import type { ActionFacts, RequestFacts } from '../evaluation/request.ts';
import type { ContextKey } from '../policy/context-key.ts';
import type { Steps } from '../policy/steps.ts';
import type { Entry } from './entry.ts';
import type { Term } from './term.ts';

/** Call keys that the action and the principal determine, at least in part: the resource determines the rest. */
const CALLER_ACCOUNT = 'kms:calleraccount';
const REGION = 'ec2:region';
const OWNERS: ReadonlySet<string> = new Set(['s3:resourceaccount', 's3express:resourceaccount']);
const REQUESTED_REGION = 'aws:requestedregion';

/**
 * Condition keys that follow from the requested action (kms:CallerAccount, the Region of a service that has only
 * one): their values are settled for each action, after the statements were prepared for all actions.
 */
export class CallKeys {
  readonly #partition: string;
  readonly #assumesRegion: boolean;
  /** Entries whose conditions read such keys. */
  readonly #reading: ReadonlySet<Entry>;

  constructor({ partition }: PreparedPrincipal, request: RequestFacts, entries: readonly Entry[]) {
    this.#partition = partition;
    this.#assumesRegion = request.assumes === true && !request.context.has(REQUESTED_REGION);
    this.#reading = new Set(
      entries.filter(({ statement }) =>
        statement.conditions.some(({ keys }) => keys.some(({ name }) => NAMES.has(name))),
      ),
    );
  }

  /** Equal for actions for which the keys have the same values. */
  traits({ service, name }: ActionFacts): string {
    if (this.#reading.size === 0) return '';
    const single = ACTIONS_WITH_OWN_KEYS.has(name.toLowerCase()) ? name : '';
    const own = WITH_OWN_KEYS.has(service) ? service : '';
    return `${own}/${single}/${this.#home(service) ?? ''}`;
  }

  /** The entries with the key values of `call` settled; `call` has the action, but no resource. */
  settled(entries: readonly Entry[], call: Evaluation): readonly Entry[] {
    if (this.#reading.size === 0) return entries;
    return entries.map((entry): Entry => {
      if (!this.#reading.has(entry)) return entry;
      let terms: readonly Term[] | undefined;
      const settledTerm = (term: Term): readonly Term[] => this.#settledTerm(term, call);
      function* settle(): Steps<readonly Term[]> {
        terms ??= (yield* entry.terms()).flatMap(settledTerm);
        return terms;
      }
      return { ...entry, terms: settle };
    });
  }

  #settledTerm(term: Term, call: Evaluation): readonly Term[] {
    const open: Term['conditions'][number][] = [];
    for (const use of term.conditions) {
      if (!use.condition.keys.every((key) => this.#isSettled(key, call))) open.push(use);
      else if (!use.condition.holds(call)) return [];
    }
    return [open.length === term.conditions.length ? term : { ...term, conditions: open }];
  }

  #isSettled({ name }: ContextKey, { action: { service } }: Evaluation): boolean {
    if (name === CALLER_ACCOUNT) return true;
    if (name === REGION) return service !== 'ec2';
    if (OWNERS.has(name)) return !name.startsWith(`${service}:`);
    return name === REQUESTED_REGION && this.#home(service) !== undefined;
  }

  #home(service: string): string | undefined {
    return this.#assumesRegion ? homeRegion(this.#partition, service) : undefined;
  }
}

const NAMES: ReadonlySet<string> = new Set([CALLER_ACCOUNT, REGION, REQUESTED_REGION, ...OWNERS]);

const WITH_OWN_KEYS: ReadonlySet<string> = new Set(['ec2', 'kms', 's3', 's3express']);
