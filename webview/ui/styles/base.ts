import { css } from 'lit';

/** The page, its bar of tabs, and words used everywhere. Colours come from the theme only. */
export const base = css`
  :root {
    --row: 22px;
    --header: 24px;
    --line: var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
    --changed: var(--vscode-gicInspector-changedForeground, var(--vscode-charts-blue));
    /* charts.orange is translucent in VS Code's own themes: unreadable as text. */
    --urgent: color-mix(in srgb, var(--vscode-charts-yellow) 50%, var(--vscode-charts-red));
    --mono: var(--vscode-editor-font-family, monospace);
    --dim: var(--vscode-descriptionForeground);
  }
  html,
  body {
    height: 100%;
    margin: 0;
    padding: 0;
    overflow: hidden;
  }
  body {
    color: var(--vscode-foreground);
    background: var(--vscode-panel-background, transparent);
    font-family: var(--vscode-font-family, sans-serif);
    font-size: var(--vscode-font-size, 13px);
  }
  [hidden] {
    display: none !important;
  }
  gic-app,
  .pane,
  gic-irq-view,
  gic-log-view {
    display: flex;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
  }
  gic-app {
    height: 100%;
    position: relative;
  }
  .pane,
  gic-irq-view,
  gic-log-view {
    flex: 1;
  }
  p {
    margin: 0;
  }
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .num {
    font-family: var(--mono);
    font-variant-numeric: tabular-nums;
  }
  .dim,
  .tone-dim {
    color: var(--dim);
  }
  .tone-ok {
    color: var(--vscode-charts-green);
  }
  .tone-warning {
    color: var(--vscode-list-warningForeground, var(--vscode-charts-yellow));
  }
  .tone-error {
    color: var(--vscode-list-errorForeground, var(--vscode-errorForeground));
  }
  .tone-special {
    color: var(--vscode-charts-purple);
  }
  .tone-next {
    color: var(--vscode-debugIcon-continueForeground, var(--vscode-charts-yellow));
  }
  .codicon[class*='codicon-'] {
    font-size: 14px;
    flex: none;
  }
  .spin {
    animation: spin 1.5s linear infinite;
  }
  @keyframes spin {
    to {
      transform: rotate(360deg);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .spin {
      animation: none;
    }
  }

  .bar {
    display: flex;
    align-items: stretch;
    justify-content: space-between;
    gap: 12px;
    height: 28px;
    padding: 0 10px 0 8px;
    flex: none;
    border-bottom: 1px solid var(--line);
  }
  .tabs {
    display: flex;
    gap: 2px;
    flex: none;
  }
  .tab {
    padding: 0 8px;
    border: 0;
    border-bottom: 1px solid transparent;
    margin-bottom: -1px;
    background: none;
    color: var(--vscode-panelTitle-inactiveForeground, var(--dim));
    font: inherit;
    cursor: pointer;
  }
  .tab:hover,
  .tab[aria-selected='true'] {
    color: var(--vscode-panelTitle-activeForeground, var(--vscode-foreground));
  }
  .tab[aria-selected='true'] {
    border-bottom-color: var(--vscode-panelTitle-activeBorder, var(--vscode-focusBorder));
  }
  .about {
    display: flex;
    align-items: center;
    gap: 10px;
    min-width: 0;
    color: var(--dim);
    white-space: nowrap;
  }
  .summary,
  .title {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .summary {
    flex: 0 1 auto;
  }
  .title {
    flex: 0 2 auto;
    color: var(--vscode-foreground);
  }
  .running {
    display: flex;
    align-items: center;
    gap: 4px;
    color: var(--vscode-charts-green);
  }

  .failures {
    display: flex;
    align-items: flex-start;
    gap: 6px;
    padding: 4px 10px;
    flex: none;
    background: var(--vscode-inputValidation-warningBackground);
    border-bottom: 1px solid var(--vscode-inputValidation-warningBorder, var(--line));
  }
  .note-text {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .welcome {
    margin: auto;
    padding: 16px;
    max-width: 46em;
    text-align: center;
    display: grid;
    gap: 8px;
  }
  .empty {
    position: absolute;
    inset: var(--header) 0 0;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 8px;
    padding: 8px 16px;
    text-align: center;
    color: var(--dim);
    pointer-events: none;
  }
  .empty > vscode-button {
    pointer-events: auto;
  }
`;
