import { useEffect, useState } from 'preact/hooks';
import { AssumableRolesDocument, KnownAccountsDocument } from '../../generated/console/questions.ts';
import { askedLast } from '../asked.ts';
import { lastHats } from '../hats.ts';
import { accountName, count, nameOf, timeText } from '../names.ts';
import { Arn } from '../parts/arn.tsx';
import { FindingLines } from '../parts/finding-lines.tsx';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { RoleCard } from '../parts/role-card.tsx';
import { canTour } from '../parts/tour.tsx';
import { Shape, Verdict } from '../parts/verdict.tsx';
import { useAnswer } from '../questions/use-answer.ts';
import { hat, me } from '../questions/who.ts';
import { switchAddress } from '../switch-address.ts';
import { goToStep, tourStep } from '../tour.ts';
import { meaningOf } from '../words.ts';

/** Who am I, and what can I be. */
export function Home() {
  const who = me.value;
  if (who == null) return null;
  const worn = hat.value;
  return (
    <Page
      title="Home"
      heading={
        <>
          You are <bdi>{worn === null ? nameOf(who.principal) : `in the role ${worn.role.name}`}</bdi>
          {who.account !== null && (
            <>
              {' '}
              of <bdi>{accountName(who.account)}</bdi>
            </>
          )}
          .
        </>
      }
    >
      <p class="lead">{leadOf(who.kind === 'OPERATOR', worn !== null, who.signIn?.canSwitchRoles === false)}</p>
      {who.signIn != null && <SignedIn {...who.signIn} />}
      <div class="actions">
        <a class="button button-first" href="/ask">
          Ask what somebody may do
        </a>
        {who.signIn?.canSwitchRoles === true && (
          <a class="button" href="/switch-role">
            Switch to a role by its name
          </a>
        )}
        {who.kind === 'OPERATOR' && (
          <>
            <a class="button" href="/import">
              Import an export
            </a>
            <a class="button" href="/findings">
              Look at the findings
            </a>
          </>
        )}
        {canTour() && tourStep.value === null && (
          <button type="button" class="button" onClick={() => goToStep(0)}>
            Take the tour
          </button>
        )}
      </div>
      {who.kind === 'OPERATOR' ? <ForTheOperator /> : worn === null ? <Roles /> : <InARole />}
      <LastHats />
      <AskedLast />
    </Page>
  );
}

function leadOf(isOperator: boolean, isInRole: boolean, cannotLeave: boolean): string {
  if (isOperator) return 'You run this gateway: you may ask about everybody, and are nobody of any account.';
  if (!isInRole) return 'Ask what you may do, or put on a role and have its permissions instead of your own.';
  return cannotLeave ? 'Ask what you may do in it.' : 'Ask what you may do in it, or leave it to be yourself again.';
}

/** From where, and until when. */
function SignedIn({ sourceIp, expiresAt }: { readonly sourceIp: string | null; readonly expiresAt: string }) {
  return (
    <p class="muted">
      Signed in{sourceIp !== null && ` from ${sourceIp}`}, until {timeText(expiresAt)}.
    </p>
  );
}

function Roles() {
  const { data, failure, loading, again } = useAnswer(AssumableRolesDocument, {});
  const found = data?.viewer?.principal.assumableRoles ?? null;
  const switches = me.value?.signIn?.canSwitchRoles ?? false;
  return (
    <Section
      title="Roles that you can assume"
      aside={found !== null && <span class="muted">{count(found.totalCount, 'role')}</span>}
    >
      {loading && <Skeleton lines={4} />}
      {failure !== null && found === null && <FailureNotice failure={failure} again={again} />}
      {!switches && found !== null && found.totalCount > 0 && (
        <Notice>
          This browser signed in with a token, and cannot switch roles. Sign in with an access key for that.
        </Notice>
      )}
      {found?.totalCount === 0 && (
        <p class="muted">There is none: no role trusts you, or you were not given sts:AssumeRole.</p>
      )}
      <ul class="cards">
        {found?.nodes.map((each, index) => (
          <li key={each.chain.map(({ arn }) => arn).join(' ')}>
            <RoleCard assumable={each} counts={index < 4} switches={switches} />
          </li>
        ))}
      </ul>
      {found !== null && found.gaps.length > 0 && (
        <p class="muted">Not known, and left out: {found.gaps.join('; ')}.</p>
      )}
    </Section>
  );
}

function InARole() {
  if (me.value?.signIn?.canSwitchRoles === false) {
    return (
      <Section title="Other roles">
        <p>
          This browser signed in with the token of the session, and cannot switch roles. Sign in with an access key for
          that.
        </p>
      </Section>
    );
  }
  return (
    <Section title="Other roles">
      <p>
        A browser switches roles with the identity that signed in. Leave the role to see all that you can assume, or
        switch at once to one of the last: the session that you are in ends then.
      </p>
    </Section>
  );
}

function LastHats() {
  const others = lastHats.value.filter(({ role }) => role !== hat.value?.role.arn);
  if (others.length === 0 || me.value?.signIn?.canSwitchRoles !== true) return null;
  return (
    <Section title="Last roles">
      <ul class="chips">
        {others.map((each) => (
          <li key={each.role}>
            <a class={`chip hat-chip hat-${each.colour}`} href={switchAddress(each)} title={each.role}>
              <bdi>{each.display}</bdi>
            </a>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function AskedLast() {
  if (askedLast.list.length === 0) return null;
  return (
    <Section title="Asked last">
      <ul class="rows">
        {askedLast.list.map(({ address, sentence, effect }) => (
          <li key={address}>
            <a href={address} class="row">
              <span class={`is-${meaningOf(effect)} ink`}>
                <Shape meaning={meaningOf(effect)} />
              </span>
              <bdi>{sentence}</bdi>
            </a>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Findings take longest: they are asked for when the accounts are there. */
function ForTheOperator() {
  const [isLoaded, setLoaded] = useState(false);
  return (
    <>
      <Accounts loaded={() => setLoaded(true)} />
      {isLoaded && <FindingLines title="What to look at first" none="Nothing is found." first={5} />}
    </>
  );
}

/** For the operator: which accounts there are, and how much is known of each. */
function Accounts({ loaded }: { readonly loaded: () => void }) {
  const { data, failure, loading, again } = useAnswer(KnownAccountsDocument, {});
  useEffect(() => {
    if (!loading) loaded();
  }, [loading]);
  const [all, setAll] = useState(false);
  const accounts = data?.accounts?.nodes ?? [];
  const shown = all ? accounts : accounts.slice(0, 12);
  return (
    <Section
      title="Accounts"
      aside={data?.accounts != null && <span class="muted">{count(data.accounts.totalCount, 'account')}</span>}
    >
      {loading && <Skeleton lines={4} />}
      {failure !== null && data?.accounts == null && <FailureNotice failure={failure} again={again} />}
      <ul class="cards">
        {shown.map(({ accountId, name, knowledge }) => {
          const known = knowledge ?? [];
          const complete = known.filter(({ state }) => state === 'COMPLETE').length;
          const whole = known.length > 0 && complete === known.length;
          return (
            <li key={accountId} class="card account-card">
              <Arn arn={accountId} name={name} account={accountId} href={`/account/${accountId}`} />
              <Verdict
                meaning={whole ? 'allowed' : 'unknown'}
                word={whole ? 'Everything known' : `${complete} of ${count(known.length, 'layer')} known`}
              />
            </li>
          );
        })}
      </ul>
      {accounts.length > shown.length && (
        <button type="button" class="button" onClick={() => setAll(true)}>
          Show {accounts.length}
        </button>
      )}
      {all && data?.accounts != null && data.accounts.totalCount > accounts.length && (
        <p class="muted">The first {accounts.length}. Search finds the others.</p>
      )}
    </Section>
  );
}
