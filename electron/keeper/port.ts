/** One end of a message channel, whichever library it comes from. What arrives is attacker-controlled until it is parsed. */
export interface Port {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}
