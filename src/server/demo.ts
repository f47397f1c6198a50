import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DemoCredential, demoCredentials, demoDirectory } from '../directory/demo/demo.ts';
import type { Services } from './services.ts';
import type { Settings } from './settings.ts';

/** File in the data folder, readable only by its owner, with the sign-in data printed when the demo organization was loaded. */
export const DEMO_SIGN_IN_FILE = 'demo-sign-in.txt';

export interface DemoSignIn extends DemoCredential {
  readonly secretAccessKey: string;
}

/** The keys of the demo organization, and whether it was loaded at this start. */
export interface Demo {
  readonly signIns: readonly DemoSignIn[];
  readonly loadedNow: boolean;
}

/** Loads the demo organization into an empty directory, if the settings say so. Null: the directory does not contain it. */
export async function loadDemo({ directory, secrets }: Services, settings: Settings): Promise<Demo | null> {
  const signIns = demoCredentials.map((credential) => ({
    ...credential,
    secretAccessKey: secrets.secretFor(credential.accessKeyId),
  }));
  const loadedNow = settings.demo && (await directory.isEmpty());
  if (loadedNow) {
    await directory.apply(demoDirectory());
    await writeFile(join(settings.dataDir, DEMO_SIGN_IN_FILE), demoSignInText(signIns), { mode: 0o600 });
  }
  return loadedNow || (await isDemoLoaded(directory)) ? { signIns, loadedNow } : null;
}

/** Who it is, without the secret. */
export function personOf({ name, accessKeyId }: DemoCredential): Pick<DemoCredential, 'name' | 'accessKeyId'> {
  return { name, accessKeyId };
}

async function isDemoLoaded(directory: Services['directory']): Promise<boolean> {
  const [first] = demoCredentials;
  return first !== undefined && (await directory.keys.find(first.accessKeyId)) !== null;
}

/** For people: who can sign in, and what to paste where. */
export function demoSignInText(signIns: readonly DemoSignIn[]): string {
  const entries = signIns.map(({ name, principalId, accessKeyId, secretAccessKey }) => {
    const basic = Buffer.from(`${accessKeyId}:${secretAccessKey}`).toString('base64');
    return [
      `  ${name}: ${principalId}`,
      `    access key id      ${accessKeyId}`,
      `    secret access key  ${secretAccessKey}`,
      `    header             {"Authorization": "Basic ${basic}"}`,
    ].join('\n');
  });
  return `The demo organization is loaded. To sign in, open the gateway's address in a browser and paste a key; programs send the header:\n\n${entries.join('\n\n')}\n`;
}
