import { open } from 'node:fs/promises';
import type { GuestSource } from '../../guest/guest.ts';
import { RequestError } from '../request-error.ts';
import { openTextSource } from '../text-source.ts';

/** Editors show no more than this, and a string holds little more. */
const MOST_CHARACTERS = 50_000_000;

/** The text of a recording's file, for a client that cannot read it itself. */
export async function fileSource(path: string): Promise<GuestSource> {
  return { path, compressed: await startsLikeGzip(path), text: () => wholeText(path) };
}

async function wholeText(path: string): Promise<string> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of openTextSource(path).chunks()) {
    length += piece.length;
    if (length > MOST_CHARACTERS) throw new RequestError(`${path} is too large to be shown once it is decompressed`);
    pieces.push(piece);
  }
  return pieces.join('');
}

async function startsLikeGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}
