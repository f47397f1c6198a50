import { actionMatches } from '../../policy/action-pattern.ts';
import { RolegateError } from '../../policy/errors.ts';
import { type PrincipalRef, parsePrincipalRef } from '../../policy/principal-id.ts';
import { alone, type DecideTools, decideEach } from '../decide.ts';
import type { Question } from '../question.ts';
import type { OneRevision } from '../scan.ts';
import { whoCan } from '../who-can.ts';
import { type NewFinding, NOTHING_ELSE } from './finding.ts';
import { type FoundDocument, statementIn } from './found-document.ts';

const WAYS = ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'];

/** Principals that a trust policy names and that are asked about one by one. */
const MOST_ASKED = 4;

/** Finds roles that nobody can assume. */
export class UnusedRoles {
  readonly #tools: DecideTools;
  readonly #now: number;
  readonly #check: OneRevision;
  /** By account: who could assume a role of it. The next one mostly trusts the same. */
  readonly #lately = new Map<string, PrincipalRef>();

  constructor(tools: DecideTools, now: number, check: OneRevision) {
    this.#tools = tools;
    this.#now = now;
    this.#check = check;
  }

  /**
   * A role that nobody can assume in any way, not even under conditions: no principal of the directory, and no service, provider or
   * principal elsewhere that its trust policy lets in. Null: somebody can.
   */
  async of(document: FoundDocument): Promise<NewFinding | null> {
    return (await this.#isAssumed(document)) ? null : unused(document);
  }

  async #isAssumed(document: FoundDocument): Promise<boolean> {
    const { arn, accountId } = document;
    const about = { resource: arn, resourceAccount: accountId, context: new Map(), path: '' };
    if (await this.#isAssumedBySome(document, about)) return true;
    for (const action of WAYS) {
      // Nobody assumes a role without its trust policy.
      if (!isNamedIn(document, action)) continue;
      const options = { limit: 1, after: null, scope: null, conditional: true };
      const { total, outsiders, entries, revision } = await whoCan(
        this.#tools,
        { action, ...about },
        options,
        this.#now,
      );
      this.#check(revision);
      const principal = entries[0]?.answer.question.subject.principal;
      if (principal !== undefined && accountId !== null) this.#lately.set(accountId, principal);
      if (total + outsiders.length > 0) return true;
    }
    return false;
  }

  /** Whether one of those that come to mind can: far fewer are asked than by a search. */
  async #isAssumedBySome(document: FoundDocument, about: Omit<Question, 'subject' | 'action'>): Promise<boolean> {
    const lately = this.#lately.get(document.accountId ?? '');
    const principals = [...(lately === undefined ? [] : [lately]), ...namedIn(document).slice(0, MOST_ASKED)];
    const questions = principals.map((principal) => ({
      subject: { principal, assumedRole: null, session: null },
      action: 'sts:AssumeRole',
      ...about,
    }));
    const tools = { ...this.#tools, forSearch: true } as const;
    const waiting = alone(tools, this.#now, this.#check.first);
    for (const answer of await decideEach(tools, questions, this.#now, waiting)) {
      if (answer instanceof RolegateError) continue;
      this.#check(answer.revision);
      if (answer.decision.allowed) return true;
    }
    return false;
  }
}

function isNamedIn({ attached }: FoundDocument, action: string): boolean {
  const [service = '', name = ''] = action.toLowerCase().split(':');
  return attached.policy.statements.some(({ allows, actions }) => allows && actionMatches(actions, service, name));
}

/** Users and roles that an Allow of a trust policy names. */
function namedIn({ attached }: FoundDocument): readonly PrincipalRef[] {
  const named = attached.policy.statements.flatMap(({ allows, principal }) => (allows ? (principal?.named ?? []) : []));
  return named.flatMap((one) => (one.kind === 'arn' ? (parsePrincipalRef(one.arn) ?? []) : []));
}

function unused(document: FoundDocument): NewFinding {
  const { arn, accountId, attached } = document;
  const allows = attached.policy.statements.filter((statement) => statement.allows);
  return {
    ...NOTHING_ELSE,
    kind: 'UNUSED_ROLE',
    weight: 'LOW',
    arn,
    accountId,
    message: `nobody can assume ${arn}`,
    actions: WAYS,
    resource: arn,
    statements: allows.map((statement) => statementIn(document, statement)),
  };
}
