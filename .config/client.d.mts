/** By file name, its text. */
export declare function clientFiles(sdl: string): Readonly<Record<string, string>>;
