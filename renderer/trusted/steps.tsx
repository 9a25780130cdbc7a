const STEPS = ['Passphrase', 'Recovery code', 'Confirm'] as const;

/** Where one is on the way to a vault. */
export function Steps({ at }: { readonly at: 0 | 1 | 2 }) {
  return (
    <ol className="steps" aria-label="Steps">
      {STEPS.map((name, i) => (
        <li key={name} aria-current={i === at ? 'step' : undefined} className={i < at ? 'done' : undefined}>
          <span className="step-number">{i + 1}</span> {name}
        </li>
      ))}
    </ol>
  );
}
