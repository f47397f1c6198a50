import type { PreparedResource } from '../../evaluation/prepare.ts';
import type { PrincipalFacts } from '../../evaluation/principal.ts';
import type { RequestContext } from '../../evaluation/request.ts';
import { RolegateError } from '../../policy/errors.ts';
import { type DecideTools, decideEach } from '../decide.ts';
import type { Question, Subject } from '../question.ts';
import { pagesOf, partsOf } from '../scan.ts';
import { refOf } from '../who-can-search.ts';
import type { BothStates } from './both-states.ts';

/** Pairs of a principal and a role that one preview decides. */
const MOST_PAIRS = 100_000;

/** Roles of which something is different, and of which it is looked up who can assume them. */
const MOST_ROLES = 200;

const NO_CONTEXT: RequestContext = new Map();

type Pair = readonly [principal: string, role: string];

/**
 * Principals with roles that they can assume, before or after some changes, where what they may do there can be different. Ways
 * into a role that take more than one step show at the roles in between, which are principals as well.
 */
export class RolesReached {
  readonly subjects: Subject[] = [];
  /** No role and nobody was left out because there are too many. */
  isWhole = true;
  readonly #states: BothStates;
  readonly #visible: (arns: readonly string[]) => Promise<readonly string[]>;
  readonly #most: number;
  readonly #into = new Set<string>();
  #pairs = 0;

  /** `most`: principals that are looked at for a role. */
  constructor(states: BothStates, visible: (arns: readonly string[]) => Promise<readonly string[]>, most: number) {
    this.#states = states;
    this.#visible = visible;
    this.#most = most;
  }

  /** Into roles of which something is different: whoever can assume them. */
  async intoRoles(roles: readonly string[]): Promise<void> {
    const { preview } = this.#states;
    const all = [...new Set(roles)];
    if (all.length > MOST_ROLES) this.isWhole = false;
    for (const role of all.slice(0, MOST_ROLES)) {
      this.#into.add(role);
      const resources = [{ arn: role, accountId: null }];
      const { before, after } = await this.#states.gather({ principals: [], roles: [], resources });
      const trust: readonly PreparedResource[] = [before, after].map((each) => each.resource(role, null).value);
      const found = await preview.namedBy(trust, this.#most);
      if (found.length >= this.#most) this.isWhole = false;
      const named = found.filter((arn) => arn !== role);
      await this.#decide(
        (await this.#visible(named)).map((arn) => [arn, role]),
        ([one, other]) => one || other,
      );
    }
  }

  /** From principals of which something is different: into other roles that they can assume either before or after alone. */
  async fromPrincipals(principals: readonly string[]): Promise<void> {
    for (const arn of principals) {
      const { before, after } = await this.#states.gather({ principals: [refOf(arn)], roles: [], resources: [] });
      const callers = [before, after].flatMap((each) => each.principal(refOf(arn))?.value.facts ?? []);
      const roles = (await this.#rolesFor(callers)).filter((role) => role !== arn && !this.#into.has(role));
      await this.#decide(
        roles.map((role) => [arn, role]),
        ([one, other]) => one !== other,
      );
    }
  }

  /** The roles whose trust policy can mean a caller; those that the changes touch are looked at already. */
  async #rolesFor(callers: readonly PrincipalFacts[]): Promise<readonly string[]> {
    const { before, check } = {
      before: this.#states.before,
      check: (revision: bigint) => this.#states.check(revision),
    };
    const index = await before.directory.principals();
    const roles = new Set<string>();
    if (index === null) {
      for await (const page of pagesOf(before.directory, 'roleArns', before.work))
        for (const arn of page) roles.add(arn);
      return [...roles];
    }
    check(index.revision);
    for (const caller of callers) for (const { arn } of index.rolesTrusting(caller)) roles.add(arn);
    return [...roles].sort();
  }

  /** Keeps the pairs that `counts`, by whether the role can be assumed before and after. */
  async #decide(pairs: readonly Pair[], counts: (can: readonly [boolean, boolean]) => boolean): Promise<void> {
    this.#pairs += pairs.length;
    if (this.#pairs > MOST_PAIRS) {
      const why = `more than ${MOST_PAIRS} pairs of principals and roles are concerned by the changes: preview fewer of them`;
      throw new RolegateError('LIMIT_EXCEEDED', why);
    }
    for (const part of partsOf(pairs)) {
      await this.#states.before.work.turn();
      const before = await this.#canAssume(this.#states.before, part);
      const after = await this.#canAssume(this.#states.after, part);
      for (const [index, [arn, role]] of part.entries()) {
        if (!counts([before[index] === true, after[index] === true])) continue;
        this.subjects.push({ principal: refOf(arn), assumedRole: role, session: null });
      }
    }
  }

  async #canAssume(tools: DecideTools, pairs: readonly Pair[]): Promise<readonly boolean[]> {
    const questions = pairs.map(
      ([arn, role]): Question => ({
        subject: { principal: refOf(arn), assumedRole: null, session: null },
        action: tools.actions.assumeRole.name,
        resource: role,
        resourceAccount: null,
        context: NO_CONTEXT,
        path: '',
      }),
    );
    const answers = await decideEach({ ...tools, forSearch: true }, questions, this.#states.now);
    return answers.map((answer) => {
      if (!(answer instanceof RolegateError)) {
        this.#states.check(answer.revision);
        return answer.decision.allowed;
      }
      // The principal is made, or deleted, by the changes.
      if (answer.code === 'NOT_FOUND') return false;
      throw answer;
    });
  }
}
