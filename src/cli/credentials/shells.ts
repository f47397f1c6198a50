import { CommandFailed } from '../failure.ts';

/** Whose form `rolegate env` prints. */
export const SHELLS = ['posix', 'powershell', 'cmd'] as const;
export type Shell = (typeof SHELLS)[number];

const SETTERS: Readonly<Record<Shell, (name: string, value: string) => string>> = {
  // Between single quotes a shell reads everything as it is, but a single quote.
  posix: (name, value) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`,
  powershell: (name, value) => `$Env:${name} = '${value.replaceAll(/['‘’‚‛]/g, '$&$&')}'\n`,
  cmd: (name, value) => {
    // It has no quoting for these. Credentials do not hold them; the path of an address can.
    if (/["%!^&|<>\r\n]/.test(value)) throw new CommandFailed(`${name} cannot be set in cmd`);
    return `set "${name}=${value}"\r\n`;
  },
};

/** Lines that set environment variables, one for each. Throws CommandFailed for a value that the shell cannot write. */
export function exportsFor(shell: Shell, variables: Readonly<Record<string, string>>): string {
  const set = SETTERS[shell];
  return Object.entries(variables)
    .map(([name, value]) => set(name, value))
    .join('');
}
