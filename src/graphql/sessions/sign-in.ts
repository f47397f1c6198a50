import { signInOf } from '../../session/caller.ts';
import type { SignedIn } from '../../session/sign-in.ts';
import { builder } from '../builder.ts';
import { AccessDeniedFailure, AuthenticationFailure, expectingFailures, ValidationFailure } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { become } from './become.ts';
import { mfaFields } from './issued-fields.ts';
import { Viewer } from './viewer.ts';

const SignInInput = builder.inputType('SignInInput', {
  description: 'A long-term key, and optionally an MFA device with its code',
  fields: (t) => ({
    accessKeyId: t.string({ required: true, description: 'Access key id of a user or a service, AKIA…' }),
    secretAccessKey: t.string({ required: true, description: 'The secret of the key' }),
    ...mfaFields(t, 'The MFA device of the user; together with `tokenCode`'),
  }),
});

const SignInSuccess = builder.objectRef<SignedIn>('SignInSuccess').implement({
  description: 'The browser was signed in',
  fields: (t) => ({
    viewer: t.field({
      type: Viewer,
      description: 'The signed-in identity. Fields beneath it are answered to this identity',
      resolve: ({ caller }) => {
        if (caller.kind !== 'principal') throw new Error('a sign-in without a principal');
        return caller;
      },
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the sign-in expires: 43,200 seconds from now',
      resolve: ({ expiresAt }) => expiresAt,
    }),
  }),
});

builder.mutationField('signIn', (t) =>
  t.field({
    type: SignInSuccess,
    nullable: true,
    description:
      'Signs the browser in with a long-term key: the answer sets a cookie (HttpOnly, SameSite=Strict), and until ' +
      '`signOut`, requests without an `Authorization` header are made as the owner of the key. A previous sign-in of ' +
      'the browser ends. Needs no credentials. In a signed-in browser, `assumeRole` switches roles as AWS’s console ' +
      `does. ${NULL_RESULT}`,
    args: { input: t.arg({ type: SignInInput, required: true, description: 'The key to sign in with' }) },
    errors: {
      types: [AuthenticationFailure, AccessDeniedFailure],
      union: {
        name: 'SignInResult',
        description: 'The sign-in, or why it failed; AccessDenied: the code of the MFA device is not accepted',
      },
    },
    resolve: (_root, { input }, context) =>
      expectingFailures(async () => {
        const { sessions, caller, now, origin, signInCookie } = context;
        const signedIn = await sessions.signIn(input, now, origin);
        signInCookie.keep(signedIn.token, signedIn.expiresAt);
        // Its cookie is replaced; afterwards nobody could end it.
        if (signInOf(caller) !== null) await sessions.signOut(caller, now, origin);
        become(context, signedIn.caller);
        return signedIn;
      }),
  }),
);

/** The browser is signed out. */
const SignOutSuccess = builder.objectRef<{ readonly viewer: null }>('SignOutSuccess').implement({
  description: 'The browser was signed out',
  fields: (t) => ({
    viewer: t.field({
      type: Viewer,
      nullable: true,
      description: 'The caller after signing out: always null',
      resolve: ({ viewer }) => viewer,
    }),
  }),
});

builder.mutationField('signOut', (t) =>
  t.field({
    type: SignOutSuccess,
    nullable: true,
    description:
      'Signs the browser out: ends its sign-in, and the role session that it has switched to. If the browser is not ' +
      `or no longer signed in, only its cookie is removed. ${NULL_RESULT}`,
    errors: {
      types: [ValidationFailure],
      union: {
        name: 'SignOutResult',
        description: 'The sign-out, or why it failed: the request was made with credentials of another kind',
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
