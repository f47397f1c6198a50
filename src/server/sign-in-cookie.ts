import type { SignInCookie } from '../graphql/context.ts';

const NAME = 'rolegate-sign-in';

/** The sign-in cookie as a header of `response`. */
export function signInCookieOf(
  response: { setHeader(name: string, value: string): unknown },
  secure: boolean,
): SignInCookie {
  const set = (value: string, expires: Date): void => {
    const attributes = `Path=/; Expires=${expires.toUTCString()}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
    response.setHeader('set-cookie', `${NAME}=${value}; ${attributes}`);
  };
  return {
    keep: (token, expiresAt) => set(token, new Date(expiresAt)),
    forget: () => set('', new Date(0)),
  };
}
