import { accessSync, constants, mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A home folder for AWS's own clients, and the variables that keep them in it and on the loopback address. */
export class AwsHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'rolegate-aws-home-'));

  /**
   * No client can reach AWS with them, or the profiles of this machine. Instance metadata is off: a test of that sets
   * AWS_EC2_METADATA_DISABLED to `false` and names an endpoint.
   */
  get env(): Readonly<Record<string, string>> {
    const dead = 'http://127.0.0.1:9';
    return {
      HOME: this.folder,
      USERPROFILE: this.folder,
      AWS_CONFIG_FILE: join(this.folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(this.folder, 'credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_PAGER: '',
      HTTP_PROXY: dead,
      HTTPS_PROXY: dead,
      http_proxy: dead,
      https_proxy: dead,
      NO_PROXY: '127.0.0.1,localhost,::1',
      no_proxy: '127.0.0.1,localhost,::1',
    };
  }

  async write(config: string, credentials = ''): Promise<void> {
    await writeFile(join(this.folder, 'config'), config, { mode: 0o600 });
    await writeFile(join(this.folder, 'credentials'), credentials, { mode: 0o600 });
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** Variables by which AWS's clients find credentials. A test takes all of them away before it sets its own. */
export const CREDENTIAL_VARIABLES = [
  'AWS_PROFILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
] as const;

/** The real AWS CLI of this machine; null: it is not on PATH. */
export function awsCli(): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'aws');
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return null;
}
