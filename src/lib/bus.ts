// Tells many listeners within this process what happened. Nothing is kept: who is not there does not hear it.

export interface Bus<T> {
  publish(message: T): void;
  /** Answers how to stop listening. */
  subscribe(listener: (message: T) => void): () => void;
}

/** A listener that throws is reported and does not keep the others from hearing. */
export function createBus<T>(onError: (error: unknown) => void): Bus<T> {
  const listeners = new Set<(message: T) => void>();
  return {
    publish(message) {
      for (const listener of listeners) {
        try {
          listener(message);
        } catch (error) {
          onError(error);
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
