import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Forbids imports from a room: `rooms` are path prefixes as they appear in relative import specifiers. */
function forbid(files, rooms, why) {
  return {
    files,
    rules: {
      'no-restricted-imports': ['error', { patterns: rooms.map((room) => ({ regex: room, message: why })) }],
    },
  };
}

const NODE = '^node:';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'out/',
      'node_modules/',
      'test/data/',
      '.vscode-test/',
      'examples/',
      '**/core/assembly/',
      '**/*.js',
      '**/*.mjs',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json', './webview/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/prefer-literal-enum-member': 'off',
      '@typescript-eslint/no-empty-function': ['error', { allow: ['methods', 'arrowFunctions'] }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      eqeqeq: 'error',
    },
  },
  // Imports point one way (ARCHITECTURE.md, "Directions").
  forbid(
    ['adapter/gic/**'],
    [NODE, '/guest/', '/session/', '/symbols/', 'protocol\\.ts$', 'vscode'],
    'gic is pure: it imports nothing outside itself.',
  ),
  forbid(
    ['adapter/symbols/**'],
    [NODE, '/guest/', '/session/', '/gic/', 'protocol\\.ts$', 'vscode'],
    'symbols is pure: it imports nothing outside itself.',
  ),
  forbid(
    ['adapter/guest/trace/**', 'adapter/guest/simulated/**'],
    [NODE, '/session/', 'vscode'],
    'guest/trace and guest/simulated run in a browser: no Node API, nothing of session.',
  ),
  forbid(['adapter/session/**'], ['/extension/', '/webview/', '^vscode$'], 'the adapter knows nothing of VS Code.'),
  forbid(
    ['adapter/serve/**'],
    ['/cli/', '/session/', 'vscode'],
    'serve is used by cli and session, not the other way round.',
  ),
  forbid(
    ['adapter/rsp/**'],
    [NODE, '/guest/', '/serve/', '/session/', '/gic/', '/cli/', 'vscode'],
    'rsp knows the protocol: its target by target.ts, its transport by transport.ts.',
  ),
  // Of two that a file matches the later one counts.
  forbid(['adapter/guest/gdb/**'], ['/session/', '/cli/', 'vscode'], 'guests know nothing of sessions.'),
  forbid(
    [
      'adapter/guest/gdb/a64/**',
      'adapter/guest/gdb/translate/**',
      'adapter/guest/gdb/find/**',
      'adapter/guest/gdb/divergence/**',
    ],
    [NODE, '/session/', 'vscode'],
    'these rooms of guest/gdb are pure.',
  ),
  forbid(['adapter/protocol.ts'], ['.*'], 'the protocol is types only.'),
  forbid(['extension/**'], ['adapter/(?!protocol)'], 'the extension knows the adapter by its protocol only.'),
  forbid(
    ['webview/**'],
    [NODE, '^vscode$', 'adapter/(?!protocol)', '/extension/'],
    'the webview knows the protocol and its messages only.',
  ),
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: ['test', 'it', 'describe', 'suite'] },
      ],
    },
  },
);
