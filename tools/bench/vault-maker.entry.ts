import { app } from 'electron';
import { openKeeper } from './signed/keeper.ts';

/** Makes a vault with the real keeper, so that the console's next start shows the unlock window. */
const [keeper, vaultDirectory] = [process.env.SALLYPORT_BENCH_KEEPER, process.env.SALLYPORT_BENCH_VAULT];

app
  .whenReady()
  .then(() => {
    if (!keeper || !vaultDirectory) throw new TypeError('which keeper, and where');
    return openKeeper(keeper, vaultDirectory);
  })
  .then(
    () => app.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      app.exit(1);
    },
  );
