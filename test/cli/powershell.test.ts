/** The guide's commands in PowerShell, which a tool of .NET's brings to Linux too. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPowerShell, missingDotnet, PWSH, QUIET } from '../support/dotnet.ts';
import { newDataDir, removeDataDir, startTestGateway, type TestGateway } from '../support/gateway.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GUIDE = readFileSync(join(ROOT, 'src/cli/README.md'), 'utf8');
const ALICE = 'arn:aws:iam::111111111111:user/alice';

const missing = missingDotnet();
if (missing !== null) process.stderr.write(`PowerShell is skipped: ${missing}\n`);

let dataDir: string;
let cwd: string;
let gateway: TestGateway;

beforeAll(async () => {
  if (missing !== null) return;
  installPowerShell();
  [dataDir, cwd] = [await newDataDir(), await newDataDir()];
  gateway = await startTestGateway(dataDir);
  // Where the block looks for it.
  mkdirSync(join(cwd, '.rolegate'));
  cpSync(join(dataDir, 'operator.token'), join(cwd, '.rolegate/operator.token'));
}, 300_000);
afterAll(async () => {
  await gateway?.gateway.close();
  for (const folder of [dataDir, cwd]) if (folder !== undefined) await removeDataDir(folder);
});

/** What a script prints, and how it ended. `npx rolegate` is the command line as it was built. */
async function run(script: string): Promise<string> {
  const file = join(cwd, 'script.ps1');
  const npx = `$ErrorActionPreference = 'Stop'\nfunction npx { & '${process.execPath}' '${join(ROOT, 'dist/cli/main.js')}' @($args | Select-Object -Skip 1) }\n`;
  writeFileSync(file, npx + script.replaceAll('http://127.0.0.1:4000', gateway.url));
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd, NO_COLOR: '1', ...QUIET };
  const { stdout } = await promisify(execFile)(PWSH, ['-NoProfile', '-NonInteractive', '-File', file], { cwd, env });
  return stdout;
}

describe.skipIf(missing !== null)('PowerShell', { timeout: 240_000 }, () => {
  test('asks over HTTP as the guide says', async () => {
    const [, block = ''] = /^```powershell\n([\s\S]*?)^```/m.exec(GUIDE) ?? [];
    expect(block).toContain('Invoke-RestMethod');
    expect(await run(block)).toMatch(/111111111111 +Development/);
  });

  test('has settings in its variables, and runs the commands that the guide names', async () => {
    const [, settings = ''] = /`(\$env:ROLEGATE_DATA_DIR = )'data'`/.exec(GUIDE) ?? [];
    expect(settings).not.toBe('');
    const printed = await run(`${settings}'${dataDir}'
npx rolegate version
npx rolegate settings
npx rolegate status
npx rolegate can ${ALICE} s3:DeleteBucket arn:aws:s3:::dev-alice
"ended with $LASTEXITCODE"
npx rolegate who-can s3:ListBucket arn:aws:s3:::shared-datasets
npx rolegate roles ${ALICE}
npx rolegate findings
npx rolegate export exported
`);
    expect(printed).toMatch(/^ROLEGATE_DATA_DIR .*environment/m);
    expect(printed).toMatch(/^ready +yes$/m);
    expect(printed).toMatch(/explicit deny in a service control policy[\s\S]*^ended with 1$/m);
    expect(printed).toMatch(/users? and roles? can do s3:ListBucket/);
    expect(printed).toMatch(/can assume 2 roles/);
    expect(printed).toMatch(/^exported 1 organization/m);
  });

  test('takes what `rolegate env` prints for it', async () => {
    const { secrets } = gateway.gateway.services;
    const printed = await run(`$env:AWS_ACCESS_KEY_ID = 'AKIADEMOALICEAAAAAAA'
$env:AWS_SECRET_ACCESS_KEY = '${secrets.secretFor('AKIADEMOALICEAAAAAAA')}'
$env:ROLEGATE_URL = '${gateway.url}'
npx rolegate env --role arn:aws:iam::222222222222:role/DataWriter --session-name copy --shell powershell | Out-String | Invoke-Expression
"aws at $env:AWS_ENDPOINT_URL_STS"
"a token of $($env:AWS_SESSION_TOKEN.Length -gt 100)"
`);
    expect(printed).toMatch(/^a token of True$/m);
    expect(printed).toMatch(/^aws at http:\S+\/aws/m);
  });
});
