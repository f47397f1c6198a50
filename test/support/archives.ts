import { crc32, deflateRawSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

interface ZipMember {
  readonly name: string;
  readonly data?: string | Buffer;
  /** The kind and rights of a Unix file: 0o120777 is a link. */
  readonly mode?: number;
  /** The size that the archive states, where it is to be wrong. */
  readonly statedSize?: number;
  readonly isEncrypted?: boolean;
  readonly method?: number;
}

/** A zip, written byte by byte: no library writes such bad ones. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
export function zip(members: readonly ZipMember[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data = '', mode = 0o100644, statedSize, isEncrypted = false, method = 8 } of members) {
    const bytes = Buffer.from(data);
    const packed = deflateRawSync(bytes);
    const nameBytes = Buffer.from(name);
    // From the version needed to the length of the extra field: the same in both headers.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800 | (isEncrypted ? 1 : 0), 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(statedSize ?? bytes.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(mode * 0x10000, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, tail, nameBytes);
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

/** A tar. A member without data is a link, a folder or a device. */
export async function tar(members: readonly (Partial<Header> & { readonly name: string; readonly data?: string })[]) {
  const packed = pack();
  for (const { data, ...header } of members) {
    if (data === undefined) packed.entry(header);
    else packed.entry(header, data);
  }
  packed.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of packed) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
