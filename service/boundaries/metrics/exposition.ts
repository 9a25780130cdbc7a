/** One figure of a family. Label values come from tables of ours, never from a request: their number is bounded. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  /** With its base unit, and without `_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly unit?: 'seconds' | 'bytes' | 'ratio';
  readonly samples: readonly Sample[];
}

export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

function lineOf(name: string, { labels = {}, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

function familyLines({ name, help, type, unit, samples }: Family, open: boolean): string[] {
  const total = type === 'counter' ? `${name}_total` : name;
  // The older format knows a counter by the name of its samples.
  const family = open ? name : total;
  return [
    `# HELP ${family} ${escaped(help)}`,
    `# TYPE ${family} ${type}`,
    ...(open && unit !== undefined ? [`# UNIT ${family} ${unit}`] : []),
    ...samples.map((sample) => lineOf(total, sample)),
  ];
}

/** @param open OpenMetrics 1.0.0, or else the text format 0.0.4 of Prometheus */
export const expositionOf = (families: readonly Family[], open: boolean): string =>
  `${[...families.filter(({ samples }) => samples.length > 0).flatMap((one) => familyLines(one, open)), ...(open ? ['# EOF'] : [])].join('\n')}\n`;

/** One sample for each state there is, 1 for the one that it is in. */
export const states = <S extends string>(
  all: readonly S[],
  current: S,
  labels: Readonly<Record<string, string>> = {},
): Sample[] => all.map((state) => ({ labels: { ...labels, state }, value: state === current ? 1 : 0 }));
