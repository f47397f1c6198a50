import { RolegateError } from '../policy/errors.ts';
import { type PrincipalRef, parsePrincipalRef } from '../policy/principal-id.ts';
import { type DecideTools, decideEach } from './decide.ts';
import type { Answer, Question } from './question.ts';
import { type OneRevision, onOneRevision, pagesOf } from './scan.ts';

/** A question without a subject. */
export type OpenQuestion = Omit<Question, 'subject'>;

/** A part of the principals for which the answer is ALLOWED, users before roles, each in the order of their ARNs. */
export interface WhoCan {
  /** Total number of principals. */
  readonly total: number;
  /** The decisions of the requested page: at most `limit`, from `offset` on. */
  readonly answers: readonly Answer[];
}

/** The principals that the answer may include. */
export interface WhoCanScope {
  /** Ids of the accounts to search, in their order. */
  readonly accounts: readonly string[];
  /** Whether the answer may include each of the principals, in their order. */
  readonly visible: (principals: readonly PrincipalRef[]) => Promise<readonly boolean[]>;
}

/**
 * Every user and role of the directory that may do what is asked, all decided on one revision. The whole directory, or all
 * of `scope`, is searched page by page: memory holds one page, and the names of those found. A role stands for a session
 * of it whose name is not known. `scope` null: all principals.
 */
export async function whoCan(
  tools: DecideTools,
  question: OpenQuestion,
  { scope, ...page }: { readonly offset: number; readonly limit: number; readonly scope: WhoCanScope | null },
  now: number,
): Promise<WhoCan> {
  const about = (principal: PrincipalRef): Question => ({
    ...question,
    subject: { principal, assumedRole: null, session: null },
  });
  return onOneRevision(async (check) => {
    let total = 0;
    const answers: Answer[] = [];
    for (const kind of ['userArns', 'roleArns'] as const) {
      for await (const arns of pagesIn(tools, kind, scope)) {
        const questions = arns.map((arn) => about(refOf(arn)));
        const allowed = allowedOf(await decideEach(tools, questions, now), check);
        for (const answer of await visibleOf(allowed, scope)) {
          if (total >= page.offset && answers.length < page.limit) answers.push(answer);
          total += 1;
        }
      }
    }
    return { total, answers };
  });
}

async function* pagesIn(
  { directory }: DecideTools,
  kind: 'userArns' | 'roleArns',
  scope: WhoCanScope | null,
): AsyncGenerator<readonly string[], void, undefined> {
  if (scope === null) yield* pagesOf(directory, kind);
  else for (const accountId of scope.accounts) yield* pagesOf(directory, kind, accountId);
}

function allowedOf(answers: readonly (Answer | RolegateError)[], check: OneRevision): readonly Answer[] {
  return answers.filter((answer): answer is Answer => {
    if (answer instanceof RolegateError) {
      // Deleted since its name was read: the next check of the revision detects it.
      if (answer.code === 'NOT_FOUND') return false;
      throw answer;
    }
    check(answer.revision);
    return answer.decision.allowed;
  });
}

async function visibleOf(answers: readonly Answer[], scope: WhoCanScope | null): Promise<readonly Answer[]> {
  if (scope === null || answers.length === 0) return answers;
  const visible = await scope.visible(answers.map(({ question }) => question.subject.principal));
  return answers.filter((_answer, index) => visible[index] === true);
}

function refOf(arn: string): PrincipalRef {
  const ref = parsePrincipalRef(arn);
  if (ref === null) throw new Error(`the directory holds a principal whose ARN is none: ${arn}`);
  return ref;
}
