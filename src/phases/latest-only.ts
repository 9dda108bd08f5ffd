/** Values that come in faster than anyone can look at them. */
export interface LatestOnly<Value> {
  give(value: Value): void;
  /** What was not told yet is not told any more. */
  stop(): void;
}

/** Tells the latest value once in a turn of the event loop: in one, many items may start and end. */
export function latestOnly<Value>(tell: (value: Value) => void): LatestOnly<Value> {
  let next: { readonly value: Value } | undefined;
  let turn: NodeJS.Immediate | undefined;
  return {
    give(value) {
      next = { value };
      turn ??= setImmediate(() => {
        turn = undefined;
        if (next !== undefined) tell(next.value);
      });
    },
    stop() {
      clearImmediate(turn);
    },
  };
}
