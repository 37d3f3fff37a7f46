/** Builds for production and packages; answers with the .vsix. */
export declare function packageExtension(out?: string): Promise<string>;
