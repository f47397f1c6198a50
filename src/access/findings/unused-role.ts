import type { IndexedPrincipal } from '../../directory/principals/indexed-principals.ts';
import { actionMatches } from '../../policy/action-pattern.ts';
import { RolegateError } from '../../policy/errors.ts';
import type { PrincipalRef } from '../../policy/principal-id.ts';
import { checkAction } from '../check-action.ts';
import { alone, type DecideTools, decideEach } from '../decide.ts';
import { judgedOutsiders } from '../outsiders.ts';
import type { Answer, Question } from '../question.ts';
import type { OneRevision } from '../scan.ts';
import { whoCan } from '../who-can.ts';
import { foundIn } from '../who-can-found.ts';
import { refOf } from '../who-can-search.ts';
import type { Work } from '../work.ts';
import { accountsAbove } from './accounts-above.ts';
import { AlikeAssumptions } from './alike-assumptions.ts';
import { type NewFinding, NOTHING_ELSE } from './finding.ts';
import { type FoundDocument, statementIn } from './found-document.ts';
import { TrustedPrincipals } from './trusted-principals.ts';

const ASSUME = 'sts:AssumeRole';
const ASSUMING = ['sts', 'assumerole'] as const;
const WAYS = [ASSUME, 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'];

/** Principals that are asked about for one role, in rounds for many roles together: mostly the first one can. */
const ROUNDS = [1, 4, 27];
const MOST_ASKED = ROUNDS.reduce((sum, count) => sum + count, 0);

/** Of the principals of one role, those of which it is looked whether somebody alike can. */
const MOST_ALIKE = 3;

/** Where no names are known, everybody has to be asked about. */
const NOBODY_KNOWN = { principals: [], isOpen: true, gap: null } as const;

/** A role for which nobody was found yet. */
interface Open {
  readonly document: FoundDocument;
  /** Who is to be asked about. */
  readonly waiting: PrincipalRef[];
  /** It is enough to ask these. */
  readonly isAll: boolean;
  /** What of somebody is not known, and could let it in. */
  gap: string | null;
  /** Who is asked about first, as the index has it. */
  readonly principals: readonly IndexedPrincipal[];
}

/** What is found about roles: those that nobody can assume, and of which it is not known. */
export interface Unused {
  readonly found: readonly (readonly [FoundDocument, NewFinding])[];
  readonly gaps: readonly string[];
}

/** Finds roles that nobody can assume. */
export class UnusedRoles {
  readonly #tools: DecideTools;
  readonly #work: Work;
  readonly #now: number;
  readonly #check: OneRevision;
  /** By account: who could assume a role of it. The next one mostly trusts the same. */
  readonly #lately = new Map<string, IndexedPrincipal>();
  /** Null: the directory holds no index of its principals. */
  #trusted: TrustedPrincipals | null = null;
  #alike: AlikeAssumptions | null = null;
  /** By likeness of a question that was asked: whether it is allowed; null: under conditions, or some of it is not known. */
  readonly #asked = new Map<string, boolean | null>();

  constructor(tools: DecideTools, work: Work, now: number, check: OneRevision) {
    this.#tools = tools;
    this.#work = work;
    this.#now = now;
    this.#check = check;
  }

  /** Before any is looked at. */
  async begin(): Promise<void> {
    const index = await this.#tools.directory.principals();
    if (index === null) return;
    this.#check(index.revision);
    const trusted = await this.#work.run(TrustedPrincipals.read(index, this.#check));
    const { directory } = this.#tools;
    const search = { directory, work: this.#work, now: this.#now, check: this.#check };
    const above = await accountsAbove(search, trusted.accounts, ASSUMING);
    this.#check(index.revision);
    trusted.gapOf = (id) => above.get(id)?.gap ?? null;
    this.#trusted = trusted;
    this.#alike = new AlikeAssumptions(index, above, ASSUMING);
  }

  /**
   * Those of the roles with these trust policies that nobody can assume in any way, not even under conditions: no principal of the
   * directory, and no service, provider or principal elsewhere that the trust policy lets in.
   */
  async among(documents: readonly FoundDocument[]): Promise<Unused> {
    const trusted = this.#trusted;
    let open = await this.#work.each(documents, (document) => this.#opened(document, trusted));
    if (this.#alike !== null) open = await this.#askAlike(open, this.#alike);
    for (const count of ROUNDS) open = await this.#ask(open, count);
    const found: (readonly [FoundDocument, NewFinding])[] = [];
    const gaps: string[] = [];
    for (const one of open) {
      await this.#work.turn();
      const { document, waiting, isAll } = one;
      const isKnown = isAll && waiting.length === 0 && trusted !== null;
      const used = isKnown ? await this.#isUsedOtherwise(document, trusted) : await this.#isAssumed(document, WAYS);
      const gap = used === true ? null : used === false ? one.gap : used;
      if (gap !== null) gaps.push(`whether anybody can assume ${document.arn} is not known: ${gap}`);
      else if (used === false) found.push([document, unused(document)]);
    }
    return { found, gaps };
  }

  #opened(document: FoundDocument, trusted: TrustedPrincipals | null): Open {
    const { principals, isOpen, gap } = trusted?.of(document, ASSUME, MOST_ASKED) ?? NOBODY_KNOWN;
    const isAll = !isOpen && principals.length < MOST_ASKED;
    const lately = this.#lately.get(document.accountId ?? '');
    const first = lately === undefined ? principals : [lately, ...principals];
    return { document, waiting: first.map(({ arn }) => refOf(arn)), isAll, gap, principals: first };
  }

  /** Asks one of the questions that are alike, once for all roles. Those of which nobody is known yet who can assume them. */
  async #askAlike(open: readonly Open[], alike: AlikeAssumptions): Promise<Open[]> {
    const likenesses = new Map<Open, readonly (string | null)[]>();
    const first = new Map<string, readonly [Open, IndexedPrincipal]>();
    for (const one of open) {
      await this.#work.turn();
      const { document, principals } = one;
      const found = principals.map((principal) => alike.likeness(document, principal));
      for (const [place, likeness] of found.slice(0, MOST_ALIKE).entries()) {
        const principal = principals[place];
        if (likeness === null || principal === undefined || this.#asked.has(likeness) || first.has(likeness)) continue;
        first.set(likeness, [one, principal]);
      }
      likenesses.set(one, found);
    }
    const questions = [...first.values()].map(([{ document }, { arn }]) => assuming(document, refOf(arn)));
    const answers = await this.#decide(questions);
    for (const [place, [likeness, [{ document }, principal]]] of [...first].entries()) {
      const answer = answers[place] ?? null;
      if (answer === null) continue;
      const isAllowed = answer.decision.allowed;
      this.#asked.set(
        likeness,
        isAllowed || foundIn(answer, { conditional: true }) !== null ? isAllowed || null : false,
      );
      if (isAllowed) this.#lately.set(document.accountId ?? '', principal);
    }
    const left: Open[] = [];
    for (const one of open) {
      const said = (likenesses.get(one) ?? []).map((each) => (each === null ? null : (this.#asked.get(each) ?? null)));
      if (said.includes(true)) continue;
      const waiting = one.waiting.filter((_one, place) => said[place] !== false);
      left.push({ ...one, waiting });
    }
    return left;
  }

  /** Those of which none of the next principals can assume them. */
  async #ask(open: readonly Open[], count: number): Promise<Open[]> {
    const asked = open.flatMap((one) => one.waiting.splice(0, count).map((principal) => ({ one, principal })));
    const questions = asked.map(({ one: { document }, principal }) => assuming(document, principal));
    const used = new Set<Open>();
    for (const [place, answer] of (await this.#decide(questions)).entries()) {
      const { one, principal } = asked[place] ?? {};
      if (answer === null || one === undefined || principal === undefined || used.has(one)) continue;
      await this.#work.turn();
      const found = foundIn(answer, { conditional: true });
      if (found === null) continue;
      // Under conditions that no block expresses, or in some sessions, is somebody, too.
      if (found.conditions === null && found.unsaid !== true && found.unnamed !== true) {
        one.gap ??= found.gaps[0] ?? null;
        continue;
      }
      used.add(one);
      const known = one.principals.find(({ arn }) => 'arn' in principal && principal.arn === arn);
      if (known !== undefined) this.#lately.set(one.document.accountId ?? '', known);
    }
    return open.filter((one) => !used.has(one));
  }

  /** Null in place of who was deleted since its name was read: the next check of the revision detects it. */
  async #decide(questions: readonly Question[]): Promise<readonly (Answer | null)[]> {
    const tools = { ...this.#tools, forSearch: true } as const;
    const answers = await decideEach(tools, questions, this.#now, alone(tools, this.#now, this.#check.first));
    return answers.map((answer) => {
      if (answer instanceof RolegateError) {
        if (answer.code !== 'NOT_FOUND') throw answer;
        return null;
      }
      this.#check(answer.revision);
      return answer;
    });
  }

  /** Whether somebody else than users and roles calling sts:AssumeRole can; a text: what is not known. */
  async #isUsedOtherwise(document: FoundDocument, trusted: TrustedPrincipals): Promise<boolean | string> {
    let gap: string | null = null;
    for (const action of WAYS) {
      if (!isNamedIn(document, action)) continue;
      const { principals, isOpen, hasOthers } = trusted.of(document, action, 1);
      let used: boolean | string = false;
      if (action !== ASSUME && (isOpen || principals.length > 0)) used = await this.#isAssumed(document, [action]);
      else if (hasOthers) used = await this.#letsInOthers(document, action, trusted.accountIds);
      if (used === true) return true;
      if (used !== false) gap ??= used;
    }
    return gap ?? false;
  }

  async #letsInOthers(
    { arn, accountId }: FoundDocument,
    name: string,
    accounts: ReadonlySet<string>,
  ): Promise<boolean | string> {
    const { directory, catalog } = this.#tools;
    const question = { action: name, resource: arn, resourceAccount: accountId, context: new Map(), path: '' };
    const wanted = { principals: [], roles: [], resources: [{ arn, accountId }], now: this.#now } as const;
    const gathered = await directory.gather(wanted, this.#check.first);
    this.#check(gathered.revision);
    const { value: resource } = gathered.resource(arn, accountId);
    const asked = { question, action: checkAction(catalog, name, 'action'), conditional: true, resource, accounts };
    const { outsiders, gaps } = await judgedOutsiders(this.#tools, asked, this.#now, this.#check);
    return outsiders.length > 0 || (gaps[0] ?? false);
  }

  /** The same, of everybody. */
  async #isAssumed(document: FoundDocument, ways: readonly string[]): Promise<boolean | string> {
    const { arn, accountId } = document;
    let gap: string | null = null;
    for (const action of ways) {
      if (!isNamedIn(document, action)) continue;
      const question = { action, resource: arn, resourceAccount: accountId, context: new Map(), path: '' };
      const options = { limit: 1, after: null, scope: null, conditional: true };
      const found = await whoCan(this.#tools, question, options, this.#now);
      this.#check(found.revision);
      if (found.total + found.outsiders.length > 0) return true;
      gap ??= found.gaps[0] ?? null;
    }
    return gap ?? false;
  }
}

function assuming({ arn, accountId }: FoundDocument, principal: PrincipalRef): Question {
  const about = { resource: arn, resourceAccount: accountId, context: new Map(), path: '' };
  return { subject: { principal, assumedRole: null, session: null }, action: ASSUME, ...about };
}

/** Nobody assumes a role without its trust policy. */
function isNamedIn({ attached }: FoundDocument, action: string): boolean {
  const [service = '', name = ''] = action.toLowerCase().split(':');
  return attached.policy.statements.some(({ allows, actions }) => allows && actionMatches(actions, service, name));
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
