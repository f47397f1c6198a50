import type { CatalogAction } from '../catalog/catalog.ts';
import type { Revision } from '../directory/directory.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import type { Veil } from '../evaluation/veil.ts';
import { parseArn } from '../policy/arn.ts';
import { InvalidInput, RolegateError } from '../policy/errors.ts';
import { type PrincipalRef, parsePrincipalRef } from '../policy/principal-id.ts';
import { alone, type DecideTools, decideEach } from './decide.ts';
import { type Answer, fieldOf, type OpenQuestion, type Question } from './question.ts';
import type { OneRevision } from './scan.ts';
import type { WhoCanOptions } from './who-can-answer.ts';
import { type Found, foundIn } from './who-can-found.ts';
import type { Work } from './work.ts';

/** The error for a question that must name the owner of the resource. */
function ownerIsNeeded(question: OpenQuestion): InvalidInput {
  return new InvalidInput(
    fieldOf(question, 'resourceAccount'),
    `the directory does not know the owner of ${question.resource}: give it as \`resourceAccount\``,
  );
}

/** Whether neither the ARN nor the question names the owner of the resource. */
function leavesOwnerOpen({ wildcardOnly }: CatalogAction, { resource, resourceAccount }: OpenQuestion): boolean {
  return !wildcardOnly && resourceAccount === null && parseArn(resource)?.accountId === '';
}

/** The resource of a search, with the gaps about it, and the revision on which it was looked up. */
export interface SearchedResource {
  readonly resource: PreparedResource;
  readonly gaps: readonly string[];
  readonly revision: Revision;
}

/** One search for principals, on one revision: what every way of going through them has in common. */
export class WhoCanSearch {
  readonly tools: DecideTools & { readonly work: Work };
  readonly question: OpenQuestion;
  readonly action: CatalogAction;
  readonly options: WhoCanOptions;
  readonly now: number;
  readonly check: OneRevision;

  constructor(
    tools: DecideTools & { readonly work: Work },
    question: OpenQuestion,
    action: CatalogAction,
    options: WhoCanOptions,
    now: number,
    check: OneRevision,
  ) {
    this.tools = tools;
    this.question = question;
    this.action = action;
    this.options = options;
    this.now = now;
    this.check = check;
  }

  /** Throws BAD_USER_INPUT if nobody knows the owner. */
  async lookUpResource(): Promise<SearchedResource> {
    const { resource: arn, resourceAccount } = this.question;
    const wanted = { principals: [], roles: [], resources: [{ arn, accountId: resourceAccount }], now: this.now };
    const gathered = await this.tools.directory.gather(wanted, this.check.first);
    this.check(gathered.revision);
    const { value, gaps } = gathered.resource(arn, resourceAccount);
    if (value.accountId === null && leavesOwnerOpen(this.action, this.question)) throw ownerIsNeeded(this.question);
    return { resource: value, gaps, revision: gathered.revision };
  }

  /** What the answer says about each of these principals, in their order; null: nothing. */
  async find(arns: readonly string[]): Promise<readonly (Found | null)[]> {
    await this.tools.work.turn();
    const questions = arns.map(
      (arn): Question => ({
        ...this.question,
        subject: { principal: refOf(arn), assumedRole: null, session: null },
      }),
    );
    const found: (Found | null)[] = [];
    for (const answer of await this.#decide(questions)) {
      if (answer instanceof RolegateError) {
        // Deleted since its name was read: the next check of the revision detects it.
        if (answer.code !== 'NOT_FOUND') throw answer;
        found.push(null);
        continue;
      }
      this.check(answer.revision);
      await this.tools.work.turn();
      found.push(foundIn(answer, this.options));
    }
    return found;
  }

  /** Whether the answer may include each of these. */
  async visible(principals: readonly PrincipalRef[]): Promise<readonly boolean[]> {
    const { scope } = this.options;
    if (scope === null || principals.length === 0) return principals.map(() => true);
    return scope.visible(principals);
  }

  async #decide(questions: readonly Question[]): Promise<readonly (Answer | RolegateError)[]> {
    const { behind } = this.options.scope ?? {};
    const decide = async (some: readonly Question[], veil: Veil | null) => {
      const tools = { ...this.tools, forSearch: true, ...(veil !== null && { veil }) } as const;
      return decideEach(tools, some, this.now, alone(tools, this.now, this.check.first));
    };
    return behind === undefined ? decide(questions, null) : behind(questions, decide);
  }
}

export function refOf(arn: string): PrincipalRef {
  const ref = parsePrincipalRef(arn);
  if (ref === null) throw new Error(`the directory holds a principal with an invalid ARN: ${arn}`);
  return ref;
}
