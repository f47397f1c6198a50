import type { SettingInForce } from './setting-reader.ts';
import { type SettingArguments, sourcesOf } from './setting-sources.ts';
import { readSettingsFrom, type Settings } from './settings.ts';

const NO_ARGUMENTS: Omit<SettingArguments, 'rest'> = { config: null, flags: {} };

/** The settings of this process, and where each of them is from. `given`: what its command line says. Throws InvalidSettings. */
export function settingsInForce(given = NO_ARGUMENTS): {
  readonly settings: Settings;
  readonly inForce: readonly SettingInForce[];
} {
  const workingDir = process.cwd();
  return readSettingsFrom(sourcesOf(given, process.env, workingDir), workingDir);
}
