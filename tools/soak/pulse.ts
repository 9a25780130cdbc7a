const EVERY_MS = 200;
const PATIENCE_MS = 5000;

/** Asks for a page of the ledger again and again, and keeps how long each took. */
export function startPulse(api: string, token: string) {
  let latencies: number[] = [];
  let failures = 0;
  const ask = async (): Promise<void> => {
    const begun = performance.now();
    try {
      const answer = await fetch(`${api}/api/logs/ledger?limit=50`, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      await answer.arrayBuffer();
      if (answer.status === 200) latencies.push(performance.now() - begun);
      else failures += 1;
    } catch {
      failures += 1;
    }
  };
  const timer = setInterval(() => void ask(), EVERY_MS);
  return {
    /** What was measured since this was called last. */
    take: (): readonly number[] => {
      const taken = latencies;
      latencies = [];
      return taken;
    },
    failures: () => failures,
    stop: () => clearInterval(timer),
  };
}
