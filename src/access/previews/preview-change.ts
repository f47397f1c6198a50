import { isRoleArn } from '../../directory/gather/wanted.ts';
import type { Preview } from '../../directory/previews/preview.ts';
import type { RequestContext } from '../../evaluation/request.ts';
import type { DecideTools } from '../decide.ts';
import type { EffectivePermissions } from '../effective-permissions.ts';
import { gatherForSubjects } from '../gather-for-subjects.ts';
import { onOneCatalog } from '../one-catalog.ts';
import type { Subject } from '../question.ts';
import { partsOf } from '../scan.ts';
import { refOf } from '../who-can-search.ts';
import { Work } from '../work.ts';
import { effectivePermissions } from '../work-out-permissions.ts';
import { BothStates } from './both-states.ts';
import { changedPoliciesOf, isChanged } from './changed-policies.ts';
import { type ComparedPermissions, comparePermissions } from './compared.ts';
import type { PreviewedAccess, PreviewedChange, PreviewScope, Unjudged } from './previewed.ts';
import { RolesReached } from './roles-reached.ts';
import { worstFirst } from './severity.ts';
import { type ChangedBearer, SubjectParts } from './subject-parts.ts';
import { unjudgedBeside, unjudgedOf } from './unjudged.ts';

/** Principals that are looked at; of more, some are not compared. */
const MOST_CONCERNED = 2_000;
/** Most principals, as themselves or in roles, that one preview looks at. */
export const MOST_COMPARED = 2_000;
/** Most of these that it compares action by action: those with equal policies are compared once. */
export const MOST_KINDS = 100;

const NO_CONTEXT: RequestContext = new Map();

/**
 * What changes do to all whom they concern: principals as themselves, and in the roles that they can assume before or after. It is
 * what `effectivePermissions` answers before and would answer after. `scope`: what the asker may be told; null: everything. Rejects
 * with StateHasMoved where others have changed the directory meanwhile.
 */
export function previewChange(
  tools: DecideTools,
  preview: Preview,
  scope: PreviewScope | null,
  now: number,
): Promise<PreviewedChange> {
  const work = tools.work ?? new Work();
  return onOneCatalog({ ...tools, work }, (all) => {
    const before = { ...all, work };
    return new Previewing(new BothStates(before, preview, now), scope).run();
  });
}

/** Nothing is different. */
const SAME = 'same';
/** The asker may not be told whether something is. */
const UNTOLD = 'untold';

type Compared = PreviewedAccess | typeof SAME | typeof UNTOLD;

function subjectOf(arn: string): Subject {
  return { principal: refOf(arn), assumedRole: null, session: null };
}

/** Whether other roles may be within somebody's reach than before. */
function canReachOthers(found: Compared): boolean {
  if (typeof found === 'string') return found === UNTOLD;
  const { differences, partial } = found;
  return partial.includes(ASSUME) || differences.some(({ action }) => action === ASSUME);
}

const ASSUME = 'sts:AssumeRole';

class Previewing {
  readonly #states: BothStates;
  readonly #scope: PreviewScope | null;
  /** When half of the time of the request is over: what is left is for the answer. */
  readonly #half: { readonly time: number; readonly cpu: number };
  readonly #gaps = new Set<string>();
  #changed: readonly ChangedBearer[] = [];
  #withheld = false;
  #compared = 0;
  /** What was found, by what the permissions before and after follow from. */
  readonly #kinds = new Map<string, ComparedPermissions>();
  #dependsOnTime = false;
  /** Nobody who is concerned was left out because there are too many. */
  #isWhole = true;

  constructor(states: BothStates, scope: PreviewScope | null) {
    this.#states = states;
    this.#scope = scope;
    const { left, cpuLeft } = states.before.work;
    this.#half = { time: left / 2, cpu: cpuLeft / 2 };
  }

  async run(): Promise<PreviewedChange> {
    const { preview } = this.#states;
    const most = MOST_CONCERNED + 1;
    const { principals, bearers } = await preview.concerned(most);
    this.#isWhole = principals.length < most && bearers.length < most;
    this.#changed = await this.#changedAmong(bearers);
    const values = this.#changed.flatMap(({ before, after }) => [before, after]);
    const named = values.length === 0 ? [] : await preview.namedBy(values, most);
    if (named.length >= most) this.#isWhole = false;
    const concerned = [...new Set([...principals, ...named])];
    const own = await this.#visible(concerned);
    const found = await this.#compareAll(own.map((arn) => subjectOf(arn)));
    const reached = new RolesReached(this.#states, (arns) => this.#visible(arns), most);
    const ofRoles = new Set(own.filter((arn, index) => isRoleArn(arn) && found[index] === SAME));
    const trusted = this.#changed.map(({ arn }) => arn).filter(isRoleArn);
    await reached.intoRoles([...trusted, ...concerned.filter((arn) => isRoleArn(arn) && !ofRoles.has(arn))]);
    await reached.fromPrincipals(own.filter((_arn, index) => canReachOthers(found[index] ?? UNTOLD)));
    found.push(...(await this.#compareAll(reached.subjects)));
    const unjudged = await this.#unjudged();
    return {
      accesses: worstFirst(found.filter((one) => typeof one === 'object')),
      withheld: this.#withheld,
      isComplete: this.#isWhole && reached.isWhole,
      gaps: [...this.#gaps],
      unjudged,
      revision: preview.revision,
      dependsOnTime: this.#dependsOnTime,
    };
  }

  /** Of what the asker may read. */
  async #unjudged(): Promise<readonly Unjudged[]> {
    const found = await unjudgedBeside(this.#states);
    for (const bearer of this.#changed) {
      await this.#states.before.work.turn();
      const of = await unjudgedOf(this.#states, bearer);
      if (of.length === 0) continue;
      const readable = (await this.#scope?.readable(bearer.policies)) ?? [];
      if (readable.includes(false)) this.#withheld = true;
      else found.push(...of);
    }
    return found;
  }

  /** In their order, as many as may be compared. */
  async #compareAll(subjects: readonly Subject[]): Promise<Compared[]> {
    const some = subjects.slice(0, MOST_COMPARED - this.#compared);
    if (some.length < subjects.length) this.#isWhole = false;
    this.#compared += some.length;
    const found: Compared[] = [];
    for (const part of partsOf(some)) {
      // What the changes touch is read for all of them together.
      await this.#states.gather(gatherForSubjects(part.map((subject) => ({ subject }))));
      for (const subject of part) found.push(await this.#compare(subject));
    }
    return found;
  }

  async #changedAmong(arns: readonly string[]): Promise<readonly ChangedBearer[]> {
    const changed: ChangedBearer[] = [];
    for (const part of partsOf(arns)) {
      await this.#states.before.work.turn();
      const resources = part.map((arn) => ({ arn, accountId: null }));
      const both = await this.#states.gather({ principals: [], roles: [], resources, forSearch: true });
      for (const arn of part) {
        const [before, after] = [both.before.resource(arn, null).value, both.after.resource(arn, null).value];
        if (isChanged(before, after)) changed.push({ arn, before, after, policies: changedPoliciesOf(before, after) });
      }
    }
    return changed;
  }

  /** Those that the asker may ask about; that there are others is noted. */
  async #visible(arns: readonly string[]): Promise<readonly string[]> {
    if (this.#scope === null) return arns;
    const seen: string[] = [];
    for (const part of partsOf(arns)) {
      await this.#states.before.work.turn();
      const verdicts = await this.#scope.visible(part.map(refOf));
      seen.push(...part.filter((_arn, index) => verdicts[index] === true));
    }
    if (seen.length < arns.length) this.#withheld = true;
    return seen;
  }

  async #compare(subject: Subject): Promise<Compared> {
    const { work } = this.#states.before;
    await work.turn();
    const { principal, assumedRole } = subject;
    const both = await this.#states.gather(gatherForSubjects([{ subject }]));
    const [before, after] = [new SubjectParts(both.before, subject), new SubjectParts(both.after, subject)];
    if (this.#isHalfOver) {
      this.#isWhole = false;
      return UNTOLD;
    }
    const concerning = this.#changed.filter((one) => before.isConcernedBy(one) || after.isConcernedBy(one));
    if (concerning.length === 0 && before.isSame(after)) return SAME;
    if (!(await this.#mayTell(before, after, concerning))) {
      this.#withheld = true;
      return UNTOLD;
    }
    const known = (await this.#scope?.known(subject)) ?? subject;
    const permissions = [
      before.isThere ? await this.#permissions(this.#states.before, known) : null,
      after.isThere ? await this.#permissions(this.#states.after, known) : null,
    ] as const;
    const compared = await this.#comparedOnce(...permissions);
    if (compared === null) {
      this.#isWhole = false;
      return UNTOLD;
    }
    const { differences, partial } = compared;
    if (differences.length === 0 && partial.length === 0) return SAME;
    for (const gap of [...before.gaps, ...after.gaps]) this.#gaps.add(gap);
    return { principal, assumedRole, differences, partial };
  }

  /** Null: too many are compared already. */
  async #comparedOnce(
    before: EffectivePermissions | null,
    after: EffectivePermissions | null,
  ): Promise<ComparedPermissions | null> {
    const { catalog, work } = this.#states.before;
    const likenesses = [before, after].map((one) => (one === null ? 'nobody' : one.likeness));
    // Each that is like no other counts as a kind.
    const key = likenesses.includes(null) ? `alone ${this.#kinds.size}` : JSON.stringify(likenesses);
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    if (this.#kinds.size >= MOST_KINDS || this.#isHalfOver) return null;
    const compared = await work.run(comparePermissions(catalog, before, after));
    this.#kinds.set(key, compared);
    return compared;
  }

  get #isHalfOver(): boolean {
    const { left, cpuLeft } = this.#states.before.work;
    return left < this.#half.time || cpuLeft < this.#half.cpu;
  }

  async #mayTell(before: SubjectParts, after: SubjectParts, concerning: readonly ChangedBearer[]): Promise<boolean> {
    if (this.#scope === null) return true;
    const policies = [...before.policiesChangedTo(after), ...concerning.flatMap((bearer) => bearer.policies)];
    return !(await this.#scope.readable(policies)).includes(false);
  }

  async #permissions(tools: DecideTools, subject: Subject): Promise<EffectivePermissions> {
    const ask = async (veil: DecideTools['veil'] | null): Promise<EffectivePermissions> =>
      effectivePermissions(veil == null ? tools : { ...tools, veil }, subject, NO_CONTEXT, this.#states.now);
    const found = await (this.#scope === null ? ask(null) : this.#scope.behind(subject, ask));
    this.#states.check(found.revision);
    if (found.bytes === null) this.#dependsOnTime = true;
    return found;
  }
}
