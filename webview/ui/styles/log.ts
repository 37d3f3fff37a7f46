import { css } from 'lit';

/** The access log. */
export const log = css`
  .log {
    --columns: 112px 48px 104px 104px minmax(160px, 1.1fr) minmax(104px, 0.8fr) minmax(180px, 3fr) minmax(110px, 1.6fr);
    flex: 1;
    min-width: 0;
    overflow: hidden auto;
    overflow-anchor: none;
    position: relative;
  }
  .log-header,
  .log-row {
    display: grid;
    grid-template-columns: var(--columns);
    width: 100%;
    box-sizing: border-box;
  }
  .log-canvas {
    position: relative;
  }
  .log-window {
    position: sticky;
    top: var(--header);
    overflow: hidden;
  }
  .log-row {
    position: absolute;
    top: 0;
    left: 0;
    height: var(--row);
    cursor: pointer;
  }
  .log-row .cell {
    display: block;
    line-height: var(--row);
    text-overflow: ellipsis;
    cursor: inherit;
  }
  .log-row .codicon {
    vertical-align: -2px;
  }
  .log-row:focus {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .log-row .log-index {
    padding-left: 22px;
    text-align: right;
    position: relative;
    color: var(--vscode-editorLineNumber-foreground, var(--dim));
  }
  .head.log-index {
    justify-content: flex-end;
  }
  .marker {
    position: absolute;
    left: 4px;
    top: 0;
  }
  .log-row.future .cell {
    opacity: 0.55;
  }
  .log-row.next {
    background: var(--vscode-editor-stackFrameHighlightBackground);
    box-shadow: inset 0 1px var(--vscode-debugIcon-continueForeground, var(--vscode-charts-yellow));
  }
  .log-row.next .log-index {
    color: var(--vscode-editorLineNumber-activeForeground, var(--vscode-foreground));
  }
  .log-row.found {
    background: var(--vscode-editor-findMatchHighlightBackground);
    outline: 1px solid var(--vscode-editor-findMatchHighlightBorder, transparent);
    outline-offset: -1px;
  }
  .log-row.found:focus {
    outline-color: var(--vscode-focusBorder);
  }
  .log-row.kind-mismatch .log-value {
    color: var(--vscode-list-errorForeground, var(--vscode-errorForeground));
  }
  .log-end {
    grid-column: 2 / -1;
    color: var(--dim);
    font-style: italic;
  }
  .log-address {
    color: var(--dim);
  }
  .kind {
    margin-right: 6px;
    font-weight: 600;
  }
  .kind .codicon,
  .badge-edit .codicon {
    margin-right: 3px;
  }
  .badge-edit {
    margin-right: 5px;
    vertical-align: 1px;
  }
  .badge-edit .codicon[class*='codicon-'] {
    vertical-align: 0;
    line-height: 13px;
  }
  .unknown {
    color: var(--vscode-list-warningForeground, var(--vscode-charts-yellow));
    cursor: help;
  }
  @media (max-width: 760px) {
    .log {
      --columns: 96px 44px 84px 0 minmax(110px, 1fr) minmax(80px, 0.7fr) minmax(120px, 2fr) minmax(80px, 1fr);
    }
    .log-address {
      visibility: hidden;
    }
  }
`;
