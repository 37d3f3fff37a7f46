import { css } from 'lit';

/** The answer to "Why does it not fire?". */
export const explain = css`
  gic-explain {
    flex: 0 0 clamp(260px, 34%, 460px);
    min-width: 0;
    display: flex;
    border-left: 1px solid var(--line);
  }
  .explain {
    flex: 1;
    min-width: 0;
    overflow: auto;
    padding: 0 12px 12px;
    user-select: text;
  }
  gic-explain:has(> .explain:focus-visible) {
    border-left-color: var(--vscode-focusBorder);
  }
  .explain header {
    position: sticky;
    top: 0;
    display: flex;
    align-items: center;
    gap: 6px;
    min-height: var(--header);
    background: var(--vscode-panel-background, var(--vscode-editor-background));
  }
  .explain h2 {
    flex: 1;
    margin: 0;
    font-size: 1em;
    font-weight: 600;
  }
  .verdict {
    margin: 4px 0 8px;
    padding: 5px 8px;
    border-left: 3px solid var(--vscode-textBlockQuote-border, var(--vscode-focusBorder));
    background: var(--vscode-textBlockQuote-background);
  }
  .failure {
    display: flex;
    gap: 6px;
  }
  .explain ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .step {
    display: flex;
    gap: 8px;
    padding: 4px 0;
  }
  .step > .codicon {
    line-height: 18px;
  }
  .step > div {
    min-width: 0;
    overflow-wrap: anywhere;
    line-height: 18px;
  }
  .outcome {
    color: var(--dim);
  }
  .step-fail .outcome {
    color: var(--vscode-list-errorForeground, var(--vscode-errorForeground));
  }
  .evidence::first-letter {
    text-transform: uppercase;
  }
  .evidence {
    color: var(--dim);
  }
  .advice {
    display: flex;
    gap: 5px;
  }
  .advice > .codicon {
    line-height: 18px;
    color: var(--vscode-charts-yellow);
  }
  .explain .link {
    font-family: var(--mono);
  }
  @media (max-width: 640px) {
    gic-irq-view .split {
      position: relative;
    }
    gic-explain {
      position: absolute;
      inset: 0;
      z-index: 4;
      border: 0;
      background: var(--vscode-panel-background, var(--vscode-editor-background));
    }
  }
`;
