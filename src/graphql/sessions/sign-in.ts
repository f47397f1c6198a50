import { browserSignInOf, type Caller } from '../../session/caller.ts';
import { ValidationError } from '../../session/errors.ts';
import type { SignInInput as SignInWith } from '../../session/sign-in.ts';
import type { SignedIn } from '../../session/token-sign-in.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { AccessDeniedFailure, AuthenticationFailure, expectingFailures, ValidationFailure } from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { become } from './become.ts';
import { mfaFields } from './issued-fields.ts';
import { Viewer } from './viewer.ts';

const SignInInput = builder.inputType('SignInInput', {
  description:
    'One of three: a long-term key (`accessKeyId` and `secretAccessKey`, and optionally an MFA device with its code), a ' +
    '`sessionToken`, or the `operatorToken`',
  fields: (t) => ({
    accessKeyId: t.string({ description: 'Access key id of a user or a service, AKIA…' }),
    secretAccessKey: t.string({ description: 'The secret of the key' }),
    ...mfaFields(t, 'The MFA device of the user; together with `tokenCode`'),
    sessionToken: t.string({ description: 'The token of a role session, or of other temporary credentials' }),
    operatorToken: t.string({ description: 'The token of the operator' }),
  }),
});

const SignInSuccess = builder.objectRef<SignedIn>('SignInSuccess').implement({
  description: 'The browser was signed in',
  fields: (t) => ({
    viewer: t.field({
      type: Viewer,
      description: 'The signed-in identity. Fields beneath it are answered to this identity',
      resolve: ({ caller }) => {
        if (caller.kind === 'anonymous') throw new Error('a sign-in without anybody');
        return caller;
      },
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description:
        'When the sign-in expires: 43,200 seconds from now, the operator’s after 3,600; but not later than the session of the token',
      resolve: ({ expiresAt }) => expiresAt,
    }),
  }),
});

const FOREIGN = 'pages of other origins sign no browser in: they call with a bearer token';

/** Which of the three was given. Throws ValidationError. */
function givenOf(input: typeof SignInInput.$inferInput): SignInWith {
  const { accessKeyId, secretAccessKey, serialNumber, tokenCode, sessionToken, operatorToken } = input;
  const ofKey = [accessKeyId, secretAccessKey, serialNumber, tokenCode].some((text) => text != null);
  const given = [ofKey, sessionToken != null, operatorToken != null].filter(Boolean).length;
  if (given === 1 && sessionToken != null) return { sessionToken };
  if (given === 1 && operatorToken != null) return { operatorToken };
  if (given === 1 && accessKeyId != null && secretAccessKey != null) {
    return { accessKeyId, secretAccessKey, serialNumber, tokenCode };
  }
  const message =
    'give `accessKeyId` and `secretAccessKey`, or `sessionToken`, or `operatorToken`, and no two of the three';
  throw new ValidationError(message, 'input');
}

/** By HTTP request, who signed in with it last: another operation of it makes or ends that sign-in's cookie, too. */
const signedInBy = new WeakMap<object, Caller>();

/** Whose sign-in an operation ends: the caller's, otherwise that of an earlier operation of the request. */
function leaving({ caller, request }: GatewayContext): Caller {
  return browserSignInOf(caller) === null ? (signedInBy.get(request) ?? caller) : caller;
}

builder.mutationField('signIn', (t) =>
  t.field({
    type: SignInSuccess,
    nullable: true,
    description:
      'Signs the browser in with a long-term key, a session token or the operator’s token: the answer sets a cookie ' +
      '(HttpOnly, SameSite=Strict), and until `signOut`, requests without an `Authorization` header are made as whoever ' +
      'it speaks for. It ends with the key, the session or the token that it was made with. A previous sign-in of the ' +
      'browser ends. Needs no credentials. In a browser that signed in with a key, `assumeRole` switches roles as AWS’s ' +
      `console does. ${NULL_RESULT}`,
    args: { input: t.arg({ type: SignInInput, required: true, description: 'What to sign in with' }) },
    errors: {
      types: [AuthenticationFailure, AccessDeniedFailure, ValidationFailure],
      union: {
        name: 'SignInResult',
        description:
          'The sign-in, or why it failed; AccessDenied: the code of the MFA device is not accepted; ValidationError: not one ' +
          'of the three was given, or a page of another origin asks',
      },
    },
    resolve: (_root, { input }, context) =>
      expectingFailures(async () => {
        const { sessions, request, now, origin, signInCookie } = context;
        if (signInCookie.isForeign === true) throw new ValidationError(FOREIGN, null);
        const before = leaving(context);
        const signedIn = await sessions.signIn(givenOf(input), now, origin);
        signInCookie.keep(signedIn.token, signedIn.expiresAt);
        // Its cookie is replaced; afterwards nobody could end it.
        if (browserSignInOf(before) !== null) await sessions.signOut(before, now, origin);
        signedInBy.set(request, signedIn.caller);
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
        const { sessions, request, now, origin, signInCookie } = context;
        const before = leaving(context);
        signInCookie.forget();
        signedInBy.delete(request);
        if (before.kind !== 'anonymous') await sessions.signOut(before, now, origin);
        become(context, { kind: 'anonymous' });
        return { viewer: null };
      }),
  }),
);
