import { UsageError } from '../usage-error.ts';

/** Options that other programs have for secrets. */
const SECRET_OPTIONS =
  /^--(?:aws-)?(?:access-key(?:-id)?|secret(?:-access)?-key|secret|session-token|token-code|token|password)(?:=|$)/;
/** A key id and its secret, and HTTP Basic of them. */
const PAIR = /\bA[KS]IA[A-Z2-7]{16}:|^Basic /i;
/**
 * A secret access key: 40 characters of base64, of which nearly all have letters of both cases and a digit. A hash in
 * hexadecimal digits, such as that of a commit, is none.
 */
const SECRET =
  /(?<![A-Za-z0-9/+])(?=[A-Za-z0-9/+]*[A-Z])(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*\d)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/;
/** A session token. */
const TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/;

/**
 * Arguments of a command can be read by every process of the machine, and stay in the shell's history. Throws UsageError,
 * which does not repeat the argument.
 */
export function refuseSecrets(args: readonly string[]): void {
  for (const [index, arg] of args.entries()) {
    if (SECRET_OPTIONS.test(arg)) {
      throw new UsageError(
        `keys and codes are no arguments, which every process can read: keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, --profile or --key-file, MFA codes from the terminal`,
      );
    }
    // ARNs have long paths.
    if (/^(?:--[\w-]+=)?arn:/.test(arg) || !(PAIR.test(arg) || SECRET.test(arg) || TOKEN.test(arg))) continue;
    throw new UsageError(
      `argument ${index + 1} looks like a secret, which no argument may be, because every process can read it: keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, --profile or --key-file`,
    );
  }
}
