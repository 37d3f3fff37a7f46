const MOST_INTIDS = 4;

/** "1", "1 and 3", "0, 1 and 3". */
export function listed(items: readonly (number | string)[]): string {
  const texts = items.map(String);
  const last = texts.pop() ?? '';
  return texts.length === 0 ? last : `${texts.join(', ')} and ${last}`;
}

/** ", only GICD_CTLR.EnableGrp0 is 1", or nothing where none is. */
export function onlyText(names: readonly string[]): string {
  return names.length === 0 ? '' : `, only ${listed(names)} ${names.length > 1 ? 'are' : 'is'} 1`;
}

/** "INTID 27", "INTIDs 27 and 33", and not too many of them. */
export function intidsText(intids: readonly number[]): string {
  const few = intids.slice(0, MOST_INTIDS).map(String);
  if (intids.length > few.length) few.push(`${intids.length - few.length} more`);
  return `INTID${intids.length > 1 ? 's' : ''} ${listed(few)}`;
}

export function capitalised(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
}
