import { base } from './base.ts';
import { controls } from './controls.ts';
import { explain } from './explain.ts';
import { log } from './log.ts';
import { table } from './table.ts';

/** Adopts the panel's style sheets. Constructed sheets need no exception from the content-security policy. */
export function adoptStyles(document: Document): void {
  const sheets = [base, controls, table, log, explain].flatMap(({ styleSheet }) => (styleSheet ? [styleSheet] : []));
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, ...sheets];
}
