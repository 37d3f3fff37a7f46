/** The checkout. */
export declare const ROOT: string;
