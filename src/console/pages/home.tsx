import { accountName, nameOf } from '../names.ts';
import { Page } from '../parts/page.tsx';
import { me } from '../questions/who.ts';

/** Who am I, and what can I be. */
export function Home() {
  const who = me.value;
  if (who == null) return null;
  return (
    <Page title="Home" heading={<>You are <bdi>{nameOf(who.principal)}</bdi></>}>
      <p class="lead">{accountName(who.account)}</p>
    </Page>
  );
}
