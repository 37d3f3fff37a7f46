/** Where the webview's files are, as the webview may load them. */
export interface PageSources {
  readonly cspSource: string;
  readonly script: string;
  readonly iconStyles: string;
}

/** The content-security policy: the panel's own files only; no inline code, no inline styles, no network. */
export function contentSecurityPolicy(source: string): string {
  return [
    `default-src 'none'`,
    `script-src ${source}`,
    `style-src ${source}`,
    `font-src ${source}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}

/** The page of the webview. */
export function panelHtml({ cspSource, script, iconStyles }: PageSources): string {
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${escape(contentSecurityPolicy(cspSource))}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>GIC</title>
    <link rel="stylesheet" href="${escape(iconStyles)}" />
  </head>
  <body>
    <script src="${escape(script)}"></script>
  </body>
</html>
`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
