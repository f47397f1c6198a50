import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Chosen, readChosen } from '../../src/console/files/read.ts';
import { tar, zip } from '../support/archives.ts';

const chosen = (path: string, content: string | Buffer): Chosen => ({
  path,
  file: new Blob([new Uint8Array(Buffer.from(content))]),
});
const read = (...files: readonly Chosen[]) => readChosen(files);

describe('files that a browser reads for an import', () => {
  test('a folder: JSON by its name, and what is left out is said', async () => {
    expect(
      await read(
        chosen('e/a.json', '[1]'),
        chosen('e/b.jsonl', '1'),
        chosen('e/readme.md', '#'),
        chosen('e/._a.json', 'x'),
      ),
    ).toEqual({
      files: [
        { name: 'e/a.json', text: '[1]' },
        { name: 'e/b.jsonl', text: '1' },
      ],
      leftOut: ['e/readme.md: no JSON by its name', 'e/._a.json: no JSON by its name'],
    });
  });

  test('one file alone is taken whatever its name is', async () => {
    expect((await read(chosen('output', '{}'))).files).toEqual([{ name: 'output', text: '{}' }]);
  });

  test.each([
    [
      'a zip',
      async () =>
        zip([
          { name: 'x/a.json', data: '{"a":1}' },
          { name: 'x/', mode: 0o40755 },
          { name: 'n.txt', data: 'n' },
        ]),
    ],
    [
      'a tar',
      () =>
        tar([
          { name: 'x/a.json', data: '{"a":1}' },
          { name: 'x', type: 'directory' },
          { name: 'n.txt', data: 'n' },
        ]),
    ],
    [
      'a tar.gz',
      async () =>
        gzipSync(
          await tar([
            { name: 'x/a.json', data: '{"a":1}' },
            { name: 'n.txt', data: 'n' },
          ]),
        ),
    ],
  ])('%s, with its members by their names', async (_, make) => {
    expect(await read(chosen('archive', await make()))).toEqual({
      files: [{ name: 'x/a.json', text: '{"a":1}' }],
      leftOut: ['n.txt: no JSON by its name'],
    });
  });

  test('a long name in a tar, and a snapshot of AWS Config, which is packed once more', async () => {
    const long = `${'d/'.repeat(120)}a.json`;
    expect((await read(chosen('t.tar', await tar([{ name: long, data: '1' }])))).files).toEqual([
      { name: long, text: '1' },
    ]);
    const packed = zip([{ name: 'c.json.gz', data: gzipSync('{"c":1}') }]);
    expect((await read(chosen('c.zip', packed))).files).toEqual([{ name: 'c.json', text: '{"c":1}' }]);
  });

  test('names do not leave the folder, and no two are the same', async () => {
    const packed = zip([
      { name: '../../etc/a.json', data: '1' },
      { name: '/etc/a.json', data: '2' },
    ]);
    expect((await read(chosen('z.zip', packed))).files).toEqual([
      { name: 'etc/a.json', text: '1' },
      { name: '2/etc/a.json', text: '2' },
    ]);
  });

  test('a tar that is cut off in a file is not read in part', async () => {
    const whole = await tar([
      { name: 'a.json', data: 'x'.repeat(500) },
      { name: 'b.json', data: '1' },
    ]);
    await expect(read(chosen('a.tar', whole.subarray(0, 700)))).rejects.toThrow('cut off');
  });

  test('more files than are taken, whatever they are', async () => {
    const many = Array.from({ length: 10_001 }, (_, n) => chosen(`f/${n}.txt`, ''));
    await expect(read(...many)).rejects.toThrow('more than 10000 files');
  });

  test.each([
    ['cut off', zip([{ name: 'a.json', data: 'x'.repeat(500) }]).subarray(0, 60), 'is broken'],
    ['encrypted', zip([{ name: 'a.json', data: '1', isEncrypted: true }]), 'a way that a browser does not read'],
    [
      'of a method that no browser has',
      zip([{ name: 'a.json', data: '1', method: 12 }]),
      'a way that a browser does not read',
    ],
    ['a broken gzip', gzipSync('{}').subarray(0, 12), 'cannot be unpacked'],
  ])('an archive that is %s: a sentence', async (_, bytes, sentence) => {
    await expect(read(chosen('a.zip', Buffer.from(bytes)))).rejects.toThrow(sentence);
  });

  test('a small archive of something large is not unpacked to its end', async () => {
    const most = 1_048_576;
    const bomb = gzipSync(Buffer.alloc(most + 1));
    expect(bomb.length).toBeLessThan(most / 100);
    await expect(readChosen([chosen('b.json.gz', bomb)], most)).rejects.toThrow('More than 1 MiB');
    const half = Buffer.alloc(most / 2 + 1);
    const many = zip(['a.json', 'b.json'].map((name) => ({ name, data: half })));
    await expect(readChosen([chosen('b.zip', many)], most)).rejects.toThrow('More than 1 MiB');
  });
});
