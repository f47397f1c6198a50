import { useMemo, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { CompareDocument, type CompareQuery, type CompareQueryVariables } from '../../generated/console/questions.ts';
import { count, nameOf } from '../names.ts';
import { Combo } from '../parts/combo.tsx';
import { Differences } from '../parts/differences.tsx';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { type Compared, comparedAddress, comparedIn, subjectsOf } from '../questions/compared.ts';
import { findPrincipals, findRoles } from '../questions/complete.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { myId } from '../questions/who.ts';
import { meaningOf } from '../words.ts';

type Found = NonNullable<CompareQuery['compareAccess']>;

/** What one may that another may not, each as itself or in a role. */
export function Compare() {
  const { query, url, route } = useLocation();
  const compared = useMemo(() => comparedIn(query), [url]);
  const variables: CompareQueryVariables | null = compared === null ? null : subjectsOf(compared);
  const { data, failure, loading, again } = useAnswer(CompareDocument, variables);
  const found = data?.compareAccess ?? null;
  return (
    <Page
      title="Compare"
      heading={found === null || compared === null ? 'Who may more?' : <Headline compared={compared} found={found} />}
    >
      <p class="lead">
        Two principals, or one as itself and in a role: what only one of them may, action by action, the worst first.
      </p>
      <div class="ask">
        <Form key={url} query={query} submit={(asked) => route(comparedAddress(asked))} />
        <div class="ask-answer">
          {loading && <Skeleton lines={5} />}
          {failure !== null && found === null && <FailureNotice failure={failure} again={again} />}
          {found !== null && variables !== null && (
            <>
              <Assumption decision={found.assumption} />
              <Assumption decision={found.otherAssumption} />
              <Differences key={JSON.stringify(variables)} variables={variables} found={found} />
              {found.gaps.length > 0 && <Notice>Not known, and left out: {found.gaps.join('; ')}.</Notice>}
              {found.partial.length > 0 && <Notice>Not compared: {found.partial.join(', ')}.</Notice>}
            </>
          )}
        </div>
      </div>
    </Page>
  );
}

/** A role that cannot be assumed allows nothing: that is said before the numbers. */
function Assumption({ decision }: { readonly decision: Found['assumption'] }) {
  if (decision === null || decision.effect === 'ALLOWED') return null;
  return (
    <Notice kind="warning">
      <Verdict meaning={meaningOf(decision.effect)} word="Cannot be in the role" />
      <p>{decision.reason}</p>
    </Notice>
  );
}

function subject(principal: string, role: string): string {
  const name = nameOf({ principalId: principal });
  return role === '' ? name : `${name} in the role ${nameOf({ principalId: role })}`;
}

function Headline({ compared, found }: { readonly compared: Compared; readonly found: Found }) {
  const { principal, role, other, otherRole } = compared;
  const isOne = other === '';
  const first = isOne ? subject(principal, '') : subject(principal, role);
  const second = isOne ? subject(principal, role) : subject(other, otherRole);
  const { gainedCount: gained, lostCount: lost, changedCount: changed } = found;
  if (gained + lost + changed === 0) {
    return (
      <>
        <bdi>{first}</bdi> and <bdi>{second}</bdi> may exactly the same.
      </>
    );
  }
  return (
    <>
      <bdi>{second}</bdi> may {count(gained, 'action')} that <bdi>{first}</bdi> may not, and lacks{' '}
      {lost.toLocaleString('en')}.
    </>
  );
}

function Form({
  query,
  submit,
}: {
  readonly query: Readonly<Record<string, string>>;
  readonly submit: (compared: Compared) => void;
}) {
  const [principal, setPrincipal] = useState(query['principal'] ?? myId.value ?? '');
  const [role, setRole] = useState(query['role'] ?? '');
  const [other, setOther] = useState(query['other'] ?? '');
  const [otherRole, setOtherRole] = useState(query['otherRole'] ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const compare = (event: SubmitEvent): void => {
    event.preventDefault();
    const asked = {
      principal: principal.trim(),
      role: role.trim(),
      other: other.trim(),
      otherRole: other.trim() === '' ? '' : otherRole.trim(),
    };
    if (asked.other === '' && asked.role === '') setProblem('Name somebody to compare with, or a role.');
    else submit(asked);
  };
  return (
    <form class="card form question" onSubmit={compare} aria-label="What is compared">
      <Combo label="Compare" value={principal} change={setPrincipal} search={findPrincipals} required />
      <Combo label="in the role" value={role} change={setRole} search={findRoles} placeholder="as itself" />
      <Combo
        label="with"
        value={other}
        change={setOther}
        search={findPrincipals}
        placeholder="itself without the role"
      />
      <Combo
        label="in the other role"
        value={otherRole}
        change={setOtherRole}
        search={findRoles}
        placeholder="as itself"
      />
      {problem !== null && <Notice kind="problem">{problem}</Notice>}
      <button type="submit" class="button button-first">
        Compare
      </button>
    </form>
  );
}
