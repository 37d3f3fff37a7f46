import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { BROWSER_PACKAGES, ensureDebianPackages } from '../../../scripts/vscode-server/debian.ts';

const SYSTEM_CHROMIUM = '/usr/bin/chromium';

/** Opens the system's Chromium without a window; it is installed first where it is missing. */
export async function openBrowser(): Promise<Browser> {
  await ensureDebianPackages(BROWSER_PACKAGES);
  if (!existsSync(SYSTEM_CHROMIUM)) throw new Error(`There is no ${SYSTEM_CHROMIUM}, though its package is installed.`);
  return chromium.launch({
    executablePath: SYSTEM_CHROMIUM,
    // who opened it closes it; playwright would end the whole process
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
