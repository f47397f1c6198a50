/** What the `aws` command of the tests answers. */
export function answerCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): { readonly exitCode: number; readonly stdout: string; readonly stderr: string; readonly hangs: boolean };
