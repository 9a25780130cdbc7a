import { CEREMONY_STEPS, type CustodyState, type Rotation } from '../../../shared/ipc/custody.ts';
import { STEP_WORDS } from './words.ts';

const Row = ({ name, children }: { readonly name: string; readonly children: React.ReactNode }) => (
  <tr className="align-top">
    <th scope="row" className="pr-4 text-left font-medium">
      {name}
    </th>
    <td className="break-all">{children}</td>
  </tr>
);

/** An address with its fingerprint: whoever holds the paper compares both. */
const Wallet = ({ name, wallet }: { readonly name: string; readonly wallet: Rotation['wallet'] }) => (
  <>
    <Row name={name}>{wallet?.address ?? 'none'}</Row>
    {wallet ? <Row name="Fingerprint">{wallet.fingerprint}</Row> : null}
  </>
);

const END = { recorded: 'Recorded', aborted: 'Aborted', open: 'Not ended' } as const;

function One({ rotation }: { readonly rotation: Rotation }) {
  return (
    <section aria-label={rotation.reason} className="mt-4 border-t pt-2">
      <h2 className="font-semibold">{rotation.reason}</h2>
      <table className="text-small">
        <tbody>
          <Row name="Rotation">{rotation.id}</Row>
          <Wallet name="New wallet" wallet={rotation.wallet} />
          <Wallet name="Former wallet" wallet={rotation.former} />
          <Row name="End">{END[rotation.ended ?? 'open']}</Row>
          {CEREMONY_STEPS.map((step) => (
            <Row key={step} name={STEP_WORDS[step].title}>
              {rotation.done.includes(step) ? 'done' : 'not done'}
            </Row>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The change log on paper: every rotation that has ended, and where each copy of a secret was or is. The file has the signatures. */
export const PrintedLog = ({
  state: { ended, copies },
}: {
  readonly state: Pick<CustodyState, 'ended' | 'copies'>;
}) =>
  ended.length === 0 ? null : (
    <div className="print-sheet hidden print:block" data-testid="printed-log" aria-hidden="true">
      <h1 className="font-semibold text-title">Sallyport: change log of wallets</h1>
      <p className="text-small">
        Printed from the console. The signed change log is the file that the Custody screen saves; this sheet
        repeats it for a person. It holds no secret.
      </p>
      {ended.map((rotation) => (
        <One key={rotation.id} rotation={rotation} />
      ))}
      <section aria-label="Copies" className="mt-4 border-t pt-2">
        <h2 className="font-semibold">Copies of secrets</h2>
        <table className="text-small">
          <tbody>
            {copies.map((copy) => (
              <Row key={`${copy.address} ${copy.where} ${copy.detail}`} name={`${copy.where}, ${copy.state}`}>
                {copy.address}: {copy.proof}
              </Row>
            ))}
          </tbody>
        </table>
      </section>
      <p className="mt-8 text-small">Read and compared by: ____________________ on: ______________</p>
    </div>
  );
