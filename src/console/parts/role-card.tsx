import { useState } from 'preact/hooks';
import { type AssumableRolesQuery, GainAndLossDocument } from '../../generated/console/questions.ts';
import { hatOf, wear } from '../hats.ts';
import { accountName, list } from '../names.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { myId, switchRole } from '../questions/who.ts';
import { Arn } from './arn.tsx';
import { Notice } from './notice.tsx';

type Roles = NonNullable<NonNullable<AssumableRolesQuery['viewer']>['principal']['assumableRoles']>;
export type Assumable = Roles['nodes'][number];

/** A browser switches as AWS's console does, which gives nothing of the kind. */
const PROGRAMS = 'A browser that switches cannot give that, as in AWS’s console: a program gives it to assumeRole.';
const WITH_DEVICE = 'Sign out, and sign in with the code of your MFA device.';

/** What a call must have, as people say it, and how somebody comes to it. */
const ASKED_FOR: Readonly<Record<string, readonly [said: string, way: string]>> = {
  'sts:ExternalId': ['an external id', PROGRAMS],
  'aws:MultiFactorAuthPresent': ['a sign-in with an MFA device', WITH_DEVICE],
  'aws:MultiFactorAuthAge': ['a fresh sign-in with an MFA device', WITH_DEVICE],
  'sts:SourceIdentity': ['a source identity', PROGRAMS],
  'sts:RoleSessionName': ['a name of the session', PROGRAMS],
};

/** A role that can be assumed: what it would give and take, and the switch. */
export function RoleCard({
  assumable,
  counts,
  switches,
}: {
  readonly assumable: Assumable;
  /** Whether gain and loss are counted at once; otherwise when asked for: it goes through all actions. */
  readonly counts: boolean;
  readonly switches: boolean;
}) {
  const { role, requires, chain } = assumable;
  const [counted, setCounted] = useState(counts);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const direct = chain.length === 1;
  const canSwitch = direct && switches && !waysTo(requires).includes(PROGRAMS);
  const change = async (): Promise<void> => {
    setBusy(true);
    const why = await switchRole(role.arn);
    setBusy(false);
    setRefusal(why);
    if (why === null) wear(hatOf(role.arn, role.name));
  };
  return (
    <article class="card role-card">
      <h3>
        <Arn arn={role.arn} name={role.name} account={accountName(role.account)} />
      </h3>
      {role.description !== null && role.description !== '' && <p class="muted">{role.description}</p>}
      {!direct && (
        <p>Through {list(chain.slice(0, -1).map(({ name }) => name))} first: a browser switches one step alone.</p>
      )}
      <Requirements keys={requires} />
      {direct &&
        (counted ? (
          <GainAndLoss role={role.arn} />
        ) : (
          <button type="button" class="button button-small" onClick={() => setCounted(true)}>
            What would I gain and give up?
          </button>
        ))}
      {refusal !== null && (
        <Notice kind="problem">
          <p>{refusal}</p>
          <a href={whyAddress(role.arn)}>See why</a>
        </Notice>
      )}
      {canSwitch && (
        <div class="role-tools">
          <button type="button" class="button button-first" disabled={busy} onClick={() => void change()}>
            {busy ? 'Switching…' : 'Switch'}
          </button>
        </div>
      )}
    </article>
  );
}

function waysTo(keys: readonly string[]): readonly string[] {
  return [...new Set(keys.map((key) => ASKED_FOR[key]?.[1] ?? ''))].filter((way) => way !== '');
}

function Requirements({ keys }: { readonly keys: readonly string[] }) {
  if (keys.length === 0) return null;
  return (
    <p>
      Asks for {list(keys.map((key) => ASKED_FOR[key]?.[0] ?? key))}. {waysTo(keys).join(' ')}
    </p>
  );
}

/** The question whether I may assume a role. */
export function whyAddress(role: string): string {
  const query = new URLSearchParams({ principal: myId.value ?? '', action: 'sts:AssumeRole', resource: role });
  return `/ask?${query.toString()}`;
}

/** Numbers of actions. */
export function GainAndLoss({ role }: { readonly role: string }) {
  const principal = myId.value;
  const { data, failure, loading } = useAnswer(GainAndLossDocument, principal === null ? null : { principal, role });
  const compared = data?.compareAccess ?? null;
  if (failure !== null) return <p class="muted">What you would gain and give up is not told: {failure.sentence}</p>;
  const numbers: readonly (readonly [string, number | null])[] = [
    ['gain', compared?.gained.length ?? null],
    ['give up', compared?.lost.length ?? null],
    ['changed', compared?.changed.length ?? null],
    ['keep', compared?.keptCount ?? null],
  ];
  return (
    <dl class="numbers" aria-busy={loading}>
      {numbers.map(([label, number]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{number === null ? '…' : number.toLocaleString('en')}</dd>
        </div>
      ))}
    </dl>
  );
}
