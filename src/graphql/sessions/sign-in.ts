import { signInOf } from '../../session/caller.ts';
import type { SignedIn } from '../../session/sign-in.ts';
import { builder } from '../builder.ts';
import { AccessDeniedFailure, AuthenticationFailure, expectingFailures, ValidationFailure } from '../failures.ts';
import { become } from './become.ts';
import { mfaFields } from './issued-fields.ts';
import { Viewer } from './viewer.ts';

const SignInInput = builder.inputType('SignInInput', {
  description: 'A long-term key, and the MFA device if there is one to prove',
  fields: (t) => ({
    accessKeyId: t.string({ required: true, description: 'AKIA… of a user or a service' }),
    secretAccessKey: t.string({ required: true, description: 'The secret that belongs to the key id' }),
    ...mfaFields(t, 'The MFA device of the user; together with `tokenCode`'),
  }),
});

const SignInSuccess = builder.objectRef<SignedIn>('SignInSuccess').implement({
  description: 'The browser is signed in',
  fields: (t) => ({
    viewer: t.field({
      type: Viewer,
      description: 'Who signed in. What is asked beneath it is answered to them',
      resolve: ({ caller }) => {
        if (caller.kind !== 'principal') throw new Error('a sign-in that is nobody’s');
        return caller;
      },
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the browser is signed out by itself: 43,200 seconds from now',
      resolve: ({ expiresAt }) => expiresAt,
    }),
  }),
});

builder.mutationField('signIn', (t) =>
  t.field({
    type: SignInSuccess,
    nullable: true,
    description:
      'Signs the browser in with a long-term key: the answer sets a cookie (HttpOnly, SameSite=Strict), and until `signOut` ' +
      'requests without an `Authorization` header are its user’s. A browser that was signed in as somebody else no longer is. ' +
      'Needs no credentials. With one cookie `assumeRole` switches roles as AWS’s console does',
    args: { input: t.arg({ type: SignInInput, required: true, description: 'Who signs in' }) },
    errors: {
      types: [AuthenticationFailure, AccessDeniedFailure],
      union: {
        name: 'SignInResult',
        description: 'The browser is signed in, or why not; AccessDenied: the code of the MFA device is not accepted',
      },
    },
    resolve: (_root, { input }, context) =>
      expectingFailures(async () => {
        const { sessions, caller, now, origin, signInCookie } = context;
        const signedIn = await sessions.signIn(input, now, origin);
        signInCookie.keep(signedIn.token, signedIn.expiresAt);
        // Its cookie is gone; nobody could end it any more.
        if (signInOf(caller) !== null) await sessions.signOut(caller, now, origin);
        become(context, signedIn.caller);
        return signedIn;
      }),
  }),
);

/** Nobody is signed in any more. */
const SignOutSuccess = builder.objectRef<{ readonly viewer: null }>('SignOutSuccess').implement({
  description: 'The browser is signed out',
  fields: (t) => ({
    viewer: t.field({
      type: Viewer,
      nullable: true,
      description: 'Who is signed in now: null, nobody',
      resolve: ({ viewer }) => viewer,
    }),
  }),
});

builder.mutationField('signOut', (t) =>
  t.field({
    type: SignOutSuccess,
    nullable: true,
    description:
      'Signs the browser out: its sign-in ends, and the role session that it has switched to. Of a browser that is not signed ' +
      'in, or no longer, only the cookie is forgotten',
    errors: {
      types: [ValidationFailure],
      union: {
        name: 'SignOutResult',
        description: 'The browser is signed out, or why not: the request was made with credentials of another kind',
      },
    },
    resolve: (_root, _args, context) =>
      expectingFailures(async () => {
        const { sessions, caller, now, origin, signInCookie } = context;
        signInCookie.forget();
        if (caller.kind !== 'anonymous') await sessions.signOut(caller, now, origin);
        become(context, { kind: 'anonymous' });
        return { viewer: null };
      }),
  }),
);
