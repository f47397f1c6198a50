import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { checkMayMakeMasterKey } from '../../src/session/master-keys.ts';
import { createSecrets } from '../../src/session/secrets.ts';
import { takeDirectory } from '../support/recycled-database.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = join(await mkdtemp(join(tmpdir(), 'rolegate-')), 'data');
});

afterEach(async () => {
  await rm(join(dataDir, '..'), { recursive: true, force: true });
});

async function modeOf(name: string): Promise<string> {
  return ((await stat(join(dataDir, name))).mode & 0o777).toString(8);
}

describe('the secrets of a data folder', () => {
  it('are made at the first start, for the owner alone, and stay', async () => {
    const first = await createSecrets({ dataDir });
    expect([await modeOf('master.key'), await modeOf('operator.token')]).toEqual(['600', '600']);
    expect((await readdir(dataDir)).sort()).toEqual(['master.key', 'operator.token']);
    expect(Buffer.from((await readFile(join(dataDir, 'master.key'), 'utf8')).trim(), 'base64')).toHaveLength(32);

    const second = await createSecrets({ dataDir });
    expect(second.secretFor('AKIAEXAMPLE')).toBe(first.secretFor('AKIAEXAMPLE'));
    expect(second.signingKey(1).jwk).toEqual(first.signingKey(1).jwk);
    expect(second.masterKeys.fingerprints).toEqual(first.masterKeys.fingerprints);
    expect(first.newOperatorToken).toMatch(/^[\w-]{43}$/);
    expect(second.newOperatorToken).toBeNull();
    expect(second.isOperatorToken(first.newOperatorToken ?? '')).toBe(true);
    expect(second.isOperatorToken('')).toBe(false);
  });

  it('name the operator’s token by a mark that takes the master key', async () => {
    const operatorToken = 'one that people have made up';
    const secrets = await createSecrets({ dataDir, operatorToken });
    const mark = secrets.operatorMark(1);
    expect(await secrets.isOperatorMark(mark)).toBe(true);
    expect(mark).toMatch(/^1\.[\w-]{43}$/);
    const replaced = await createSecrets({ dataDir, operatorToken: `${operatorToken}, later` });
    expect(await replaced.isOperatorMark(mark)).toBe(false);
    // Without the master key, nobody can say whether a mark is of a token.
    const other = await createSecrets({ dataDir: join(dataDir, 'other'), operatorToken });
    expect(other.operatorMark(1)).not.toBe(mark);
    expect(await other.isOperatorMark(mark)).toBe(false);
    for (const unknown of ['', 'x', mark.slice(2), `2${mark.slice(1)}`, secrets.operatorMark(2)]) {
      expect(await secrets.isOperatorMark(unknown)).toBe(false);
    }
  });

  it('are the same for all that start at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => createSecrets({ dataDir })));
    expect(new Set(all.map((secrets) => secrets.masterKeys.fingerprints[0])).size).toBe(1);
    expect(all.filter((secrets) => secrets.newOperatorToken !== null)).toHaveLength(1);
    expect((await readdir(dataDir)).sort()).toEqual(['master.key', 'operator.token']);
  });

  it('are of the form of AWS, and differ from key to key and from folder to folder', async () => {
    const secrets = await createSecrets({ dataDir });
    const other = await createSecrets({ dataDir: join(dataDir, 'other') });
    expect(secrets.secretFor('AKIAEXAMPLE')).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(secrets.secretFor('AKIAEXAMPLF')).not.toBe(secrets.secretFor('AKIAEXAMPLE'));
    expect(other.secretFor('AKIAEXAMPLE')).not.toBe(secrets.secretFor('AKIAEXAMPLE'));
    expect(secrets.isSecretFor('AKIAEXAMPLE', secrets.secretFor('AKIAEXAMPLE'))).toBe(true);
    expect(secrets.isSecretFor('AKIAEXAMPLF', secrets.secretFor('AKIAEXAMPLE'))).toBe(false);
    expect(secrets.signingKey(1).jwk).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' });
    expect(secrets.signingKey(1).jwk).not.toHaveProperty('d');
  });

  it('are closed again when a copy was left open to others', async () => {
    await createSecrets({ dataDir });
    await chmod(join(dataDir, 'master.key'), 0o644);
    await createSecrets({ dataDir });
    expect(await modeOf('master.key')).toBe('600');
  });

  it('take the operator token of the settings before the one of the folder', async () => {
    const made = await createSecrets({ dataDir });
    const given = await createSecrets({ dataDir, operatorToken: 'of-the-settings' });
    expect(given.newOperatorToken).toBeNull();
    expect(given.isOperatorToken('of-the-settings')).toBe(true);
    expect(given.isOperatorToken(made.newOperatorToken ?? '')).toBe(false);
  });

  it('refuse a master key that is none, without showing it', async () => {
    await createSecrets({ dataDir });
    await writeFile(join(dataDir, 'master.key'), 'c2hvcnQ=\n');
    const opened = createSecrets({ dataDir });
    await expect(opened).rejects.toThrow(
      /master\.key does not hold a master key: expected base64 of 32 bytes in each line$/,
    );
  });

  it('refuse an operator token in the folder that is too short, before they make anything', async () => {
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'operator.token'), 'x'.repeat(23));
    await expect(createSecrets({ dataDir })).rejects.toThrow(
      /operator\.token holds a token of 23 characters; an operator token has at least 24: delete it, and the next start creates a new one$/,
    );
    expect(await readdir(dataDir)).toEqual(['operator.token']);
    await writeFile(join(dataDir, 'operator.token'), '');
    await expect(createSecrets({ dataDir })).rejects.toThrow(/operator\.token is empty; /);
    await writeFile(join(dataDir, 'operator.token'), `${'x'.repeat(24)}\n`);
    expect((await createSecrets({ dataDir })).isOperatorToken('x'.repeat(24))).toBe(true);
  });

  it('refuse a directory that belongs to another master key', async () => {
    const directory = await takeDirectory();
    onTestFinished(() => directory.close());
    const secrets = await createSecrets({ dataDir });
    await secrets.masterKeys.open(directory);
    await secrets.masterKeys.open(directory);
    const other = await createSecrets({ dataDir: join(dataDir, 'other') });
    await expect(other.masterKeys.open(directory)).rejects.toThrow(/belongs to another master key/);
    const key = Buffer.from(await readFile(join(dataDir, 'master.key'), 'utf8'), 'base64');
    // A folder without one gets none.
    await checkMayMakeMasterKey(directory, dataDir);
    await expect(checkMayMakeMasterKey(directory, join(dataDir, 'none'))).rejects.toThrow(/another master key/);
    expect(secrets.masterKeys.fingerprints).toEqual([createHash('sha256').update(key).digest('hex')]);
  });
});
