import { gzipSync } from 'node:zlib';
import { CHARACTER_DEVICE, cpio, DIRECTORY, FILE, SYMLINK } from './cpio.ts';

/** What the shell says when it takes a command. */
export const PROMPT = 'linux# ';

/** A wide terminal: at its edge, the shell's line editing would break the echo of what is typed. */
const INIT = `#!/bin/sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
stty cols 1000 rows 50
export PS1='${PROMPT}'
exec setsid cttyhack sh
`;

/** A root file system of busybox alone, whose first process is a shell on the console. */
export function initramfs(busybox: Uint8Array): Buffer {
  const directories = ['bin', 'dev', 'proc', 'sys', 'tmp'];
  const archive = cpio([
    ...directories.map((name) => ({ name, mode: DIRECTORY | 0o755 })),
    // Linux opens it for init before init can mount devtmpfs.
    { name: 'dev/console', mode: CHARACTER_DEVICE | 0o600, device: [5, 1] },
    { name: 'bin/busybox', mode: FILE | 0o755, data: busybox },
    { name: 'bin/sh', mode: SYMLINK | 0o777, data: Buffer.from('busybox') },
    { name: 'init', mode: FILE | 0o755, data: Buffer.from(INIT) },
  ]);
  return gzipSync(archive, { level: 9 });
}
