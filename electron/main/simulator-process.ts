import { utilityProcess } from 'electron';
import { fromSimulator, type ToSimulator } from '../../shared/service/simulation.ts';
import { childEnvironment } from '../backend/child.ts';
import type { RotatingFile } from '../backend/rotating-file.ts';
import type { SimulatorProcess } from '../backend/simulator.ts';

/** The simulator as a utility process: it gets addresses and the path of its operator's file, and no secret in its arguments. */
export const forkSimulator =
  (entry: string, log: RotatingFile) =>
  (args: readonly string[]): SimulatorProcess => {
    const child = utilityProcess.fork(entry, [...args], {
      serviceName: 'Sallyport simulator',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: childEnvironment(process.env),
    });
    child.stdout?.on('data', (bytes: Buffer) => log.write(bytes));
    child.stderr?.on('data', (bytes: Buffer) => log.write(bytes));
    return {
      stop: () => child.postMessage({ type: 'stop' } satisfies ToSimulator),
      kill(): void {
        // It has not been spawned yet: the signal waits for the moment it is.
        if (child.pid === undefined) child.once('spawn', () => void child.kill());
        else child.kill();
      },
      onMessage: (listener) => {
        child.on('message', (message: unknown) => {
          const parsed = fromSimulator.safeParse(message);
          if (parsed.success) listener(parsed.data);
        });
      },
      onExit: (listener) => {
        child.once('exit', listener);
      },
    };
  };
