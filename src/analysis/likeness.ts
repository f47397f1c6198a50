import { CallerDependence } from '../evaluation/caller-marks.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import type { PreparedPrincipal, PreparedResource } from '../evaluation/prepare.ts';
import { Rule } from '../evaluation/rule.ts';
import { isServiceLinked } from '../evaluation/service-linked.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import { templateKeys } from '../policy/variable.ts';
import type { Bearer, Entry, Slot, StatementPlace } from './entry.ts';

/** What a closed form is made of. */
interface Parts {
  readonly principal: PreparedPrincipal;
  readonly entries: readonly Entry[];
  readonly never: ReadonlySet<string>;
  /** The principal on a resource, or on no certain one (null). */
  readonly at: (resource: PreparedResource | null) => Evaluation;
}

/**
 * A text from which everything follows that a closed form says: two forms with the same one, for requests with the same context at the
 * same time, have the same terms, which come from the same policies. It compares objects that one process keeps, and holds there alone.
 * Null: it is like no other, because it depends on the name of its session.
 */
export function likenessOf({ principal, entries, never, at }: Parts): string | null {
  const { facts, accountId, partition, policies, session, closedBy } = principal;
  const parts: unknown[] = [
    [facts.kind, isServiceLinked(facts), accountId, partition, closedBy, [...never].sort()],
    [policies === null, policies?.source.boundary == null, policies?.source.serviceControl?.length ?? null],
    session === null ? null : session.source.length,
  ];
  for (const { slot, statement, place } of entries) {
    const dependent = place === null ? '' : dependentText(statement, place, at(bearerOf(slot)?.resource ?? null));
    if (dependent === null) return null;
    const { layer = '', attached = null } = place ?? {};
    const origin = attached === null ? null : [attached.id, attached.arn, attached.holder];
    parts.push([slotParts(slot), numberOf(statement), layer, origin, attached?.level?.id, dependent]);
  }
  return JSON.stringify(parts);
}

function bearerOf(slot: Slot): Bearer | null {
  return 'bearer' in slot ? slot.bearer : null;
}

function slotParts(slot: Slot): readonly unknown[] {
  const bearer = bearerOf(slot);
  const ofBearer = bearer === null ? null : [numberOf(bearer.resource), bearer.governed];
  const naming = 'naming' in slot ? slot.naming : null;
  const level = slot.kind === 'level' ? slot.level : null;
  const owners = slot.kind === 'controlDeny' ? [...slot.owners].map(([id, one]) => [id, numberOf(one)]) : null;
  return [slot.kind, level, naming, ofBearer, owners];
}

/** What those parts of the statement come to that depend on the principal; null: the name of its session makes a difference. */
function dependentText(statement: CompiledStatement, place: StatementPlace, evaluation: Evaluation): string | null {
  const dependence = CallerDependence.of(new Rule(statement, place.attached, place.layer, 0));
  if (dependence === null) return '';
  const marks = dependence.marks(evaluation);
  if (marks === null) return null;
  if (!dependence.namesResources) return marks;
  const patterns = statement.resources?.patterns ?? [];
  const keys = patterns.flatMap(({ template }) => (template === null ? [] : templateKeys(template)));
  // Which resources a name means is not seen on one of them.
  if (keys.some(({ unsaid }) => unsaid !== 0)) return null;
  return (
    marks + JSON.stringify(keys.map((key) => (key.owner === 'principal' ? (evaluation.value(key) ?? null) : null)))
  );
}

const numbers = new WeakMap<object, number>();
let last = 0;

/** The number of an object: another one for each. */
function numberOf(object: object): number {
  const known = numbers.get(object);
  if (known !== undefined) return known;
  last += 1;
  numbers.set(object, last);
  return last;
}
