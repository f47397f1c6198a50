import { computed, signal } from '@preact/signals';
import {
  LeaveRoleDocument,
  type MeFragment,
  SignInDocument,
  type SignInInput,
  SignOutDocument,
  SwitchRoleDocument,
  WhoDocument,
} from '../../generated/console/questions.ts';
import { belongsTo } from '../person.ts';
import { type Answered, ask, whenSignedOut } from './ask.ts';

/** Who I am. Null: nobody is signed in; undefined: not known yet. The console's only state that pages share. */
export const me = signal<MeFragment | null | undefined>(undefined);

/** What happened to my identity without my doing, to be said once. */
export const news = signal<string | null>(null);

/** The role that I am in; null: I am myself. */
export const hat = computed(() => me.value?.roleSession ?? null);

/** As whom my questions are decided. */
export const myId = computed(() => me.value?.principal.principalId ?? null);

/** Longest wait of a timer in browsers. Milliseconds. */
const LONGEST_WAIT = 2 ** 31 - 1;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Asks again who I am: somebody may have ended the session, or its time is over. */
export async function refreshWho(): Promise<void> {
  const { data, failure } = await ask(WhoDocument, {});
  if (failure?.kind === 'lost') {
    // Whoever opens the page while the gateway is away learns so, and is not told to sign in.
    if (me.value === undefined) news.value = failure.sentence;
    return;
  }
  becomes(data?.viewer ?? null, true);
}

/** `unasked`: nobody pressed anything here, so that a change is news. */
function becomes(next: MeFragment | null, unasked: boolean): void {
  const before = me.value;
  if (unasked && before != null) {
    if (next === null) news.value = 'Your sign-in has ended. Sign in again to go on.';
    else if (before.roleSession != null && next.roleSession?.arn !== before.roleSession.arn) {
      news.value = `The session in the role ${before.roleSession.role.name} has ended. You have your own permissions again.`;
    }
  }
  me.value = next;
  belongsTo((next?.restoresTo ?? next?.principal)?.principalId ?? null);
  clearTimeout(timer);
  const ends = [next?.roleSession?.expiresAt, next?.signIn?.expiresAt].flatMap((at) =>
    at == null ? [] : Date.parse(at),
  );
  if (ends.length === 0) return;
  const wait = Math.min(...ends) - Date.now() + 500;
  timer = setTimeout(() => void refreshWho(), Math.min(Math.max(wait, 1_000), LONGEST_WAIT));
}

whenSignedOut(() => {
  if (me.value != null) becomes(null, true);
});

/** Null: it was done; otherwise why not. */
export type Refusal = string | null;

export async function signIn(input: SignInInput): Promise<Refusal> {
  const { data, failure } = await ask(SignInDocument, { input });
  const result = data?.signIn;
  if (result?.__typename === 'SignInSuccess') {
    news.value = null;
    becomes(result.viewer, false);
    return null;
  }
  return result?.message ?? failure?.sentence ?? 'The gateway did not sign you in.';
}

export async function signOut(): Promise<Refusal> {
  const { data, failure } = await ask(SignOutDocument, {});
  news.value = null;
  if (failure === null) becomes(null, false);
  return refusalOf(data?.signOut, failure);
}

export async function switchRole(role: string): Promise<Refusal> {
  const { data, failure } = await ask(SwitchRoleDocument, { role });
  const refusal = refusalOf(data?.assumeRole, failure);
  if (refusal === null) {
    news.value = null;
    becomes((await ask(WhoDocument, {})).data?.viewer ?? null, false);
  }
  return refusal;
}

export async function leaveRole(): Promise<Refusal> {
  const { data, failure } = await ask(LeaveRoleDocument, {});
  const now = await ask(WhoDocument, {});
  if (now.failure === null) becomes(now.data?.viewer ?? null, false);
  return refusalOf(data?.exitRole, failure);
}

function refusalOf(
  result: { readonly __typename: string; readonly message?: string } | null | undefined,
  failure: Answered<unknown>['failure'],
): Refusal {
  return result?.message ?? failure?.sentence ?? null;
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && me.value !== undefined) void refreshWho();
});
