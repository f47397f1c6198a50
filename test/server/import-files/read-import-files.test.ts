import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { IMPORT_LIMITS, type ImportLimits } from '../../../src/server/import-files/limits.ts';
import { readImportFiles } from '../../../src/server/import-files/read-import-files.ts';
import { tar, zip } from '../../support/archives.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolegate-import-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const NOTHING = Readable.from([]);

/** What is read of paths in the folder; paths are shown below it. */
async function read(paths: readonly string[], limits: Partial<ImportLimits> = {}, input: Readable = NOTHING) {
  const full = paths.map((path) => (path === '-' ? path : join(folder, path)));
  const { files, warnings } = await readImportFiles(full, { input, limits: { ...IMPORT_LIMITS, ...limits } });
  const short = (text: string) => text.replaceAll(`${folder}/`, '').replaceAll(folder, '.');
  return {
    files: Object.fromEntries(files.map(({ path, text }) => [short(path), text])),
    warnings: warnings.map(short),
  };
}

async function refusalOf(paths: readonly string[], limits: Partial<ImportLimits> = {}, input?: Readable) {
  try {
    const { files } = await read(paths, limits, input);
    return `read ${Object.keys(files).join(', ')}`;
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : String(error);
  }
}

const put = (name: string, content: string | Buffer) => writeFile(join(folder, name), content);
const MEMBERS = [
  { name: '111111111111/iam/a.json', data: '{"a":1}' },
  { name: './111111111111/b.jsonl', data: '{"b":1}\n{"b":2}\n' },
  { name: 'noextension', data: '[1]' },
  { name: 'README', data: 'hello' },
  { name: 'notes.txt', data: '{}' },
  { name: '__MACOSX/._a.json', data: 'Mac OS X' },
  { name: 'snapshot.json.gz', data: gzipSync('{"c":1}').toString('latin1') },
];
const READ = {
  '111111111111/iam/a.json': '{"a":1}',
  '111111111111/b.jsonl': '{"b":1}\n{"b":2}\n',
  noextension: '[1]',
};
const below = (archive: string, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${archive}/${path}`, text]));
const PLAIN = MEMBERS.slice(0, -1);

describe('files are recognised by what they hold', () => {
  test('a zip, a tar and a tar.gz hold the same, whatever they are called, in a file or from standard input', async () => {
    const archives = { zip: zip(PLAIN), tar: await tar(PLAIN), gz: gzipSync(await tar(PLAIN)) };
    const left = (at: string) => [
      `3 files are not JSON and were left out: ${at}/README, ${at}/notes.txt, ${at}/__MACOSX/._a.json`,
    ];
    for (const content of Object.values(archives)) {
      await put('download', content);
      expect(await read(['download'])).toEqual({ files: below('download', READ), warnings: left('download') });
      expect(await read(['-'], {}, Readable.from([content.subarray(0, 3), content.subarray(3)]))).toEqual({
        files: below('standard input', READ),
        warnings: left('standard input'),
      });
    }
  });

  test('a gzip of one file is that file, also within a folder, a zip and a tar', async () => {
    const data = gzipSync('{"c":1}');
    await put('s.json.gz', data);
    expect((await read(['s.json.gz'])).files).toEqual({ 's.json': '{"c":1}' });
    expect((await read(['.'])).files).toEqual({ 's.json': '{"c":1}' });
    await put('z.zip', zip([{ name: 'x/s.json.gz', data }]));
    execFileSync('tar', ['-cf', 't.tar', 's.json.gz'], { cwd: folder });
    expect((await read(['z.zip', 't.tar'])).files).toEqual({
      'z.zip/x/s.json': '{"c":1}',
      't.tar/s.json': '{"c":1}',
    });
  });

  test('archives that the tar command makes, of long names and of other alphabets, are read', async () => {
    const long = `${'a'.repeat(90)}/${'b'.repeat(90)}/${'c'.repeat(90)}`;
    await mkdir(join(folder, 'in', long), { recursive: true });
    await put(`in/${long}/é日.json`, '{}');
    for (const format of ['gnu', 'pax']) {
      execFileSync('tar', [`--format=${format}`, '-czf', `${format}.tgz`, 'in'], { cwd: folder });
      expect((await read([`${format}.tgz`])).files).toEqual({ [`${format}.tgz/in/${long}/é日.json`]: '{}' });
    }
  });

  test('a folder is read in the order of its names, its archives too; a file that is named is read whatever its name', async () => {
    await mkdir(join(folder, 'd'));
    await put('d/b.json', '{"b":1}');
    await put('d/a.zip', zip([{ name: 'x.json', data: '{}' }]));
    await put('z.txt', '{"z":1}');
    expect(Object.keys((await read(['.'])).files)).toEqual(['d/a.zip/x.json', 'd/b.json']);
    expect(await read(['z.txt'])).toEqual({ files: { 'z.txt': '{"z":1}' }, warnings: [] });
  });

  test('UTF-16 and UTF-8 with a byte order mark are texts without it', async () => {
    await put('a.json', Buffer.from('\ufeff{"é":1}', 'utf16le'));
    await put('b', Buffer.from('\ufeff{"é":1}', 'utf8'));
    expect((await read(['.'])).files).toEqual({ 'a.json': '{"é":1}', b: '{"é":1}' });
  });
});

describe('names that point elsewhere are left out, and named', () => {
  const NAMES = [
    ['../../etc/x.json', 'its name points out of the archive (..)'],
    ['a/../../x.json', 'its name points out of the archive (..)'],
    ['..\\x.json', 'its name points out of the archive (..)'],
    ['/etc/x.json', 'its name is an absolute path'],
    ['\\\\server\\x.json', 'its name is an absolute path'],
    ['C:/x.json', 'its name begins with a drive letter'],
    ['c:x.json', 'its name begins with a drive letter'],
    [`${'d/'.repeat(40)}x.json`, 'it is nested more than 32 folders deep'],
    [`${'n'.repeat(1100)}.json`, 'its name has more than 1024 characters'],
  ] as const;

  test.each(NAMES)('%s', async (name, problem) => {
    const members = [
      { name, data: '{"bad":1}' },
      { name: 'good.json', data: '{}' },
    ];
    await put('a.zip', zip(members));
    await put('a.tar', await tar(members));
    for (const archive of ['a.zip', 'a.tar']) {
      const { files, warnings } = await read([archive]);
      expect(files).toEqual({ [`${archive}/good.json`]: '{}' });
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(/; left out$/);
      expect(warnings[0]).toContain(problem);
    }
  });

  test('control and bidirectional characters are escaped in warnings and refusals', async () => {
    const name = '../\u001b[2J\u202egnp.json';
    await put(
      'a.zip',
      zip([
        { name, data: '{}' },
        { name: 'b.json', data: '{}' },
      ]),
    );
    expect((await read(['a.zip'])).warnings).toEqual([
      'a.zip/../\\u{1b}[2J\\u{202e}gnp.json: its name points out of the archive (..); left out',
    ]);
    expect(await refusalOf(['\u202eno.json'])).toBe('\\u{202e}no.json: there is no such file');
  });
});

describe('links, devices and pipes are not followed', () => {
  test('in a tar', async () => {
    await put(
      'a.tar',
      await tar([
        { name: 'link.json', type: 'symlink', linkname: '/etc/passwd' },
        { name: 'hard.json', type: 'link', linkname: '/etc/passwd' },
        { name: 'null.json', type: 'character-device' },
        { name: 'pipe.json', type: 'fifo' },
        { name: 'dir', type: 'directory' },
        { name: 'good.json', data: '{}' },
      ]),
    );
    expect(await read(['a.tar'])).toEqual({
      files: { 'a.tar/good.json': '{}' },
      warnings: [
        'a.tar/link.json: it is a symbolic link, which is not followed; left out',
        'a.tar/hard.json: it is a hard link, which is not followed; left out',
        'a.tar/null.json: it is a device, which is not followed; left out',
        'a.tar/pipe.json: it is a pipe, which is not followed; left out',
      ],
    });
  });

  test('in a zip', async () => {
    const data = '/etc/passwd';
    await put(
      'a.zip',
      zip([
        { name: 'l.json', data, mode: 0o120777 },
        { name: 'd.json', mode: 0o020666 },
        { name: 'b.json', data: '{}', mode: 0 },
      ]),
    );
    expect(await read(['a.zip'])).toEqual({
      files: { 'a.zip/b.json': '{}' },
      warnings: [
        'a.zip/l.json: it is a symbolic link, which is not followed; left out',
        'a.zip/d.json: it is no plain file, which is not followed; left out',
      ],
    });
  });

  test('in a folder: neither files, nor folders, nor circles; a link that is named is followed', async () => {
    await mkdir(join(folder, 'd'));
    await put('outside.json', '{"outside":1}');
    await put('d/a.json', '{}');
    await symlink('../outside.json', join(folder, 'd/link.json'));
    await symlink('..', join(folder, 'd/up'));
    execFileSync('sh', ['-c', 'mkfifo d/pipe.json'], { cwd: folder });
    expect(await read(['d'])).toEqual({
      files: { 'd/a.json': '{}' },
      warnings: [
        'd/link.json: it is a symbolic link, which is not followed; left out',
        'd/pipe.json: it is no plain file; left out',
        'd/up: it is a symbolic link, which is not followed; left out',
      ],
    });
    expect((await read(['d/link.json'])).files).toEqual({ 'd/link.json': '{"outside":1}' });
  });
});

describe('what is damaged is refused', () => {
  const data = JSON.stringify({ text: Array.from({ length: 3000 }, (_, index) => index) });
  test.each([
    ['zip', () => zip([{ name: 'a.json', data }])],
    ['tar', () => tar([{ name: 'a.json', data }])],
    ['tar.gz', async () => gzipSync(await tar([{ name: 'a.json', data }]))],
    ['json.gz', () => gzipSync(data)],
  ])('a %s that is cut off anywhere after its first bytes', async (extension, make) => {
    const whole = await make();
    for (const part of [0.1, 0.5, 0.9, 0.99]) {
      const name = `a.${extension}`;
      await put(name, whole.subarray(0, Math.max(520, Math.floor(whole.length * part))));
      expect(await refusalOf([name])).toMatch(/^a\.(zip|tar|tar\.gz|json\.gz): it is cut off$/);
    }
  });

  test('a tar that ends between two members', async () => {
    const whole = await tar([
      { name: 'a.json', data: '{}' },
      { name: 'b.json', data: '{}' },
    ]);
    await put('a.tar', whole.subarray(0, 1024));
    expect(await refusalOf(['a.tar'])).toBe('a.tar: it is cut off');
  });

  test('a zip that states another size, another checksum or what is not known', async () => {
    await put('a.zip', zip([{ name: 'a.json', data: '{"a":1}', statedSize: 3 }]));
    expect(await refusalOf(['a.zip'])).toMatch(/^a\.zip: it cannot be read \(too many bytes in the stream/);
    const wrong = zip([{ name: 'a.json', data: '{"a":1}' }]);
    wrong.writeUInt8(wrong.readUInt8(wrong.length - 22 - 6 - 30) ^ 1, wrong.length - 22 - 6 - 30);
    await put('a.zip', wrong);
    expect(await refusalOf(['a.zip'])).toBe('a.zip/a.json: it is damaged: its checksum is another');
    await put('a.zip', zip([{ name: 'a.json', data: '{}', isEncrypted: true }]));
    expect(await refusalOf(['a.zip'])).toBe('a.zip/a.json: it is encrypted');
    await put('a.zip', zip([{ name: 'a.json', data: '{}', method: 99 }]));
    expect(await refusalOf(['a.zip'])).toBe('a.zip/a.json: it is packed in a way that is not known here');
  });

  test('an archive with two files of one name', async () => {
    const members = [
      { name: 'a.json', data: '{"v":1}' },
      { name: './a.json', data: '{"v":2}' },
    ];
    await put('a.zip', zip(members));
    await put('a.tar', await tar(members));
    expect(await refusalOf(['a.zip'])).toBe('a.zip/a.json: the archive holds two files of this name');
    expect(await refusalOf(['a.tar'])).toBe('a.tar/a.json: the archive holds two files of this name');
  });

  test('a path that is not there, a folder and an archive without JSON, an archive that is none', async () => {
    expect(await refusalOf(['missing.json'])).toBe('missing.json: there is no such file');
    await mkdir(join(folder, 'empty'));
    expect(await refusalOf(['empty'])).toBe('empty: it holds no JSON');
    // What was left out before is not why.
    await mkdir(join(folder, 'before'));
    await put('before/a.json', '{}');
    await put('before/inner.zip', zip([{ name: 'b.zip', data: '' }, { name: 'a.json', data: '{}' }]));
    expect(await refusalOf(['before', 'empty'])).toBe('empty: it holds no JSON');
    await put('a.zip', zip([]));
    expect(await refusalOf(['a.zip'])).toBe('a.zip: it holds no JSON');
    await put('empty/b.zip', '{}');
    expect(await refusalOf(['empty'])).toBe('empty/b.zip: it is not the archive that its name says');
  });

  test('archives within archives are not opened', async () => {
    const inner = zip([{ name: 'a.json', data: '{}' }]);
    await put(
      'a.zip',
      zip([
        { name: 'inner.zip', data: inner },
        { name: 'b.json', data: '{}' },
        { name: 'c.json.gz', data: gzipSync(gzipSync('{}')) },
      ]),
    );
    const { files, warnings } = await read(['a.zip']);
    expect(Object.keys(files)).toEqual(['a.zip/b.json']);
    expect(warnings).toEqual([
      'a.zip/inner.zip: an archive within an archive is not opened; left out',
      'a.zip/c.json.gz: an archive within an archive is not opened; left out',
    ]);
    await put('a.gz', gzipSync(gzipSync('{}')));
    expect(await refusalOf(['a.gz'])).toBe('a.gz: an archive within an archive is not opened');
  });
});

describe('limits', () => {
  const FILE = /it is larger than the \S+ \S+ that are read of one file \(unpacked\)$/;
  const TOTAL = /together the files hold more than the \S+ \S+ that are imported at once \(unpacked\)$/;

  test('a file, all files together, the number of files', async () => {
    await put('a.json', `{"a":"${'x'.repeat(1000)}"}`);
    await put('b.json', `{"b":"${'x'.repeat(1000)}"}`);
    expect(await refusalOf(['.'], { fileBytes: 1000 })).toMatch(FILE);
    expect(await refusalOf(['.'], { totalBytes: 1500 })).toMatch(TOTAL);
    expect(await refusalOf(['.'], { totalBytes: 2018 })).toBe('read a.json, b.json');
    expect(await refusalOf(['.'], { entries: 1 })).toMatch(/together there are more than the 1 files and folders/);
    expect(await refusalOf(['-'], { fileBytes: 10 }, Readable.from(['{"a":', '12345678}']))).toMatch(
      /^standard input: it is larger than/,
    );
  });

  test('what is unpacked only to be left out counts', async () => {
    await put(
      'a.tar',
      await tar([
        { name: 'a.txt', data: 'x'.repeat(5000) },
        { name: 'b.json', data: '{}' },
      ]),
    );
    expect(await refusalOf(['a.tar'], { totalBytes: 5000 })).toMatch(TOTAL);
    await put('a.zip', zip(Array.from({ length: 20 }, (_, index) => ({ name: `${index}.txt` }))));
    expect(await refusalOf(['a.zip'], { entries: 10 })).toMatch(/^a\.zip: together there are more than the 10 files/);
  });

  test('a thousand folders within folders, in a folder and in an archive', async () => {
    await mkdir(join(folder, 'd/'.repeat(40)), { recursive: true });
    await put('a.json', '{}');
    await put(`${'d/'.repeat(40)}b.json`, '{}');
    const { files, warnings } = await read(['.']);
    expect(Object.keys(files)).toEqual(['a.json']);
    expect(warnings).toEqual([`${'d/'.repeat(31)}d: it is nested more than 32 folders deep; left out`]);
  });
});

describe('one gigabyte in a megabyte', () => {
  const GIB = 1024 ** 3;

  /** How much more memory the process has at its peak while it reads. */
  async function peakOf(work: () => Promise<string>) {
    const before = process.memoryUsage().rss;
    let peak = before;
    const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
    const refusal = await work();
    clearInterval(timer);
    return { refusal, mebibytes: (Math.max(peak, process.memoryUsage().rss) - before) / 1024 ** 2 };
  }

  /** Zeros as a gzip: a gzip may be the sequence of others. */
  const zeros = (bytes: number) => Buffer.concat(Array<Buffer>(bytes / 2 ** 24).fill(gzipSync(Buffer.alloc(2 ** 24))));
  const limits = { fileBytes: 2 ** 24, totalBytes: 2 ** 26 };

  test('a gzip stops at the limit', async () => {
    const bomb = zeros(GIB);
    expect(bomb.length).toBeLessThan(1.1 * 2 ** 20);
    await put('bomb.json.gz', bomb);
    const { refusal, mebibytes } = await peakOf(() => refusalOf(['bomb.json.gz'], limits));
    expect(refusal).toBe('bomb.json.gz: it is larger than the 16 MiB that are read of one file (unpacked)');
    expect(mebibytes).toBeLessThan(150);
  });

  test('a tar.gz whose member is left out stops at the limit of all files', async () => {
    const header = (await tar([{ name: 'a', type: 'symlink', linkname: 'b' }])).subarray(0, 512);
    header.write('10000000000', 124);
    header.write('        ', 148);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    await put('bomb.tar.gz', Buffer.concat([gzipSync(header), zeros(GIB)]));
    const { refusal, mebibytes } = await peakOf(() => refusalOf(['bomb.tar.gz'], { ...limits, fileBytes: 2 * GIB }));
    expect(refusal).toBe(
      'bomb.tar.gz: together the files hold more than the 64 MiB that are imported at once (unpacked)',
    );
    expect(mebibytes).toBeLessThan(150);
  });

  test('a tar and a zip that state such a size are refused before it is unpacked', async () => {
    await put('a.zip', zip([{ name: 'a.json', data: '{}', statedSize: GIB }]));
    expect(await refusalOf(['a.zip'])).toBe(
      'a.zip/a.json: it is larger than the 128 MiB that are read of one file (unpacked)',
    );
  });

  test('a zip that states a small size stops there', async () => {
    await put('a.zip', zip([{ name: 'a.json', data: Buffer.alloc(2 ** 26), statedSize: 100 }]));
    const { refusal } = await peakOf(() => refusalOf(['a.zip'], limits));
    expect(refusal).toMatch(/^a\.zip: it cannot be read \(too many bytes in the stream/);
  });
});
