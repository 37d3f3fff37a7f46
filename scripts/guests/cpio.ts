/** One thing in an archive; parents come before what is in them. */
export interface Entry {
  readonly name: string;
  /** Type and permissions, as stat(2) has them. */
  readonly mode: number;
  readonly data?: Uint8Array;
  /** Of a device node. */
  readonly device?: readonly [major: number, minor: number];
}

export const FILE = 0o100000;
export const DIRECTORY = 0o040000;
export const SYMLINK = 0o120000;
export const CHARACTER_DEVICE = 0o020000;

const MAGIC = '070701';
const TRAILER = 'TRAILER!!!';

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

/** Header, name and data, each to a multiple of four: what Linux calls the "newc" format. */
function record({ name, mode, data = new Uint8Array(), device = [0, 0] }: Entry, inode: number): Buffer {
  const path = Buffer.from(`${name}\0`);
  // inode, mode, uid, gid, links, mtime, size, device the archive was on, device it is, size of the name, no checksum
  const numbers = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, ...device, path.length, 0];
  const header = MAGIC + numbers.map((number) => number.toString(16).padStart(8, '0')).join('');
  return Buffer.concat([padded(Buffer.concat([Buffer.from(header), path])), padded(Buffer.from(data))]);
}

/** A cpio archive as Linux unpacks it for an initramfs. All is root's, and of 1970: the same entries are the same bytes. */
export function cpio(entries: readonly Entry[]): Buffer {
  return Buffer.concat([
    ...entries.map((entry, index) => record(entry, index + 1)),
    record({ name: TRAILER, mode: 0 }, 0),
  ]);
}
