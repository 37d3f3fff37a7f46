// Stands in for VS Code: the API a webview acquires, and a record of what went wrong in the page.
const problems = [];
document.addEventListener('securitypolicyviolation', (event) => {
  problems.push(`CSP: ${event.violatedDirective} blocked ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
window.addEventListener('error', (event) => problems.push(`error: ${event.message}`));
window.addEventListener('unhandledrejection', (event) => problems.push(`rejection: ${event.reason}`));
window.pageProblems = problems;
window.acquireVsCodeApi = () => ({
  postMessage: (message) => window.toHost(JSON.stringify(message)),
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
  setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
});
