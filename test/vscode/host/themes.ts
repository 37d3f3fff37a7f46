import type { Page } from 'playwright-core';
import type { ThemeKind } from './commands.ts';
import type { SettingsFile } from './settings-file.ts';

/** The themes by kind: the name, and the class that the workbench carries when it shows it. */
const THEMES: Record<ThemeKind, { readonly name: string; readonly shown: string }> = {
  dark: { name: 'Default Dark Modern', shown: 'vs-dark' },
  light: { name: 'Default Light Modern', shown: 'vs' },
  highContrast: { name: 'Default High Contrast', shown: 'hc-black' },
};

export function themeSetting(kind: ThemeKind): Record<string, unknown> {
  return { 'workbench.colorTheme': THEMES[kind].name };
}

/** Switches the colour theme and waits until the window shows it. */
export async function switchTheme(page: Page, settings: SettingsFile, kind: ThemeKind, timeout: number): Promise<void> {
  await settings.set(themeSetting(kind));
  await page.waitForSelector(`.monaco-workbench.${THEMES[kind].shown}`, { timeout });
}
