import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';

/** Bytes read from the start of a file: enough to recognise it, little enough for a 200 MB log. */
const HEAD_BYTES = 65_536;

/** The beginning of a file, unzipped where it is gzipped. Rejects where it cannot be read. */
export async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    return isGzip(head) ? unzipHead(head) : head;
  } finally {
    await file.close();
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The input ends in the middle: flushing gives what it holds instead of an error. */
function unzipHead(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: HEAD_BYTES * 64 });
  } catch {
    return Buffer.alloc(0);
  }
}
