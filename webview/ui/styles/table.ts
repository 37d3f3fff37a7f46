import { css } from 'lit';

/** The interrupt table. */
export const table = css`
  .split {
    display: flex;
    flex: 1;
    min-height: 0;
  }
  .table {
    position: relative;
    flex: 1;
    min-width: 0;
    display: flex;
  }
  gic-irq-grid,
  gic-log-list {
    flex: 1;
    min-width: 0;
    display: flex;
  }
  .grid {
    --track-line: 72px;
    --track-queued: minmax(140px, 1.3fr);
    --least: 936px;
    --columns: minmax(178px, 1.3fr) minmax(150px, 1.4fr) var(--track-line) 76px 84px 78px 66px minmax(92px, 1fr)
      var(--track-queued);
    flex: 1;
    min-width: 0;
    overflow: auto;
    overflow-anchor: none;
    position: relative;
    scroll-padding-top: var(--header);
  }
  .grid.without-line {
    --track-line: ;
    --least: 864px;
  }
  .grid.without-queued {
    --track-queued: ;
    --least: 796px;
  }
  .grid.without-line.without-queued {
    --least: 724px;
  }
  .header,
  .row {
    display: grid;
    grid-template-columns: var(--columns);
    min-width: var(--least);
    width: 100%;
    box-sizing: border-box;
  }
  .header,
  .log-header {
    position: sticky;
    top: 0;
    z-index: 2;
    height: var(--header);
    background: var(--vscode-keybindingTable-headerBackground, transparent);
    background-color: var(--vscode-panel-background, var(--vscode-editor-background));
    border-bottom: 1px solid var(--line);
    box-sizing: border-box;
  }
  .head {
    display: flex;
    align-items: center;
    gap: 2px;
    padding: 0 8px;
    min-width: 0;
    color: var(--dim);
    font-weight: 600;
    font-size: 0.92em;
    white-space: nowrap;
    user-select: none;
  }
  .header .head {
    cursor: pointer;
  }
  .header .head:hover,
  .head[aria-sort='ascending'],
  .head[aria-sort='descending'] {
    color: var(--vscode-foreground);
  }
  .canvas {
    position: relative;
    min-width: var(--least);
  }
  .row {
    position: absolute;
    top: 0;
    left: 0;
    height: var(--row);
  }
  .row:hover,
  .log-row:hover {
    color: var(--vscode-list-hoverForeground, inherit);
    background: var(--vscode-list-hoverBackground);
  }
  .row.current,
  .log-row.current {
    background: var(--vscode-list-inactiveSelectionBackground);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .grid:focus-within .row.current {
    background: var(--vscode-list-inactiveSelectionBackground);
  }
  .row.changed::before {
    content: '';
    position: absolute;
    inset: 1px auto 1px 0;
    width: 3px;
    background: var(--changed);
  }
  .row.unavailable {
    color: var(--dim);
  }
  .row.unavailable > .cell {
    opacity: 0.6;
  }
  .cell {
    display: flex;
    align-items: center;
    gap: 5px;
    min-width: 0;
    height: var(--row);
    padding: 0 8px;
    box-sizing: border-box;
    overflow: hidden;
    white-space: nowrap;
    cursor: default;
    user-select: none;
  }
  .cell:focus,
  .head:focus {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .cell-changed {
    color: var(--changed);
    font-weight: 600;
    background: color-mix(in srgb, var(--changed) 16%, transparent);
  }
  .cell-narrowed,
  .cell-ignored {
    box-shadow: inset 0 -2px var(--vscode-list-warningForeground, var(--vscode-charts-yellow));
  }
  .cell-refused {
    box-shadow: inset 0 -2px var(--vscode-list-errorForeground, var(--vscode-errorForeground));
  }
  .cell > .dim {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .mark {
    display: flex;
    margin-left: auto;
  }
  .cell-intid {
    position: relative;
  }
  .intid {
    min-width: 4ch;
    text-align: right;
  }
  .badge {
    display: inline-flex;
    align-items: center;
    gap: 2px;
    padding: 0 4px;
    border: 1px solid var(--badge, var(--dim));
    border-radius: 3px;
    color: var(--badge, var(--dim));
    font-size: 10px;
    font-weight: 500;
    line-height: 13px;
  }
  .badge > .codicon[class*='codicon-'] {
    font-size: 10px;
  }
  .badge-SGI {
    --badge: var(--vscode-charts-purple);
  }
  .badge-PPI {
    --badge: var(--vscode-charts-blue);
  }
  .badge-LPI {
    --badge: var(--urgent);
  }
  .badge-lr,
  .badge-edit {
    --badge: var(--vscode-charts-green);
  }
  .row-menu {
    position: absolute;
    right: 2px;
    top: 1px;
    display: none;
    place-content: center;
    width: 22px;
    height: 20px;
    padding: 0;
    border: 0;
    border-radius: 4px;
    color: var(--vscode-icon-foreground, inherit);
    background: none;
  }
  .row:hover .row-menu,
  .row.current .row-menu {
    display: grid;
  }
  .row-menu:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }
  .row-menu .codicon {
    pointer-events: none;
  }
  .state,
  .line-high,
  .cell-line > span {
    display: inline-flex;
    align-items: center;
    gap: 4px;
  }
  .state-idle,
  .row:not(.busy) .cell-queued {
    color: var(--dim);
  }
  .state-pending {
    color: var(--vscode-charts-yellow);
  }
  .state-active {
    color: var(--vscode-charts-green);
  }
  .state-pending-active {
    color: var(--urgent);
  }
  .line-high {
    color: var(--urgent);
  }
  .tag {
    padding: 0 4px;
    border-radius: 3px;
    font-size: 10px;
    line-height: 14px;
    color: var(--vscode-badge-foreground);
    background: var(--vscode-badge-background);
  }
  .nobody {
    color: var(--vscode-list-warningForeground, var(--vscode-charts-yellow));
  }
  .check {
    display: grid;
    place-content: center;
    width: 14px;
    height: 14px;
    border: 1px solid var(--vscode-checkbox-border, var(--dim));
    border-radius: 3px;
    color: var(--vscode-checkbox-foreground, inherit);
    background: var(--vscode-checkbox-background);
    cursor: pointer;
  }
  .check > .codicon[class*='codicon-'] {
    font-size: 12px;
    pointer-events: none;
  }
  .cell-input {
    width: 100%;
    min-width: 0;
    height: 20px;
    margin: 0 -6px;
    padding: 0 5px;
    box-sizing: content-box;
    border: 1px solid var(--vscode-focusBorder);
    border-radius: 2px;
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    font-family: var(--mono);
    font-size: inherit;
    box-sizing: border-box;
    flex: 1 0 calc(100% + 12px);
  }
  .cell-input[aria-invalid='true'] {
    border-color: var(--vscode-inputValidation-errorBorder);
  }
  .cell-input:read-only {
    opacity: 0.7;
  }
`;
