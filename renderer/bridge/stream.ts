import { STREAM_PORT_MESSAGE } from '../../shared/ipc/channels.ts';
import { batch, type Pushed } from '../../shared/ipc/stream.ts';
import type { Bridge } from './bridge.ts';

/** Wait before the port is asked for again after it closed or could not be opened; doubled each time, up to the last. */
const REOPEN_MS = 1000;
const REOPEN_AT_MOST_MS = 16_000;
/** A hidden page draws no frames; its batches are applied this often, so that main is not left waiting for ever. */
const HIDDEN_MS = 250;

/** The parts of `window` that the stream stands on. */
export type StreamWindow = Pick<
  Window,
  'addEventListener' | 'removeEventListener' | 'requestAnimationFrame' | 'cancelAnimationFrame'
> & {
  readonly document: Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>;
};

interface StreamOptions {
  readonly bridge: Pick<Bridge, 'ask'>;
  readonly window: StreamWindow;
  /** Number of the last entry this screen has, or `null` for a first look. */
  readonly after: () => number | null;
  readonly apply: (items: readonly Pushed[]) => void;
  /** Something came over the port that breaks its contract, or the port cannot be had. */
  readonly onTrouble: (what: string) => void;
}

/** One port at a time: receives batches, applies each in a frame, then acknowledges it. */
class Subscription {
  readonly #options: StreamOptions;
  #port: MessagePort | null = null;
  #frame: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reopen: ReturnType<typeof setTimeout> | undefined;
  #due: (() => void) | null = null;
  #stopped = false;
  #wait = REOPEN_MS;

  constructor(options: StreamOptions) {
    this.#options = options;
    options.window.addEventListener('message', this.#onWindowMessage);
    options.window.document.addEventListener('visibilitychange', this.#onVisibility);
    void this.#open();
  }

  readonly stop = (): void => {
    this.#stopped = true;
    this.#options.window.removeEventListener('message', this.#onWindowMessage);
    this.#options.window.document.removeEventListener('visibilitychange', this.#onVisibility);
    clearTimeout(this.#reopen);
    this.#cancel();
    this.#port?.close();
  };

  async #open(): Promise<void> {
    try {
      await this.#options.bridge.ask('stream.open', { after: this.#options.after() });
    } catch (cause) {
      this.#options.onTrouble(cause instanceof Error ? cause.message : 'The event stream cannot be opened.');
      this.#openLater();
    }
  }

  #openLater(): void {
    clearTimeout(this.#reopen);
    if (this.#stopped) return;
    this.#reopen = setTimeout(() => void this.#open(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, REOPEN_AT_MOST_MS);
  }

  /** Window messages are attacker-controlled: only our own window's message with exactly one port is taken. */
  readonly #onWindowMessage = (event: MessageEvent): void => {
    const [port, ...more] = event.ports;
    if (event.source !== this.#options.window || event.data?.type !== STREAM_PORT_MESSAGE) return;
    if (!port || more.length > 0) return;
    this.#cancel();
    this.#port?.close();
    this.#port = port;
    port.addEventListener('message', (message) => this.#onBatch(port, message.data));
    port.addEventListener('close', () => {
      if (this.#port === port) this.#openLater();
    });
    port.start();
  };

  #onBatch(port: MessagePort, data: unknown): void {
    const parsed = batch.safeParse(data);
    if (!parsed.success) {
      // Unacknowledged, it would stop the stream silently; a fresh port resumes after the last good entry.
      this.#options.onTrouble('The event stream sent something unreadable. It is being opened again.');
      port.close();
      this.#openLater();
      return;
    }
    const { seq, items } = parsed.data;
    this.#wait = REOPEN_MS;
    this.#inFrame(() => {
      this.#options.apply(items);
      if (this.#port === port) port.postMessage({ type: 'ack', seq });
    });
  }

  #inFrame(work: () => void): void {
    // Main waits for the acknowledgement, so there is no other; if there is, it must not be lost.
    this.#runDue();
    this.#due = work;
    const run = (): void => this.#runDue();
    if (this.#options.window.document.hidden) this.#timer = setTimeout(run, HIDDEN_MS);
    else this.#frame = this.#options.window.requestAnimationFrame(run);
  }

  #runDue(): void {
    const work = this.#due;
    this.#cancel();
    work?.();
  }

  /** A page that was hidden between the request and its frame gets no frame: the work is done now instead. */
  readonly #onVisibility = (): void => {
    if (this.#due && this.#options.window.document.hidden) this.#runDue();
  };

  #cancel(): void {
    this.#due = null;
    clearTimeout(this.#timer);
    if (this.#frame !== undefined) this.#options.window.cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }
}

/** Opens the event stream and keeps it open; answers with the function that closes it. */
export const openStream = (options: StreamOptions): (() => void) => new Subscription(options).stop;
