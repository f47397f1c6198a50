import type { AskedDirectory } from '../../directory/directory.ts';
import type { ControlLevel } from '../../evaluation/applicable-policies.ts';
import { isClosed } from '../../evaluation/closed-policy.ts';
import { actionMatches } from '../../policy/action-pattern.ts';
import type { CompiledStatement } from '../../policy/statement.ts';
import { rootOf } from '../outside-principals.ts';
import type { OneRevision } from '../scan.ts';
import type { Work } from '../work.ts';

/** What all users and roles of an account share. */
export interface AccountAbove {
  /** What is not known of their policies, and could allow them something; null: nothing of the kind. */
  readonly gap: string | null;
  /**
   * What the control policies above the account say about the action, to its principals and on its roles. Equal texts: they say the same.
   * Null: it depends on who calls, or on what.
   */
  readonly control: string | null;
}

/** Accounts that are read together. */
const TOGETHER = 100;

/** What is above each of these accounts. `action`: in lower case. `partitions`: of the accounts, `aws` where none is given. */
export async function accountsAbove(
  { directory, work, now, check }: Search,
  accounts: ReadonlyMap<string, string>,
  action: readonly [service: string, name: string],
): Promise<ReadonlyMap<string, AccountAbove>> {
  const found = new Map<string, AccountAbove>();
  const ids = [...accounts.keys()];
  for (let from = 0; from < ids.length; from += TOGETHER) {
    await work.turn();
    const some = ids.slice(from, from + TOGETHER);
    const roots = some.map((id) => rootOf(id, accounts.get(id) ?? 'aws'));
    const wanted = { principals: roots, roles: [], resources: [], accounts: some, now, forSearch: true } as const;
    const gathered = await directory.gather(wanted, check.first);
    check(gathered.revision);
    for (const [at, id] of some.entries()) {
      const root = roots[at];
      const known = root === undefined ? null : gathered.principal(root);
      const gaps = gathered.principalGaps(id);
      const gap = gaps.find((one) => known?.reach?.get(one) === undefined) ?? null;
      const { serviceControl = null, resourceControl = null } = known?.value.policies?.source ?? {};
      const said = [serviceControl, resourceControl ?? null].map((levels) => saidIn(levels, action));
      const control = known === null || said.includes(null) ? null : said.join(' ');
      const { facts } = known?.value ?? {};
      const organization = facts !== undefined && 'organization' in facts ? facts.organization : null;
      // Control policies do not bind the account that manages the organization.
      const isManaging = organization?.managementAccountId === id;
      // What is not known of an account can be told of any of its principals.
      const whose = gaps.length === 0 ? '' : id;
      found.set(id, { gap, control: control === null ? null : `${isManaging} ${whose} ${control}` });
    }
  }
  return found;
}

export interface Search {
  readonly directory: AskedDirectory;
  readonly work: Work;
  readonly now: number;
  readonly check: OneRevision;
}

function saidIn(
  levels: readonly ControlLevel[] | null,
  [service, name]: readonly [service: string, name: string],
): string | null {
  if (levels === null) return 'none';
  const texts: string[] = [];
  for (const { policies } of levels) {
    let text = '';
    for (const attached of policies) {
      if (isClosed(attached) || attached.policy.faults.length > 0) return null;
      for (const statement of attached.policy.statements) {
        if (!actionMatches(statement.actions, service, name)) continue;
        if (!isPlain(statement) || !meansEverybody(statement)) return null;
        text += statement.allows ? 'A' : 'D';
      }
    }
    texts.push(settled(text));
  }
  return texts.join('/');
}

function meansEverybody({ principal }: CompiledStatement): boolean {
  return principal === null || (principal.everyone && !principal.negated);
}

/** Whether the statement says the same of every resource, whoever asks and however. */
export function isPlain({ conditions, resources }: CompiledStatement): boolean {
  if (conditions.length > 0) return false;
  return resources === null || (!resources.negated && resources.patterns.some(({ everything }) => everything));
}

/** What a layer of plain statements says: A Deny, or else an Allow. */
export function settled(effects: string): string {
  return effects.includes('D') ? 'D' : effects.includes('A') ? 'A' : '-';
}
