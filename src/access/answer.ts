import type { CatalogAction } from '../catalog/catalog-service.ts';
import type { KnownResource, Revision } from '../directory/directory.ts';
import type { Decision } from '../evaluation/decision.ts';
import { everyResourceGaps, kindOfEvery } from './every-resource.ts';
import type { Answer, Question } from './question.ts';
import type { ResolvedSubject } from './subject.ts';
import { OF_CALLER, OF_RESOURCE, telling } from './telling-gaps.ts';
import { bucketTagsGap, type Decided, unknownTo } from './unknown-policies.ts';

const NOTHING: readonly string[] = [];

/** What the answers to questions of one caller share. */
export interface Caller {
  readonly resolved: ResolvedSubject;
  /** Gaps of the VPC endpoint on the way, of allowed and of denied requests; null: there is no endpoint. */
  readonly way: { readonly allowed: readonly string[]; readonly denied: readonly string[] } | null;
}

/** The answer to a question about one resource. Most readers take the effect alone: gaps are put together when they are read. */
export class DirectAnswer implements Answer {
  declare readonly question: Question;
  declare readonly decision: Decision;
  declare readonly revision: Revision;
  declare private readonly caller: Caller;
  declare private readonly action: CatalogAction;
  declare private readonly resource: KnownResource;
  declare private readonly formGaps: readonly string[];

  /** `formGaps`: those that follow from the question alone. INVARIANT: the caller may act. */
  constructor(
    question: Question,
    decision: Decision,
    revision: Revision,
    caller: Caller,
    action: CatalogAction,
    resource: KnownResource,
    formGaps: readonly string[],
  ) {
    this.question = question;
    this.decision = decision;
    this.revision = revision;
    this.caller = caller;
    this.action = action;
    this.resource = resource;
    this.formGaps = formGaps;
  }

  get resourceGaps(): readonly string[] {
    const { resolved } = this.caller;
    if (resolved.acting === null) return NOTHING;
    const one: Decided = { arn: this.question.resource, decision: this.decision, resource: this.resource };
    const unknown = unknownTo([one], this.decision, resolved.acting, this.action);
    return [...gapsOf(one, this.action, this.decision), ...unknown];
  }

  get gaps(): readonly string[] {
    const { resolved, way } = this.caller;
    const { resourceGaps } = this;
    const own = telling(resolved, this.decision, OF_CALLER);
    const known = own.length === 0 ? resourceGaps : new Set([...own, ...resourceGaps]);
    return [...known, ...onTheWay(way, this.decision), ...this.formGaps];
  }
}

/** The policy of a VPC endpoint could deny an allowed request, but never grants anything. */
export function onTheWay(way: Caller['way'], { allowed }: Decision): readonly string[] {
  return way === null ? NOTHING : allowed ? way.allowed : way.denied;
}

/** What is not known of the resource of a decision, or was left out in it. */
export function gapsOf(
  { arn, decision, resource }: Decided,
  action: CatalogAction,
  outcome: Decision,
): readonly string[] {
  const known = telling(resource, outcome, OF_RESOURCE, action.resourceControlSupported);
  const tags = decision.dependsOnBucketTags ? [bucketTagsGap(arn)] : NOTHING;
  const isEvery = resource.value.text === '*' && kindOfEvery(action) !== 'other';
  const every = isEvery ? everyResourceGaps(action, decision) : NOTHING;
  return tags.length === 0 && every.length === 0 ? known : [...known, ...tags, ...every];
}

/** A copy of an answer with other values. Spreading an answer would lose what it puts together when it is read. */
export function answerWith(answer: Answer, changes: Partial<Answer>): Answer {
  const { question, decision, coverage, gaps, onAssumption, resourceGaps, roleIsAbsent, revision } = answer;
  return {
    question,
    decision,
    gaps,
    revision,
    ...(coverage === undefined ? {} : { coverage }),
    ...(onAssumption === undefined ? {} : { onAssumption }),
    ...(resourceGaps === undefined ? {} : { resourceGaps }),
    ...(roleIsAbsent === undefined ? {} : { roleIsAbsent }),
    ...changes,
  };
}

/** The answer to a question that names one resource, or none, with the coverage if a pattern was asked about. */
export function withCoverage(answer: Answer): Answer {
  if (answer.question.resourceIsPattern !== true || answer.coverage !== undefined) return answer;
  return answerWith(answer, { coverage: answer.decision.allowed ? 'ALL' : 'NONE' });
}
