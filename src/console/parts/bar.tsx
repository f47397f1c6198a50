import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { facts } from '../facts.ts';
import { hatOf } from '../hats.ts';
import { accountName, nameOf, timeLeft } from '../names.ts';
import { PLACES } from '../places.ts';
import { hat, leaveRole, me, news, signOut } from '../questions/who.ts';
import { nextTheme, theme } from '../theme.ts';
import { Search } from './search.tsx';

/** Minutes pass while a page is open. Milliseconds. */
const TICK = 20_000;

/** Who am I, across the top of every page: neutral as oneself, in the colour of the role while one is worn. */
export function Bar() {
  const { path } = useLocation();
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  const worn = hat.value === null ? null : hatOf(hat.value.role.arn, hat.value.role.name);
  return (
    <header class={`bar ${worn === null ? '' : `bar-${worn.colour}`}`}>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <div class="bar-row">
        <a class="brand" href="/">
          <Mark />
          <span>Rolegate</span>
        </a>
        <button
          type="button"
          class="bar-button bar-menu"
          aria-expanded={open}
          aria-controls="bar-more"
          onClick={() => setOpen(!open)}
        >
          {me.value == null ? 'Menu' : (worn?.display ?? nameOf(me.value.principal))}
        </button>
        <div id="bar-more" class={open ? 'bar-more bar-open' : 'bar-more'}>
          {me.value != null && (
            <nav class="bar-places" aria-label="Pages">
              {PLACES.map(({ href, label }) => (
                <a key={href} href={href} aria-current={path === href ? 'page' : undefined}>
                  {label}
                </a>
              ))}
              {facts.graphiql && (
                <a href="/graphql" target="_top">
                  GraphiQL
                </a>
              )}
            </nav>
          )}
          <div class="bar-self">
            {me.value != null && <Search />}
            <WhoAmI />
            <ThemeButton />
            {me.value != null && (
              <button type="button" class="bar-button" onClick={() => void signOut()}>
                Sign out
              </button>
            )}
          </div>
        </div>
      </div>
    </header>
  );
}

function WhoAmI() {
  const now = useNow();
  const who = me.value;
  if (who == null) return null;
  const { roleSession: session, restoresTo, principal, account, signIn } = who;
  if (session == null) {
    return (
      <p class="who">
        <strong>
          <bdi>{nameOf(principal)}</bdi>
        </strong>
        <bdi class="who-place">{accountName(account)}</bdi>
      </p>
    );
  }
  const worn = hatOf(session.role.arn, session.role.name);
  const leave = async (): Promise<void> => {
    const refusal = await leaveRole();
    if (refusal !== null) news.value = refusal;
  };
  return (
    <>
      <p class="who" title={session.arn}>
        <span class="who-role">in role</span>
        <strong>
          <bdi>{worn.display}</bdi>
        </strong>
        <bdi class="who-place">{accountName(account)}</bdi>
        {restoresTo != null && (
          <span class="who-place">
            as <bdi>{nameOf(restoresTo)}</bdi>
          </span>
        )}
        <span class="who-time">{timeLeft(session.expiresAt, now)} left</span>
      </p>
      {/* Whoever signed in with the token of the session is nobody without it: it can sign out. */}
      {signIn?.canSwitchRoles !== false && (
        <button type="button" class="bar-button bar-leave" onClick={() => void leave()}>
          Leave role
        </button>
      )}
    </>
  );
}

/** The time of this moment, again and again while the page is open. */
function useNow(): number {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((before) => before + 1), TICK);
    return () => clearInterval(timer);
  }, []);
  return Date.now();
}

const THEME_LABELS = { system: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' } as const;

function ThemeButton() {
  return (
    <button type="button" class="bar-button bar-icon" onClick={nextTheme} title={THEME_LABELS[theme.value]}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <path d="M8 1a7 7 0 1 0 .01 0zM8 2.5v11a5.5 5.5 0 0 1 0-11z" fill="currentColor" fill-rule="evenodd" />
      </svg>
      <span class="hidden">{THEME_LABELS[theme.value]}</span>
    </button>
  );
}

/** A gate with one wing open. */
function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <path d="M7 26V13a9 9 0 0 1 18 0v13h-4V13a5 5 0 0 0-10 0v13z" fill="#fff" />
      <path d="M11 26V13l6 3v13z" fill="#f5a623" />
    </svg>
  );
}
