/** The plan's databases, by name. A throwaway one is started when it is first asked for, and stopped with the run. */
export interface Databases {
  /** A connection string for the name under `databases:`, or for a URL itself. Throws `MeasurementError`. */
  url(nameOrUrl: string): Promise<string>;
}
