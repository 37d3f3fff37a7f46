import type { IrqRow } from '../../adapter/protocol.ts';
import type { ColumnId } from '../model/columns.ts';
import { editingOf, registerExpression, type Property } from '../model/edits.ts';
import type { Store } from '../model/store.ts';
import type { MenuGroups, MenuItem } from './menu.ts';

/** The entries of a row's menu. `column` is the cell it was opened at: its register is the one to show. */
export function rowMenu(store: Store, irq: IrqRow, column: ColumnId): MenuGroups {
  const summary = store.current?.summary;
  const hasWires = summary?.knows.wires !== false;
  const line = editingOf(irq, 'line', summary);
  const noLine = line.how === 'none' ? line.why : undefined;
  const notKnown = irq.unavailable === undefined ? undefined : `Not known: ${irq.unavailable}`;
  const set = (label: string, iconName: string, property: Property, value: string, disabled?: string): MenuItem => ({
    label,
    icon: iconName,
    disabled: notKnown ?? disabled,
    run: () => store.setProperty(irq, property, value),
  });
  const already = (is: boolean, what: string): string | undefined => (is ? `It is ${what} already.` : undefined);
  const register = registerExpression(irq, column, summary);
  return [
    [
      {
        label: 'Why does it not fire?',
        icon: 'question',
        run: () => store.explain(irq),
      },
      { label: `Show register ${register}`, icon: 'symbol-field', run: () => store.reveal(register) },
    ],
    [
      set('Set pending', 'bell-dot', 'pending', '1', already(irq.pending && (irq.softPending || !irq.line), 'pending')),
      set('Clear pending', 'bell-slash', 'pending', '0', already(!irq.pending, 'not pending')),
      set('Set active', 'play', 'active', '1', already(irq.active, 'active')),
      set('Clear active', 'debug-stop', 'active', '0', already(!irq.active, 'not active')),
    ],
    ...(hasWires
      ? [
          [
            set('Raise line', 'arrow-up', 'line', '1', noLine ?? already(irq.line, 'high')),
            set('Lower line', 'arrow-down', 'line', '0', noLine ?? already(!irq.line, 'low')),
          ],
        ]
      : []),
    [
      set('Enable', 'pass', 'enabled', '1', already(irq.enabled, 'enabled')),
      set('Disable', 'circle-slash', 'enabled', '0', already(!irq.enabled, 'disabled')),
    ],
  ];
}

/** The values a cell can be set to, as a menu. */
export function choiceMenu(store: Store, irq: IrqRow, column: ColumnId): MenuGroups {
  const editing = editingOf(irq, column, store.current?.summary);
  if (editing.how !== 'choice') return [];
  const { property, values } = editing;
  return [
    values.map((value) => ({
      label: value,
      checked: irq.trigger === value,
      run: () => {
        if (irq.trigger !== value) store.setProperty(irq, property, value);
      },
    })),
  ];
}
