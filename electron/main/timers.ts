/** Node's timers in the shape that takes them by parameter. */
export const later = (run: () => void, ms: number): { cancel(): void } => {
  const timer = setTimeout(run, ms);
  return { cancel: () => clearTimeout(timer) };
};

export const every = (run: () => void, ms: number): { cancel(): void } => {
  const timer = setInterval(run, ms);
  return { cancel: () => clearInterval(timer) };
};
