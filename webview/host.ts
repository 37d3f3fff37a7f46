import type { ToHost, ToWebview } from './messages.ts';

/** The extension host, as the webview sees it. */
export interface Host {
  post(message: ToHost): void;
  listen(listener: (message: ToWebview) => void): void;
  /** What `save` kept, in an earlier life of this webview too; undefined at first. */
  load(): unknown;
  save(state: unknown): void;
}

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** Connects to VS Code. May be called once in the life of a webview. */
export function connectHost(): Host {
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(message),
    listen(listener) {
      window.addEventListener('message', (event: MessageEvent<ToWebview>) => listener(event.data));
    },
    load: () => api.getState(),
    save: (state) => api.setState(state),
  };
}
