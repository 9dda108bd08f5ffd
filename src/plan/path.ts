/** The way to a value inside the plan: keys and indexes. */
export type Path = readonly (string | number)[];
