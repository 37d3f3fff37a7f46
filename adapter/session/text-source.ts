import { once } from 'node:events';
import { closeSync, createReadStream, openSync, read, readSync, rmSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { TextSourceError } from '../guest/trace/format/text-source.ts';
import type { TextSource } from '../guest/trace/format/text-source.ts';

/** Large enough that per-chunk costs vanish, small enough that a few of them are nothing. */
const CHUNK_BYTES = 256 * 1024;

const readBytes = promisify(read);

/**
 * Opens a file, or standard input (`-`), as text: streaming, gzip recognised by its first bytes whatever the name says,
 * decoded as UTF-8 (damaged sequences become U+FFFD). What cannot be read twice, a pipe, is kept in a temporary file.
 * @throws TextSourceError for what is missing, unreadable or a directory; `chunks` throws it for a damaged gzip.
 */
export function openTextSource(path: string): TextSource {
  if (path === '-') return new PipedTextSource('<stdin>', () => process.stdin);
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (error) {
    throw asSourceError(path, error);
  }
  if (stats.isDirectory()) throw new TextSourceError(path, 'is a directory');
  if (!stats.isFile()) return new PipedTextSource(path, () => createReadStream(path, { highWaterMark: CHUNK_BYTES }));
  return {
    name: path,
    sizeBytes: stats.size,
    async *chunks(progress) {
      let fd: number;
      try {
        fd = openSync(path, 'r');
      } catch (error) {
        throw asSourceError(path, error);
      }
      try {
        yield* decode(path, fd, progress);
      } finally {
        closeSync(fd);
      }
    },
  };
}

/** A stream that can be read once, spooled on first use. */
class PipedTextSource implements TextSource {
  readonly name: string;
  readonly #open: () => Readable;
  #spool: Promise<Spool> | null = null;
  #size: number | null = null;

  constructor(name: string, open: () => Readable) {
    this.name = name;
    this.#open = open;
  }

  get sizeBytes(): number | null {
    return this.#size;
  }

  async *chunks(progress?: (bytesRead: number) => void): AsyncGenerator<string> {
    this.#spool ??= spool(this.name, this.#open());
    const { fd, size } = await this.#spool;
    this.#size = size;
    yield* decode(this.name, fd, progress);
  }
}

interface Spool {
  readonly fd: number;
  readonly size: number;
}

/**
 * Copies a stream into a temporary file that has no name any more: it vanishes with the process, however that ends.
 * Where an open file cannot be removed (Windows), it is removed at exit.
 */
async function spool(name: string, stream: Readable): Promise<Spool> {
  try {
    const directory = await mkdtemp(join(tmpdir(), 'gic-inspector-'));
    const file = join(directory, 'input');
    const writer = await open(file, 'wx', 0o600);
    let size = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        await writer.writeFile(chunk);
        size += chunk.length;
      }
    } finally {
      await writer.close();
    }
    const fd = openSync(file, 'r');
    const remove = (): void => rmSync(directory, { recursive: true, force: true });
    try {
      remove();
    } catch {
      process.once('exit', () => {
        closeSync(fd);
        remove();
      });
    }
    return { fd, size };
  } catch (error) {
    throw asSourceError(name, error);
  }
}

/** The text of an open file, from its beginning. The descriptor stays open. */
async function* decode(name: string, fd: number, progress?: (bytesRead: number) => void): AsyncGenerator<string> {
  const file = new FileBytes(fd);
  const bytes = isGzip(name, fd) ? gunzip(file) : file.read();
  const decoder = new StringDecoder('utf8');
  try {
    for await (const piece of bytes) {
      const text = decoder.write(piece);
      if (text !== '') yield text;
      progress?.(file.position);
    }
    const rest = decoder.end();
    if (rest !== '') yield rest;
  } catch (error) {
    throw asSourceError(name, error);
  }
}

/** Reads a descriptor by position, so that it can be read again. A ReadStream would close it when it is destroyed. */
class FileBytes {
  position = 0;
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  async *read(): AsyncGenerator<Buffer> {
    for (;;) {
      const { bytesRead, buffer } = await readBytes(
        this.#fd,
        Buffer.allocUnsafe(CHUNK_BYTES),
        0,
        CHUNK_BYTES,
        this.position,
      );
      if (bytesRead === 0) return;
      this.position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
}

async function* gunzip(file: FileBytes): AsyncGenerator<Buffer> {
  const input = Readable.from(file.read(), { objectMode: false, highWaterMark: CHUNK_BYTES });
  const output = createGunzip({ chunkSize: CHUNK_BYTES });
  input.on('error', (error) => output.destroy(error));
  input.pipe(output);
  try {
    yield* output as AsyncIterable<Buffer>;
  } finally {
    // Before the descriptor is closed, no read may be under way.
    const closed = input.closed ? Promise.resolve() : once(input, 'close');
    input.destroy();
    output.destroy();
    await closed;
  }
}

function isGzip(name: string, fd: number): boolean {
  const magic = Buffer.alloc(2);
  try {
    return readSync(fd, magic, 0, 2, 0) === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
  } catch (error) {
    throw asSourceError(name, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'is a directory',
  ENOSPC: 'no space left for the temporary copy',
  Z_BUF_ERROR: 'truncated gzip data',
};

/** Only failures of reading become one: an error of the consumer's own passes through the generator untouched. */
function asSourceError(name: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  const reason = REASONS[code] ?? (code.startsWith('Z_') ? `damaged gzip data (${error.message})` : error.message);
  return new TextSourceError(name, reason, { cause: error });
}
