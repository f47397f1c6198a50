import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Kept from run to run: packages and the tool are fetched once. */
export const DOTNET_FOLDER = join(tmpdir(), 'rolegate-dotnet-clients');
export const QUIET = { DOTNET_NOLOGO: '1', DOTNET_CLI_TELEMETRY_OPTOUT: '1', POWERSHELL_TELEMETRY_OPTOUT: '1' };
const POWERSHELL = { version: '7.6.9', folder: join(DOTNET_FOLDER, 'powershell') };
/** The program, once it is installed. */
export const PWSH = join(POWERSHELL.folder, 'pwsh');

/** Why the machine has no `dotnet` that can be used; null: it has one. */
export function missingDotnet(): string | null {
  const { status, stdout } = spawnSync('dotnet', ['--version'], { encoding: 'utf8' });
  if (status !== 0) return '`dotnet` is not on PATH';
  return stdout.startsWith('10.') ? null : `dotnet is ${stdout.trim()}, and 10.0 is needed`;
}

/** What it printed when it failed; null: it did not. */
export function dotnet(...words: string[]): string | null {
  mkdirSync(DOTNET_FOLDER, { recursive: true });
  const { status, stdout, stderr } = spawnSync('dotnet', words, {
    cwd: DOTNET_FOLDER,
    encoding: 'utf8',
    env: { ...process.env, ...QUIET },
  });
  return status === 0 ? null : stdout + stderr;
}

/** Installs PowerShell, a tool of .NET's, where it is not there. */
export function installPowerShell(): void {
  if (existsSync(PWSH)) return;
  const { version, folder } = POWERSHELL;
  const failure = dotnet('tool', 'install', 'PowerShell', '--version', version, '--tool-path', folder);
  if (failure !== null) throw new Error(failure);
}
